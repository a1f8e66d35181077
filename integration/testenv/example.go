package testenv

import (
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
)

// lockFile is not committed with the examples: it would name package hosts.
const lockFile = "uv.lock"

// Example copies examples/NAME to a folder of the test's own, with a uv.lock
// that the builder wrote once in this run.
func (e *Env) Example(t T, name string) string {
	t.Helper()
	dir := e.UnlockedExample(t, name)
	e.mu.Lock()
	defer e.mu.Unlock()
	lock, ok := e.locks[name]
	if !ok {
		e.CLI().MustBuild(t, dir, "--target", "lock", "-o", dir)
		content, err := os.ReadFile(filepath.Join(dir, lockFile))
		require.NoError(t, err)
		e.locks[name] = string(content)
		return dir
	}
	require.NoError(t, os.WriteFile(filepath.Join(dir, lockFile), []byte(lock), 0o644))
	return dir
}

// UnlockedExample copies examples/NAME without a uv.lock.
func (e *Env) UnlockedExample(t T, name string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join(e.Root, "examples", name))))
	require.NoError(t, os.RemoveAll(filepath.Join(dir, lockFile)))
	return dir
}
