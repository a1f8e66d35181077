package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestPeakMemory(t *testing.T) {
	t.Parallel()
	stop, peak := make(chan struct{}), make(chan int64)
	// This test's own program is one that runs.
	go func() { peak <- peakMemory(os.Args[0], stop) }()
	time.Sleep(50 * pollInterval)
	close(stop)
	require.Greater(t, <-peak, int64(1<<20))

	require.Contains(t, processes(os.Args[0]), filepath.Join("/proc", strconv.Itoa(os.Getpid())))
	require.Empty(t, processes("no such program"))
	require.Zero(t, highWater("/proc/none"))
}

func TestPeakOf(t *testing.T) {
	t.Parallel()
	var peak int64
	require.Empty(t, attempt(t.Context(), t.Output(), func(trial *trial) {
		l := &lab{T: trial}
		peak = l.peakOf(exec.CommandContext(t.Context(), "sleep", "0.2"))
	}))
	require.Greater(t, peak, int64(100<<10))
	require.Contains(t, attempt(t.Context(), t.Output(), func(trial *trial) {
		l := &lab{T: trial}
		l.peakOf(exec.CommandContext(t.Context(), "false"))
	}), "exit status 1")
}
