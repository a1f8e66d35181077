package rootless

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nobody is a user who is not root.
const nobody = 65534

// TestRun has another user run a test a second time, as root of a namespace.
func TestRun(t *testing.T) {
	if OneUser() {
		fmt.Printf("euid %d, outside %d, args %s\n", os.Geteuid(), UserID(), os.Args[len(os.Args)-1])
		if os.Args[len(os.Args)-1] == "fail" {
			os.Exit(7)
		}
		return
	}
	if len(os.Args) > 1 && os.Args[1] == "-test.run=^TestRun$" && os.Geteuid() != 0 {
		err := Run(t.Context())
		fmt.Printf("ended: %v\n", err)
		return
	}
	for argument, want := range map[string]string{
		"succeed": "ended: <nil>\n",
		"fail":    "ended: the run in a user namespace ended with status 7\n",
	} {
		// The folder of the test binary is closed to others, the running file is not.
		command := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestRun$", argument)
		command.Dir = "/"
		if os.Geteuid() == 0 {
			command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		}
		out, err := command.CombinedOutput()
		require.NoError(t, err, string(out))
		assert.Contains(t, string(out), "euid 0, outside ")
		assert.NotContains(t, string(out), "outside 0")
		assert.Contains(t, string(out), "args "+argument+"\n")
		assert.Contains(t, string(out), want)
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	err := refused(&os.PathError{Op: "fork/exec", Path: "/proc/self/exe", Err: syscall.ENOSPC})
	require.ErrorIs(t, err, syscall.ENOSPC)
	assert.True(t, strings.HasPrefix(err.Error(), "running without root needs a user namespace, and this system gives none (fork/exec /proc/self/exe: no space left on device): start docker, "), err.Error())
}
