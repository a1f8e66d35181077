package integration

import (
	"archive/tar"
	"bytes"
	"io"
	"maps"
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// gitRepository is a git repository that the test writes, and that git's own
// server gives away.
type gitRepository struct {
	// dir is the bare repository, tree its files.
	dir, tree string
}

// newGitRepository makes the empty repository library.git in a folder that can be
// served.
func newGitRepository(t *testing.T, root string) gitRepository {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Git))
	r := gitRepository{filepath.Join(root, "library.git"), t.TempDir()}
	require.NoError(t, os.MkdirAll(r.dir, 0o755))
	r.git(t, "init", "--quiet", "--initial-branch=main", "--bare")
	return r
}

// git runs git, which knows nothing of the person's configuration, and gives what
// it says.
func (r gitRepository) git(t *testing.T, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", append([]string{"--git-dir=" + r.dir, "-c", "core.bare=false", "--work-tree=" + r.tree}, args...)...)
	if args[0] == "init" {
		command = exec.CommandContext(t.Context(), "git", append(args, r.dir)...)
	}
	command.Dir = r.tree
	command.Env = append(os.Environ(),
		"GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=test", "GIT_AUTHOR_EMAIL=test@example.com", "GIT_AUTHOR_DATE=2026-01-02T03:04:05Z",
		"GIT_COMMITTER_NAME=test", "GIT_COMMITTER_EMAIL=test@example.com", "GIT_COMMITTER_DATE=2026-01-02T03:04:05Z",
	)
	out, err := command.CombinedOutput()
	require.NoError(t, err, "git %v: %s", args, out)
	return strings.TrimSpace(string(out))
}

// commit writes files and commits all that there are; it gives the commit.
func (r gitRepository) commit(t *testing.T, files map[string]string) string {
	t.Helper()
	for name, content := range files {
		writeFile(t, filepath.Join(r.tree, name), content)
	}
	r.git(t, "add", "--all")
	r.git(t, "commit", "--quiet", "--message", "change")
	return r.git(t, "rev-parse", "HEAD")
}

// serveRepositories serves the repositories of a folder to those who may read them, and
// gives the server's address.
func serveRepositories(t *testing.T, root string, allowed func(*http.Request) bool) string {
	t.Helper()
	libexec, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	require.NoError(t, err)
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(libexec)), "git-http-backend"),
		Env:  []string{"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "GIT_CONFIG_GLOBAL=/dev/null"},
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !allowed(r) {
			w.Header().Set("WWW-Authenticate", `Basic realm="git"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	}))
	t.Cleanup(server.Close)
	return server.URL
}

// anyone may read a repository.
func anyone(*http.Request) bool { return true }

// installsGit is a layer with a package manager that installs git: this machine's,
// with the libraries that the base does not have.
func installsGit(t *testing.T) v1.Layer {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Git))
	libexec, err := exec.CommandContext(t.Context(), "git", "--exec-path").Output()
	require.NoError(t, err)
	programs := strings.TrimSpace(string(libexec))
	linked, err := exec.CommandContext(t.Context(), "ldd", filepath.Join(programs, "git"), filepath.Join(programs, "git-remote-http")).Output()
	require.NoError(t, err)
	files := map[string]string{}
	for _, path := range regexp.MustCompile(`=> (/\S+)`).FindAllStringSubmatch(string(linked), -1) {
		if library := filepath.Base(path[1]); !strings.HasPrefix(library, "libc.") {
			files["opt/git/lib/"+library] = path[1]
		}
	}
	entries, err := os.ReadDir(programs)
	require.NoError(t, err)
	for _, entry := range entries {
		if entry.Type().IsRegular() {
			files["opt/git/core/"+entry.Name()] = filepath.Join(programs, entry.Name())
		}
	}
	content := map[string][]byte{"usr/bin/dnf": []byte(`#!/bin/sh
[ "$*" = "install -y git-core" ] || exit 3
printf '#!/bin/sh\nLD_LIBRARY_PATH=/opt/git/lib GIT_EXEC_PATH=/opt/git/core PATH=/opt/git/core:$PATH exec /opt/git/core/git "$@"\n' >/usr/bin/git
chmod 755 /usr/bin/git
`)}
	for to, from := range files {
		content[to], err = os.ReadFile(from)
		require.NoError(t, err)
	}
	content["opt/git/core/git-remote-https"] = content["opt/git/core/git-remote-http"]
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, name := range slices.Sorted(maps.Keys(content)) {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(content[name])), Typeflag: tar.TypeReg}))
		_, err := w.Write(content[name])
		require.NoError(t, err)
	}
	for _, link := range []string{"git-upload-pack", "git-submodule--helper"} {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: "opt/git/core/" + link, Linkname: "git", Typeflag: tar.TypeSymlink}))
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(archive.Bytes())), nil })
	require.NoError(t, err)
	return layer
}
