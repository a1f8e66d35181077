//go:build !windows

package build

import (
	"os"

	"golang.org/x/sys/unix"
)

// hold marks a file as one that a process writes. The mark ends with the process.
func hold(f *os.File) error {
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
}

// isLeft reports whether no process writes a file that hold marked.
func isLeft(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	return hold(f) == nil
}
