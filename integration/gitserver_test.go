package integration

import (
	"net/http"
	"net/http/cgi"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// gitRepository is a git repository that the test writes, and that git's own
// server gives away.
type gitRepository struct {
	// dir is the bare repository, tree its files.
	dir, tree string
}

// newGitRepository makes an empty repository in a folder that can be served.
func newGitRepository(t *testing.T, root, name string) gitRepository {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Git))
	r := gitRepository{filepath.Join(root, name), t.TempDir()}
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
