package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stretchr/testify/require"
)

// memoryScenarios look at the frontend's own process.
func memoryScenarios() []scenario {
	return []scenario{{
		page: performance, prepare: frontendMemory,
		rows: []row{{"peak memory of the frontend, 3,000 packages locked", inMebibytes, figure(64)}},
	}}
}

// frontendMemory builds, with the frontend image, a project of one dependency
// whose lock holds 3,000 packages, and watches the frontend's process.
func frontendMemory(l *lab) pair {
	dir := l.lockOf(3000, developed)
	l.env.SetSyntaxLine(l, filepath.Join(dir, projectFile))
	return pair{ours: func(int) []float64 {
		stop, peak := make(chan struct{}), make(chan int64)
		go func() { peak <- peakMemory("/uvlambda-frontend", stop) }()
		l.buildx(dir, projectFile)
		close(stop)
		most := <-peak
		require.Positive(l, most, "the frontend's process was not seen: it runs where /proc of this machine does not show it")
		return []float64{float64(most) / (1 << 20)}
	}}
}

// pollInterval is how often memory is read. The kernel keeps a process's peak,
// so that only what it takes in its last moment is missed.
const pollInterval = 2 * time.Millisecond

// peakMemory watches until it is stopped, and gives the most physical memory,
// in bytes, that any process had whose command line starts with a program.
func peakMemory(program string, stop <-chan struct{}) int64 {
	var peak int64
	for {
		select {
		case <-stop:
			return peak
		case <-time.After(pollInterval):
			for _, process := range processes(program) {
				peak = max(peak, highWater(process))
			}
		}
	}
}

// processes are the folders in /proc of the processes whose command line starts
// with a program.
func processes(program string) []string {
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	var found []string
	for _, process := range all {
		line, err := os.ReadFile(filepath.Join(process, "cmdline"))
		if first, _, _ := strings.Cut(string(line), "\x00"); err == nil && first == program {
			found = append(found, process)
		}
	}
	return found
}

// highWater is the peak of a process's physical memory, in bytes; 0 when it is
// gone.
func highWater(process string) int64 {
	status, err := os.ReadFile(filepath.Join(process, "status"))
	if err != nil {
		return 0
	}
	return kilobytes(status, "VmHWM")
}

// peakOf runs a command that must succeed and gives the peak of its memory, in
// bytes.
func (l *lab) peakOf(command *exec.Cmd) int64 {
	require.NoError(l, command.Start())
	done := make(chan error, 1)
	go func() { done <- command.Wait() }()
	process := filepath.Join("/proc", strconv.Itoa(command.Process.Pid))
	var peak int64
	for {
		select {
		case err := <-done:
			require.NoError(l, err)
			return peak
		case <-time.After(pollInterval):
			peak = max(peak, highWater(process))
		}
	}
}
