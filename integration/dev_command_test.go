package integration

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// devTimeout bounds the wait for anything that `uvlambda dev` prints.
const devTimeout = 3 * time.Minute

// devCommand is a running `uvlambda dev`.
type devCommand struct {
	t       testing.TB
	command *exec.Cmd
	// temporary is the folder for the command's temporary files.
	temporary string

	mu     sync.Mutex
	output bytes.Buffer
	// read is what of the output has been waited for.
	read int

	// events and requests are its addresses.
	events, requests string
	// client has connections of its own: the process's shared ones are closed
	// by every test server that ends.
	client *http.Client
}

// preparation makes a command with the environment of a builder or an engine.
type preparation func(ctx context.Context, program string, args ...string) *exec.Cmd

// startDev starts `uvlambda dev` on free ports in a folder, and waits until it
// says where it listens.
func startDev(t testing.TB, prepare preparation, dir string, flags ...string) *devCommand {
	t.Helper()
	d := launchDev(t, prepare, dir, flags...)
	d.events = d.await(`events: (http://\S+)`)
	d.requests = d.await(`HTTP:   (http://\S+)`)
	return d
}

// launchDev starts `uvlambda dev` in a process group of its own, as a terminal
// does. The command is interrupted at the end of the test if it still runs.
func launchDev(t testing.TB, prepare preparation, dir string, flags ...string) *devCommand {
	t.Helper()
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	d := &devCommand{t: t, temporary: t.TempDir(), client: &http.Client{Transport: transport}}
	args := append([]string{"dev", "--port", "0", "--http=0", "--progress", "plain"}, flags...)
	d.command = prepare(context.WithoutCancel(t.Context()), env.Binary("uvlambda"), append(args, dir)...)
	d.command.Env = append(d.command.Env, "TMPDIR="+d.temporary)
	d.command.Stdout, d.command.Stderr = d, d
	d.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, d.command.Start())
	t.Cleanup(func() {
		if d.command.ProcessState == nil {
			d.interrupt()
		}
		if t.Failed() {
			t.Log(d.printed())
		}
	})
	return d
}

// Write takes what the command prints.
func (d *devCommand) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.output.Write(p)
}

// printed is all that the command has printed.
func (d *devCommand) printed() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.output.String()
}

// await waits until the command prints what matches a pattern, after what was
// waited for before, and returns the last group of the match.
func (d *devCommand) await(pattern string) string {
	d.t.Helper()
	expression := regexp.MustCompile(pattern)
	var found string
	matches := func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		match := expression.FindSubmatchIndex(d.output.Bytes()[d.read:])
		if match == nil {
			return false
		}
		found = string(d.output.Bytes()[d.read:][match[len(match)-2]:match[len(match)-1]])
		d.read += match[1]
		return true
	}
	for deadline := time.Now().Add(devTimeout); !matches(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			require.FailNow(d.t, "uvlambda dev did not print what was expected", "%s", pattern)
		}
	}
	return found
}

// interrupt is Ctrl-C at a terminal, which reaches all processes of the group.
// It waits for the end and checks that nothing is left behind.
func (d *devCommand) interrupt() {
	d.t.Helper()
	require.NoError(d.t, syscall.Kill(-d.command.Process.Pid, syscall.SIGINT))
	require.NoError(d.t, d.command.Wait(), "it is meant to end so")
	left, err := os.ReadDir(d.temporary)
	require.NoError(d.t, err)
	require.Empty(d.t, left, "temporary files are left")
	mounts, err := os.ReadFile("/proc/self/mounts")
	require.NoError(d.t, err)
	require.NotContains(d.t, string(mounts), d.temporary, "a mount is left")
	require.Empty(d.t, processesOf(d.t, d.temporary), "a process is left")
}

// processesOf are the command lines of processes that name a folder: runc's
// supervisor of a container names its bundle.
func processesOf(t testing.TB, folder string) []string {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, file := range files {
		// A process may have ended since.
		line, err := os.ReadFile(file)
		if err == nil && strings.Contains(string(line), folder) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

// invoke sends an event and returns the status and the answer.
func (d *devCommand) invoke(event string) (int, string) {
	d.t.Helper()
	response, err := d.client.Post(d.events, "application/json", strings.NewReader(event))
	return answerOf(d.t, response, err)
}

// get asks for the page and returns the status and the answer.
func (d *devCommand) get() (int, string) {
	d.t.Helper()
	response, err := d.client.Get(d.requests)
	return answerOf(d.t, response, err)
}

func answerOf(t testing.TB, response *http.Response, err error) (int, string) {
	t.Helper()
	require.NoError(t, err)
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return response.StatusCode, string(body)
}

// replaceIn changes a file as an editor does: by a new one in its place.
func replaceIn(t testing.TB, file, old, changed string) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	edited := filepath.Join(t.TempDir(), "edited")
	writeFile(t, edited, strings.ReplaceAll(string(content), old, changed))
	require.NoError(t, os.Rename(edited, file))
}
