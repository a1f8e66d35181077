package dev

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// watched is a project whose app folder is watched.
type watched struct {
	t       *testing.T
	folder  string
	watcher *watcher
	changes chan Change
	begun   chan struct{}
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{
		t: t, changes: make(chan Change), begun: make(chan struct{}, 100),
		folder: project(t, map[string]string{
			"pyproject.toml": "", "uv.lock": "", "README.md": "", "app/main.py": "", "app/pages/a.html": "", "app/__pycache__/main.pyc": "", "app/notes/a.txt": "", "lib/a.py": "",
			".dockerignore": "app/notes\n",
		}),
	}
	var err error
	w.watcher, err = newWatcher(w.folder, func() time.Time { return time.Unix(1, 0) }, func() { w.begun <- struct{}{} })
	require.NoError(t, err)
	w.watch("app")
	ended := make(chan error, 1)
	go func() { ended <- w.watcher.run(t.Context(), w.changes) }()
	t.Cleanup(func() { assert.NoError(t, <-ended) })
	return w
}

// watch plans copies of some paths.
func (w *watched) watch(paths ...string) {
	w.t.Helper()
	var copies []plan.Copy
	for _, p := range paths {
		copies = append(copies, plan.Copy{From: p, Exclude: []string{"**/__pycache__"}})
	}
	in, err := ReadInputs(w.folder, "pyproject.toml", []plan.Plan{{App: &plan.App{Copies: copies}}})
	require.NoError(w.t, err)
	require.NoError(w.t, w.watcher.watch(in))
}

func (w *watched) write(name string) {
	w.t.Helper()
	file := filepath.Join(w.folder, name)
	require.NoError(w.t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(w.t, os.WriteFile(file, []byte(time.Now().String()), 0o644))
}

// next is the next change.
func (w *watched) next() []string {
	w.t.Helper()
	select {
	case change := <-w.changes:
		assert.Equal(w.t, time.Unix(1, 0), change.Saved)
		<-w.begun
		return change.Paths
	case <-time.After(10 * time.Second):
		require.FailNow(w.t, "no change was noticed")
		return nil
	}
}

func TestWatch(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.write("app/main.py")
	assert.Equal(t, []string{"app/main.py"}, w.next())

	require.NoError(t, os.Remove(filepath.Join(w.folder, "app/pages/a.html")))
	assert.Equal(t, []string{"app/pages/a.html"}, w.next())

	w.write(".python-version")
	assert.Equal(t, []string{".python-version"}, w.next(), "a file that was missing")
}

// Editors write a new file and put it in the place of the old one.
func TestWatchReplacedFile(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	for range 2 {
		w.write("new.tmp")
		require.NoError(t, os.Rename(filepath.Join(w.folder, "new.tmp"), filepath.Join(w.folder, "app/main.py")))
		assert.Equal(t, []string{"app/main.py"}, w.next())
	}
}

func TestWatchNewFolders(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	require.NoError(t, os.MkdirAll(filepath.Join(w.folder, "app/a/b"), 0o755))
	assert.Contains(t, w.next(), "app/a")
	w.write("app/a/b/c.py")
	assert.Equal(t, []string{"app/a/b/c.py"}, w.next())

	require.NoError(t, os.Rename(filepath.Join(w.folder, "app"), filepath.Join(w.folder, "old")))
	assert.Equal(t, []string{"app"}, w.next())
	w.write("app/main.py")
	assert.Contains(t, w.next(), "app")
	w.write("app/main.py")
	assert.Equal(t, []string{"app/main.py"}, w.next())
}

// What no build reads is not noticed. The file after it is, alone.
func TestWatchIgnores(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	for _, name := range []string{"README.md", "app/__pycache__/main.pyc", "app/notes/a.txt", "other/file.py"} {
		w.write(name)
	}
	require.NoError(t, os.Chmod(filepath.Join(w.folder, "app/main.py"), 0o600))
	_, err := os.ReadFile(filepath.Join(w.folder, "app/main.py"))
	require.NoError(t, err)
	w.write("uv.lock")
	assert.Equal(t, []string{"uv.lock"}, w.next())
	assert.Empty(t, w.begun)
}

// Changes that nobody takes yet become one, which was begun once.
func TestWatchWhileBusy(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.write("app/main.py")
	<-w.begun
	w.begun <- struct{}{}
	time.Sleep(2 * quiet)
	w.write("uv.lock")
	time.Sleep(5 * quiet)
	assert.Equal(t, []string{"app/main.py", "uv.lock"}, w.next())
	assert.Empty(t, w.begun)
}

func TestWatchOtherInputs(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	w.watch("lib")
	w.write("app/main.py")
	w.write("lib/a.py")
	assert.Equal(t, []string{"lib/a.py"}, w.next())
	assert.NotContains(t, w.watcher.events.WatchList(), filepath.Join(w.folder, "app"))
}
