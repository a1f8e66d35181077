package integration

import (
	"bytes"
	"maps"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// provoked is a mistake that a person makes, and the last line that the command
// prints. The line names the cause, the place and the remedy.
type provoked struct {
	// row is the number of the mistake: see mistakeRows. It is 0 for one beside them.
	row  int
	name string
	// files are put over the files of a small function, whose folder is the working
	// folder. With empty, there is no such function.
	files map[string]string
	empty bool
	// without are files of the function to leave out.
	without []string
	// folder is the working folder, below the function's.
	folder string
	// before is a command for a shell that prepares the mistake, as root.
	before string
	// command is for a shell. These words in it, in variables and in want stand for
	// what a test has: OWNREGISTRY for its registry and LOGIN for one that wants a
	// login, FRONTEND for the frontend image, PLATFORM and MACHINE for what this machine
	// is, HOME for the folder above the function's and TAKENPORT for a port in use.
	command string
	// variables are added to the environment.
	variables []string
	// person is set for a command of somebody who is not root.
	person bool
	// disk is the size of a small disk that stands in the folder "disk".
	disk string
	// allowed is set for what was a mistake once and works. The last line that is
	// printed is wanted of it.
	allowed bool
	// want is the whole text behind "ERROR: " less what is quoted of uv, or when it
	// begins with ^, a regular expression for that.
	want string
}

// mistakeRows is how many kinds of mistakes are numbered. Each has a row of a table
// at least: a number without one is a mistake whose text nobody looks at.
const mistakeRows = 45

// TestProvokedMistakes holds what each mistake is told.
func TestProvokedMistakes(t *testing.T) {
	t.Parallel()
	login := strings.TrimPrefix(serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }), "http://")
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, taken.Close()) })
	words := map[string]string{"LOGIN": login, "FRONTEND": env.Frontend, "OWNREGISTRY": env.Registry, "PLATFORM": testenv.BuildPlatform(), "MACHINE": machine(), "TAKENPORT": strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)}
	all := slices.Concat(
		mistakesOfPlaces(), mistakesOfHandlers(), mistakesInTheTable(), mistakesOfFlags(), mistakesOfCommands(),
		mistakesOfLocks(), mistakesOfPackages(t), mistakesOfImages(), mistakesOfBuilders(),
		mistakesOfInvocations(), mistakesOfOutputs())
	told := map[int]bool{}
	for _, p := range all {
		told[p.row] = true
		t.Run(strconv.Itoa(p.row)+" "+p.name, func(t *testing.T) {
			t.Parallel()
			p.check(t, words)
		})
	}
	for row := range mistakeRows {
		assert.True(t, told[row+1], "no row of a table is mistake %d", row+1)
	}
}

// blobDigest is the part of a registry's address that a build decides.
var blobDigest = regexp.MustCompile(`blobs/sha256:[0-9a-f]+`)

// check runs the command and compares what it is told.
func (p provoked) check(t *testing.T, words map[string]string) {
	home := t.TempDir()
	if p.person {
		home = newPerson(t).home
	}
	work := p.write(t, home)
	words = maps.Clone(words)
	words["HOME"] = home
	replace := func(text string) string {
		for _, word := range slices.Sorted(maps.Keys(words)) {
			text = strings.ReplaceAll(text, word, words[word])
		}
		return text
	}
	if p.before != "" {
		succeed(t, p.shell(t, home, work, replace(p.before)))
	}
	command := p.shell(t, home, work, replace(p.command))
	if p.person && os.Geteuid() == 0 {
		require.NoError(t, exec.CommandContext(t.Context(), "chown", "-R", "nobody", work).Run())
		command.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	for _, variable := range p.variables {
		command.Env = append(command.Env, replace(variable))
	}
	var printed bytes.Buffer
	command.Stdout, command.Stderr = &printed, &printed
	err := command.Run()
	text := strings.TrimSpace(printed.String())
	if p.allowed {
		require.NoError(t, err, text)
		text = text[strings.LastIndex(text, "\n")+1:]
	} else {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit, text)
		require.Equal(t, 1, exit.ExitCode(), text)
		text = errorOf(t, text)
	}
	text = blobDigest.ReplaceAllString(text, "blobs/DIGEST")
	if strings.HasPrefix(p.want, "^") {
		require.Regexp(t, replace(p.want), text)
		return
	}
	require.Equal(t, replace(p.want), text, printed.String())
}

// errorOf is the one error in what a command printed. What uv says is quoted below
// it, and the progress names steps that fail.
func errorOf(t *testing.T, printed string) string {
	t.Helper()
	_, text, found := strings.Cut("\n"+printed, "\nERROR: ")
	require.True(t, found, printed)
	require.NotContains(t, text, "ERROR: ", printed)
	text, _, _ = strings.Cut(text, "\n  | ")
	return strings.TrimPrefix(text, "failed to build: failed to solve: ")
}

// shell is a command as the mistake's person types it.
func (p provoked) shell(t *testing.T, home, work, text string) *exec.Cmd {
	t.Helper()
	command := env.Command(t.Context(), "sh", "-c", text)
	command.Dir = work
	bin := filepath.Join(env.Root, "bin")
	path := []string{home, bin, filepath.Join(bin, "tools"), "/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"}
	command.Env = append(command.Env, "DOCKER_HOST=unix:///nowhere/docker.sock", "PATH="+strings.Join(path, ":"))
	if p.person {
		command.Env = append(command.Env, "HOME="+home, "TMPDIR="+home, "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "XDG_RUNTIME_DIR=")
	}
	return command
}

// write makes what the mistake is made in, below a person's home, and gives the
// working folder.
func (p provoked) write(t *testing.T, home string) string {
	t.Helper()
	dir := filepath.Join(home, "function")
	if p.empty {
		require.NoError(t, os.Mkdir(dir, 0o755))
		for name, content := range p.files {
			writeFile(t, filepath.Join(dir, name), content)
		}
	} else {
		require.NoError(t, os.Rename(newFunction(t, p.files), dir))
	}
	for _, name := range p.without {
		require.NoError(t, os.Remove(filepath.Join(dir, name)))
	}
	if p.disk != "" {
		disk := filepath.Join(dir, "disk")
		require.NoError(t, os.Mkdir(disk, 0o755))
		require.NoError(t, unix.Mount("tmpfs", disk, "tmpfs", 0, "size="+p.disk))
		t.Cleanup(func() { require.NoError(t, unix.Unmount(disk, unix.MNT_DETACH)) })
	}
	if p.person && os.Geteuid() == 0 {
		// A socket that belongs to root.
		listener, err := net.Listen("unix", filepath.Join(home, "root.sock"))
		require.NoError(t, err)
		t.Cleanup(func() { require.NoError(t, listener.Close()) })
		require.NoError(t, os.Chmod(filepath.Join(home, "root.sock"), 0o600))
	}
	return filepath.Join(dir, p.folder)
}
