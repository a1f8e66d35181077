package integration

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// cutOff builds what waits for a package that never comes, and does something
// meanwhile. It gives the exit status and the last line that is printed.
func cutOff(t *testing.T, meanwhile func(*exec.Cmd), flags ...string) (status int, last string) {
	t.Helper()
	asked := make(chan struct{}, 100)
	ended := make(chan struct{})
	index := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		asked <- struct{}{}
		select {
		case <-r.Context().Done():
		case <-ended:
		}
	}))
	t.Cleanup(index.Close)
	t.Cleanup(func() { close(ended) })
	dir := newFunction(t, dependent(index.URL, exampleWheel(t)))
	command := env.Command(t.Context(), env.Binary("uvlambda"), append(append([]string{"build", "--progress", "plain", "--target", "zip", "-o", t.TempDir()}, flags...), dir)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	require.NoError(t, command.Start())
	<-asked
	meanwhile(command)
	var exit *exec.ExitError
	require.ErrorAs(t, command.Wait(), &exit, stderr.String())
	lines := strings.Split(strings.TrimSpace(stderr.String()), "\n")
	return exit.ExitCode(), lines[len(lines)-1]
}

// TestInterrupt ends builds by a signal, whatever fails of them first.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGINT, syscall.SIGINT} {
		status, last := cutOff(t, func(command *exec.Cmd) { require.NoError(t, command.Process.Signal(signal)) })
		require.Equal(t, 130, status, last)
		require.Equal(t, "ERROR: interrupted", last)
	}
}

// TestLostBuilder kills the builder in the middle of a build.
func TestLostBuilder(t *testing.T) {
	t.Parallel()
	builder := env.NewBuilder(t)
	t.Cleanup(func() { unmountAll(t, builder) })
	status, last := cutOff(t, func(*exec.Cmd) {
		out, err := env.Command(t.Context(), env.Binary("uvlambda"), "builder", "status", "--name", builder).Output()
		require.NoError(t, err)
		pid, err := strconv.Atoi(regexp.MustCompile(`process (\d+)`).FindStringSubmatch(string(out))[1])
		require.NoError(t, err)
		require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	}, "--builder", builder)
	require.Equal(t, 1, status)
	require.Contains(t, last, "ERROR: the connection to BuildKit was lost: it ended or was restarted (")
}

// unmountAll removes the mounts that a killed builder leaves in its folder.
func unmountAll(t *testing.T, builder string) {
	mounts, err := os.ReadFile("/proc/mounts")
	require.NoError(t, err)
	for line := range strings.Lines(string(mounts)) {
		if place := strings.Fields(line)[1]; strings.Contains(place, "/builders/"+builder+"/") {
			require.NoError(t, unix.Unmount(place, unix.MNT_DETACH))
		}
	}
}
