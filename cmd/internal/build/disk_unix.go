//go:build !windows

package build

import "golang.org/x/sys/unix"

// isFull reports whether nothing can be written to the disk of a path: neither bytes
// nor a file more.
func isFull(path string) bool {
	const some = 64 << 10
	var disk unix.Statfs_t
	err := unix.Statfs(path, &disk)
	if err != nil || disk.Blocks == 0 {
		return false
	}
	return disk.Bavail*uint64(disk.Bsize) < some || disk.Files > 0 && disk.Ffree == 0
}
