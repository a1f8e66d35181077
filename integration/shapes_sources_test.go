package integration

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestDirectURL installs a wheel that is named by its URL.
func TestDirectURL(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	host := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(wheel) }))
	t.Cleanup(host.Close)
	dir := copyShape(t, "direct-url")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", host.URL)
	tree := shape{}.build(t, env.CLI(), dir)
	require.Equal(t, []string{"__pycache__", "example_dist-1.0.dist-info", "example_dist.py", "main.py"}, topLevel(tree))
	require.Empty(t, leftovers(tree))
}

// TestLocalWheel installs a wheel that is a file of the repository.
func TestLocalWheel(t *testing.T) {
	t.Parallel()
	dir := copyShape(t, "local-wheel")
	writeFile(t, filepath.Join(dir, "wheels", exampleWheelName), string(exampleWheel(t)))
	tree := shape{}.build(t, env.Syntax(), dir)
	require.Equal(t, []string{"__pycache__", "example_dist-1.0.dist-info", "example_dist.py", "main.py"}, topLevel(tree))
	require.Empty(t, leftovers(tree))
}

// TestPrivateIndex gets a package from an index that asks for a password,
// which is a secret of the build and stays one.
func TestPrivateIndex(t *testing.T) {
	t.Parallel()
	const password = "correct-horse-battery"
	index := serveIndex(t, func(r *http.Request) bool {
		user, given, _ := r.BasicAuth()
		return user == "reader" && given == password
	}, exampleLink(t))
	dir := copyShape(t, "private-index")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", index)
	secrets := t.TempDir()
	writeFile(t, filepath.Join(secrets, "username"), "reader")
	writeFile(t, filepath.Join(secrets, "password"), password)
	flags := []string{
		"--secret", "id=UV_INDEX_MY_OWN_USERNAME,src=" + filepath.Join(secrets, "username"),
		"--secret", "id=UV_INDEX_MY_OWN_PASSWORD,src=" + filepath.Join(secrets, "password"),
	}

	t.Run("without the secrets", func(t *testing.T) {
		result := env.CLI().Build(t, dir, "--target", "lock", "-o", dir)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, `index "my-own" (line 8 of pyproject.toml) wants credentials: pass them as --secret id=UV_INDEX_MY_OWN_USERNAME and --secret id=UV_INDEX_MY_OWN_PASSWORD`)
	})
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			lockShape(t, door, dir, flags...)
			ref := newReference(t)
			// Nothing of an earlier build stands in for the secrets.
			result := door.MustBuild(t, dir, append(flags, "-t", ref, "--push", "--no-cache")...)
			requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))

			config, err := pull(t, ref).RawConfigFile()
			require.NoError(t, err)
			lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
			require.NoError(t, err)
			for _, text := range []string{string(config), string(lock), result.Trace.Log(), strings.Join(result.Trace.Names(), "\n"), result.Stderr} {
				require.NotContains(t, text, password)
			}
			for file, content := range taskRoot(t, pull(t, ref)) {
				require.NotContains(t, string(content), password, file)
			}
		})
	}
}

// TestIndexWithoutHashes refuses what could not be checked when it is fetched.
func TestIndexWithoutHashes(t *testing.T) {
	t.Parallel()
	index := serveIndex(t, func(*http.Request) bool { return true }, "/files/"+exampleWheelName)
	dir := copyShape(t, "private-index")
	edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", index)
	lockShape(t, env.CLI(), dir)
	result := env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "uv.lock:5: example-dist has files without a hash (example-dist 1.0 <- your dependencies, line 5 of pyproject.toml), since its index gives none, "+
		"so what is downloaded could not be checked: publish hashes with the index's links, and lock again")
}

// serveIndex serves the example wheel as a package index to those who may read
// it, and gives the index's address.
func serveIndex(t *testing.T, allowed func(*http.Request) bool, link string) string {
	t.Helper()
	server := httptest.NewServer(packageIndex(t, allowed, link))
	t.Cleanup(server.Close)
	return server.URL
}

// packageIndex answers the requests of such an index.
func packageIndex(t *testing.T, allowed func(*http.Request) bool, link string) http.Handler {
	t.Helper()
	wheel := exampleWheel(t)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case !allowed(r):
			w.Header().Set("WWW-Authenticate", `Basic realm="index"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
		case r.URL.Path == "/simple/example-dist/":
			w.Header().Set("Content-Type", "text/html")
			fmt.Fprintf(w, `<!DOCTYPE html><a href="%s">%s</a>`, link, exampleWheelName)
		case r.URL.Path == "/files/"+exampleWheelName:
			_, _ = w.Write(wheel)
		default:
			http.NotFound(w, r)
		}
	})
}

// exampleLink is the index's link to the example wheel, with its hash.
func exampleLink(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("/files/%s#sha256=%x", exampleWheelName, sha256.Sum256(exampleWheel(t)))
}
