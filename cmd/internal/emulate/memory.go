package emulate

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// memoryTime is how long the question for a process's memory may take.
const memoryTime = 2 * time.Second

// peakOfProcess is the most memory that a process of this machine has had, in
// bytes. Zero is not known.
func peakOfProcess(pidFile string) int64 {
	pid, err := os.ReadFile(pidFile)
	if err != nil {
		return 0
	}
	status, err := os.ReadFile(fmt.Sprintf("/proc/%s/status", bytes.TrimSpace(pid)))
	if err != nil {
		return 0
	}
	return parsePeak(string(status))
}

// peakOfContainer is peakOfProcess for a container of the Docker engine, which
// may be on another machine. An image without cat does not tell.
func peakOfContainer(name string) int64 {
	ctx, cancel := context.WithTimeout(context.Background(), memoryTime)
	defer cancel()
	status, err := docker.Command(ctx, "exec", name, "cat", "/proc/1/status").Output()
	if err != nil {
		return 0
	}
	return parsePeak(string(status))
}

// parsePeak reads the peak from the text of proc_pid_status(5).
func parsePeak(status string) int64 {
	for line := range strings.Lines(status) {
		fields := strings.Fields(line)
		if len(fields) != 3 || fields[0] != "VmHWM:" || fields[2] != "kB" {
			continue
		}
		size, err := strconv.ParseInt(fields[1], 10, 64)
		if err != nil {
			return 0
		}
		return size << 10
	}
	return 0
}
