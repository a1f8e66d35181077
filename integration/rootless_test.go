package integration

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// nobody is a user who is not root.
const nobody = 65534

// person is a user of this machine who is not root, has no Docker engine, and
// has a home folder.
type person struct {
	t    testing.TB
	home string
}

// newPerson gives a person a home and the command.
func newPerson(t testing.TB) person {
	t.Helper()
	// The folders above a test's own are closed to others.
	home, err := os.MkdirTemp("", "uvlambda-person-")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.RemoveAll(home)) })
	if os.Geteuid() == 0 {
		require.NoError(t, os.Chown(home, nobody, nobody))
	}
	copyProgram(t, env.Binary("uvlambda"), filepath.Join(home, "uvlambda"))
	return person{t, home}
}

// command is the uvlambda command as the person runs it.
func (p person) command(args ...string) *exec.Cmd {
	command := env.Command(p.t.Context(), filepath.Join(p.home, "uvlambda"), args...)
	command.Dir = p.home
	command.Env = append(command.Env, "HOME="+p.home, "XDG_CACHE_HOME=", "TMPDIR="+p.home, "DOCKER_HOST=unix:///nonexistent")
	if os.Geteuid() == 0 {
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return command
}

// file is a file that the person may read.
func (p person) file(name string) string { return filepath.Join(p.home, name) }

// run runs the command, which has to succeed, and gives its output.
func (p person) run(args ...string) string {
	p.t.Helper()
	command := p.command(args...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	require.NoError(p.t, command.Run(), "uvlambda %s\n%s", strings.Join(args, " "), stderr.String())
	return stdout.String()
}

// fail runs the command, which has to fail, and gives what it says.
func (p person) fail(args ...string) string {
	p.t.Helper()
	command := p.command(args...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	var exit *exec.ExitError
	require.ErrorAs(p.t, command.Run(), &exit)
	require.Equal(p.t, 1, exit.ExitCode())
	return stderr.String()
}

// TestWithoutRoot runs and explains what root built, in each form that it can
// have, as somebody who is not root and has no Docker engine.
func TestWithoutRoot(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	// A base whose upper layers delete a file, and put a folder in another's place.
	base, _ := copyImage(t, "public.ecr.aws/lambda/python:3.13\nRUN rm /etc/issue && rm -r /etc/skel && mkdir /etc/skel && touch /etc/skel/new && chmod 0555 /etc/skel")
	env.CLI().MustBuild(t, newFunction(t, map[string]string{
		"app.py":         lambdaFunction,
		"pyproject.toml": projectTable + handlerTable + "base = \"" + base + "\"\n",
	}),
		"-o", "type=oci,dest="+p.file("oci.tar"),
		"-o", "type=docker,dest="+p.file("docker.tar"),
		"-o", "type=oci,tar=false,dest="+p.file("layout"),
		"-o", "type=local,dest="+p.file("rootfs"))
	writeFile(t, p.file("look.json"), `{"do": "look", "names": ["/etc/issue", "/etc/skel/new", "/etc/skel/.profile", "/etc/os-release"]}`)
	if os.Geteuid() == 0 {
		require.NoError(t, exec.CommandContext(t.Context(), "chown", "-R", "nobody", p.home).Run())
	}
	const seen = `{"/etc/issue": false, "/etc/skel/new": true, "/etc/skel/.profile": false, "/etc/os-release": true}`
	for _, image := range []string{"oci.tar", "docker.tar", "layout"} {
		require.JSONEq(t, seen, p.run("invoke", image, "--event", "look.json"), image)
		require.JSONEq(t, `[1, 0, "dev"]`, p.run("invoke", image, "-e", "STAGE=dev"), image)
		require.Contains(t, p.run("explain", image), image+": image for linux/")
	}
	require.JSONEq(t, `[1, 0, "dev"]`, p.run("invoke", "rootfs", "--handler", "app.handler", "-e", "STAGE=dev"))
	require.DirExists(t, p.file(".cache/uvlambda/layers"), "layers are kept")
	// Without a folder for them, the image is unpacked for itself.
	require.NoError(t, os.RemoveAll(p.file(".cache")))
	writeFile(t, p.file(".cache"), "")
	require.JSONEq(t, seen, p.run("invoke", "oci.tar", "--event", "look.json"))

	writeFile(t, p.file("raise.json"), `{"do": "raise"}`)
	told := p.fail("invoke", "oci.tar", "--event", "raise.json")
	require.True(t, strings.HasSuffix(told, "\nERROR: the function raised ValueError: no\n"), told)
	require.Equal(t, 1, strings.Count(told, "ERROR: "), told)
	require.Contains(t, p.fail("invoke", "--memory", "256", "oci.tar"),
		"ERROR: --memory is a limit that runc sets for root only: leave it out, start docker, or run this command as root\n")
	left, err := filepath.Glob(p.file("uvlambda-*"))
	require.NoError(t, err)
	require.Empty(t, left, "temporary files are left")
}

// TestDevWithoutRoot builds in a builder that belongs to root, and runs what it
// built as somebody who is not.
func TestDevWithoutRoot(t *testing.T) {
	t.Parallel()
	p := newPerson(t)
	dir := p.file("project")
	require.NoError(t, os.CopyFS(dir, os.DirFS(newFunction(t, map[string]string{"app.py": lambdaFunction}))))
	require.NoError(t, exec.CommandContext(t.Context(), "chown", "-R", strconv.Itoa(nobody), p.home).Run())
	d := startDev(t, p.prepare(newProxy(t, env.Address).address()), dir, "-e", "STAGE=dev")
	status, answer := d.invoke(`{}`)
	require.Equal(t, 200, status)
	require.Equal(t, `[1, 0, "dev"]`, answer)
	d.await(`\nREPORT event 200  Duration: \d+\.\d\d ms  Max Memory Used: \d+ MB\n`)
	replaceIn(t, filepath.Join(dir, "app.py"), "return [calls,", "return [-calls,")
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	_, answer = d.invoke(`{}`)
	require.Equal(t, `[-1, 0, "dev"]`, answer)
	d.interrupt()
	left, err := filepath.Glob(p.file("uvlambda-*"))
	require.NoError(t, err)
	require.Empty(t, left, "temporary files are left")
}

// prepare makes a command that becomes the person's.
func (p person) prepare(builder string) preparation {
	return func(ctx context.Context, program string, args ...string) *exec.Cmd {
		become := []string{"--reuid=" + strconv.Itoa(nobody), "--regid=" + strconv.Itoa(nobody), "--clear-groups", "env",
			"HOME=" + p.home, "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "TMPDIR=" + p.home, "DOCKER_HOST=unix:///nonexistent", "DOCKER_CONFIG=", "BUILDX_CONFIG=", "BUILDKIT_HOST=" + builder,
			p.file(filepath.Base(program))}
		return env.Command(ctx, "setpriv", append(become, args...)...)
	}
}
