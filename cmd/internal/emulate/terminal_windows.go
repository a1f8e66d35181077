package emulate

import (
	"os/exec"
	"syscall"
)

// keepFromTerminal makes a command a process group of its own, which an
// interrupt at the terminal does not reach: it is for this process to end it.
func keepFromTerminal(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}
