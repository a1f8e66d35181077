package testenv

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// Disk is a small file system for the state of one builder.
type Disk struct{ dir string }

// NewBuilderOnDisk is NewBuilder with a disk of that many bytes, in memory.
func (e *Env) NewBuilderOnDisk(t T, size int64) (builder string, disk Disk) {
	t.Helper()
	builder = e.builderName(t)
	disk.dir = filepath.Join(e.stateHome(), "uvlambda", "builders", builder)
	require.NoError(t, os.MkdirAll(disk.dir, 0o700))
	require.NoError(t, unix.Mount("tmpfs", disk.dir, "tmpfs", 0, fmt.Sprintf("size=%d", size)))
	t.Cleanup(func() { require.NoError(t, unix.Unmount(disk.dir, unix.MNT_DETACH)) })
	e.startBuilder(t, builder)
	return builder, disk
}

// Fill leaves that many bytes free.
func (d Disk) Fill(t T, free int64) {
	t.Helper()
	var state unix.Statfs_t
	require.NoError(t, unix.Statfs(d.dir, &state))
	ballast, err := os.Create(filepath.Join(d.dir, "ballast"))
	require.NoError(t, err)
	defer ballast.Close()
	require.NoError(t, unix.Fallocate(int(ballast.Fd()), 0, 0, int64(state.Bavail)*state.Bsize-free))
}
