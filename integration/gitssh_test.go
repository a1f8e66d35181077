package integration

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// serveSSH starts OpenSSH's server, which lets the holder of a key read what this
// user may read. It gives the beginning of the URLs of files, and the files of that
// key and of another.
func serveSSH(t *testing.T) (url, key, other string) {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Git, apt.SSHServer))
	dir := t.TempDir()
	for _, name := range []string{"host", "key", "other"} {
		succeed(t, exec.CommandContext(t.Context(), "ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", filepath.Join(dir, name)))
	}
	if os.Geteuid() == 0 {
		require.NoError(t, os.MkdirAll("/run/sshd", 0o755), "the server wants the folder for its own user")
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	host, port, err := net.SplitHostPort(address)
	require.NoError(t, err)
	config := filepath.Join(dir, "sshd_config")
	writeFile(t, config, fmt.Sprintf("ListenAddress %s\nPort %s\nHostKey %[3]s/host\nAuthorizedKeysFile %[3]s/key.pub\nPidFile none\n"+
		"StrictModes no\nPasswordAuthentication no\nKbdInteractiveAuthentication no\nUsePAM no\nPermitRootLogin prohibit-password\nMaxStartups 100\n", host, port, dir))
	server := exec.CommandContext(t.Context(), "/usr/sbin/sshd", "-D", "-e", "-f", config)
	var log strings.Builder
	server.Stderr = &log
	require.NoError(t, server.Start())
	t.Cleanup(func() {
		_ = server.Process.Kill()
		_ = server.Wait()
	})
	require.Eventually(t, func() bool {
		conn, err := net.DialTimeout("tcp", address, time.Second)
		if err == nil {
			conn.Close()
		}
		return err == nil
	}, 30*time.Second, 50*time.Millisecond, "the server does not listen: %s", &log)
	me, err := user.Current()
	require.NoError(t, err)
	return "ssh://" + me.Username + "@" + address, filepath.Join(dir, "key"), filepath.Join(dir, "other")
}

// A private repository is fetched over SSH with a key that the client forwards, which
// no step of ours gets. Without one the error says how.
func TestRepositoryOverSSH(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	server, key, other := serveSSH(t)
	const what = "uv.lock:16: fetching library failed (library 2.1.0 <- your dependencies, line 5 of pyproject.toml): "
	for _, door := range env.Doors() {
		// A builder that has a commit asks nobody for it.
		commit := library.commit(t, libraryFiles(t.Name()+door.Name))
		dir := gitFunction(t, server+library.dir, commit)
		none := door.Build(t, dir)
		require.Error(t, none.Err)
		require.Contains(t, none.Stderr, what)
		require.Contains(t, none.Stderr, " is asked over SSH: pass --ssh default, with a key of yours in an SSH agent (`ssh-add`)")
		refused := door.Build(t, dir, "--ssh", "default="+other)
		require.Error(t, refused.Err)
		require.Contains(t, refused.Stderr, what)
		require.Contains(t, refused.Stderr, " refused the keys of --ssh default: add a key that may read the repository to the SSH agent (`ssh-add -l` lists what it has)")

		ref := newReference(t)
		door.MustBuild(t, dir, "--ssh", "default="+key, "-t", ref, "--push")
		require.JSONEq(t, `["first", "2.1.0"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
	}
}

// A repository comes with its submodules, at the commits that it names.
func TestRepositoryWithSubmodules(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	words := newGitRepository(t, filepath.Join(root, "words"))
	named := words.commit(t, map[string]string{"words.txt": "of a submodule"})
	words.commit(t, map[string]string{"words.txt": "later"})
	library := newGitRepository(t, root)
	files := libraryFiles(t.Name())
	delete(files, "python/src/library/words.txt")
	files["python/src/library/__init__.py"] = strings.Replace(files["python/src/library/__init__.py"], `"words.txt"`, `"part/words.txt"`, 1)
	files[".gitmodules"] = "[submodule \"part\"]\n\tpath = python/src/library/part\n\turl = ../words/library.git\n"
	library.commit(t, files)
	library.git(t, "update-index", "--add", "--cacheinfo", "160000,"+named+",python/src/library/part")
	library.git(t, "commit", "--quiet", "--message", "part")
	commit := library.git(t, "rev-parse", "HEAD")
	dir := gitFunction(t, serveRepositories(t, root, anyone)+"/library.git", commit)
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push", "--no-cache")
		require.JSONEq(t, `["of a submodule", "2.1.0"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
	}
}
