package testenv

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

const (
	// memoryUsed is what a run of all tests keeps in temporary folders, with room
	// to spare, in bytes.
	memoryUsed = 18 << 30
	// garbageTarget is how much the heaps of tests and of what they start grow
	// before garbage is collected, in percent: GOGC. Processors are scarcer there
	// than memory.
	garbageTarget = 400
)

// spendMemory has this process and those that it starts collect garbage rarely
// and, when at least twice of what they need is available, keep temporary
// folders in memory: builders then wait for no disk. The function that it
// returns gives that memory back.
func spendMemory() (end func() error, err error) {
	debug.SetGCPercent(garbageTarget)
	if err := os.Setenv("GOGC", strconv.Itoa(garbageTarget)); err != nil {
		return nil, err
	}
	facts, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return nil, fmt.Errorf("looking for memory: %w", err)
	}
	available, err := availableMemory(facts)
	if err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 || available < memoryUsed+memoryUsed/3 {
		return func() error { return nil }, nil
	}
	// Paths of sockets are short.
	dir, err := os.MkdirTemp("", "m")
	if err != nil {
		return nil, fmt.Errorf("making a folder in memory: %w", err)
	}
	if unix.Mount("tmpfs", dir, "tmpfs", 0, fmt.Sprintf("mode=1777,size=%d", memoryUsed)) != nil {
		// Some containers keep their root from that: a disk does too.
		return func() error { return nil }, os.Remove(dir)
	}
	if err := os.Setenv("TMPDIR", dir); err != nil {
		return nil, err
	}
	return func() error { return errors.Join(unix.Unmount(dir, unix.MNT_DETACH), os.Remove(dir)) }, nil
}

// availableMemory is what of /proc/meminfo says how much memory there is for
// new work, in bytes.
func availableMemory(facts []byte) (int64, error) {
	for line := range bytes.Lines(facts) {
		// MemAvailable:   24683656 kB
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "MemAvailable:" {
			kilobytes, err := strconv.ParseInt(string(fields[1]), 10, 64)
			return kilobytes << 10, err
		}
	}
	return 0, errors.New("/proc/meminfo does not say what memory is available")
}
