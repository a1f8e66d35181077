//go:build !windows

package builder

import (
	"os"
	"os/exec"
	"syscall"
)

// detach gives a daemon a session of its own, so that it outlives the command.
func detach(daemon *exec.Cmd) {
	daemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
}

// terminate asks a process to end.
func terminate(pid int) error { return syscall.Kill(pid, syscall.SIGTERM) }

// lockFile waits for a lock that ends when the file is closed.
func lockFile(f *os.File) error { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX) }
