package rootless

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// endTime is how long the second run may take to end after the signal.
const endTime = 30 * time.Second

// Run runs this program a second time, with the same arguments, as root of a
// user namespace of one user, and waits for its end. A second run that fails is
// an *EndedError.
func Run(ctx context.Context) error {
	again := exec.CommandContext(ctx, "/proc/self/exe")
	again.Args = os.Args
	again.Stdin, again.Stdout, again.Stderr = os.Stdin, os.Stdout, os.Stderr
	again.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Geteuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getegid(), Size: 1}},
	}
	again.Cancel = func() error {
		// The status of the second run says how it ended, and not the signal.
		return errors.Join(again.Process.Signal(syscall.SIGTERM), os.ErrProcessDone)
	}
	again.WaitDelay = endTime
	if err := again.Start(); err != nil {
		return refused(err)
	}
	err := again.Wait()
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		return &EndedError{Code: ended.ExitCode()}
	}
	if err == nil {
		return nil
	}
	return fmt.Errorf("running in a user namespace: %w", err)
}

// refused says what the kernel has to allow.
func refused(err error) error {
	return fmt.Errorf("running without root needs a user namespace, and this system gives none (%w): "+
		"start docker, run this command as root, or allow them: sysctl -w user.max_user_namespaces=15000, "+
		"and on Ubuntu also kernel.apparmor_restrict_unprivileged_userns=0", err)
}
