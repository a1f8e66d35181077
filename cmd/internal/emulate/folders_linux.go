package emulate

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"github.com/containerd/containerd/v2/core/mount"
	"golang.org/x/sys/unix"
)

// containerPrefix begins the names of containers' folders.
const containerPrefix = "uvlambda-invoke-"

// containerFolder makes a folder for a container, and keeps it until it is closed.
// It removes the folders that killed processes have left.
func containerFolder() (*os.File, error) {
	removeLeftovers(os.TempDir())
	for {
		folder, err := os.MkdirTemp("", containerPrefix)
		if err != nil {
			return nil, err
		}
		// Until the folder is locked, another process may take it for a leftover.
		held, err := lock(folder, unix.LOCK_SH)
		if !errors.Is(err, fs.ErrNotExist) {
			return held, err
		}
	}
}

// removeLeftovers removes the folders of containers that nobody keeps: a process
// that was killed could not. What cannot be removed is left for the next time.
func removeLeftovers(in string) {
	folders, err := filepath.Glob(filepath.Join(in, containerPrefix+"*"))
	if err != nil {
		return
	}
	for _, folder := range folders {
		info, err := os.Lstat(folder)
		if err != nil || !info.IsDir() || !isOwn(info) {
			continue
		}
		held, err := lock(folder, unix.LOCK_EX|unix.LOCK_NB)
		if err != nil {
			continue
		}
		// What is still mounted must not be removed through the mount.
		if err := mount.UnmountAll(filepath.Join(folder, "rootfs"), unix.MNT_DETACH); err == nil || errors.Is(err, fs.ErrNotExist) {
			_ = os.RemoveAll(folder)
		}
		_ = held.Close()
	}
}

// isOwn reports whether a file belongs to the person who runs this process: what
// others put into a folder that they share may be a trap.
func isOwn(info fs.FileInfo) bool {
	st, ok := info.Sys().(*syscall.Stat_t)
	return ok && int(st.Uid) == os.Geteuid()
}
