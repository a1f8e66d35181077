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
	// vanished receives when there was no change after all.
	vanished chan struct{}
}

func newWatched(t *testing.T) *watched {
	t.Helper()
	w := &watched{
		t: t, changes: make(chan Change), begun: make(chan struct{}, 100), vanished: make(chan struct{}, 100),
		folder: project(t, map[string]string{
			"pyproject.toml": "", "uv.lock": "", "README.md": "", "app/main.py": "", "app/pages/a.html": "", "app/__pycache__/main.pyc": "", "app/notes/a.txt": "", "lib/a.py": "",
			".dockerignore": "app/notes\n",
		}),
	}
	var err error
	w.watcher, err = newWatcher(w.folder, func() time.Time { return time.Unix(1, 0) }, func() { w.begun <- struct{}{} }, func() { w.vanished <- struct{}{} })
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
	in, err := ReadInputs(w.folder, "pyproject.toml", copying(copies...))
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

// Editors keep files of their own beside the one that is edited, and make others
// for a moment.
func TestWatchIgnoresEditors(t *testing.T) {
	t.Parallel()
	w := newWatched(t)
	file := func(name string) string { return filepath.Join(w.folder, "app", name) }
	for _, name := range []string{".main.py.swp", ".main.py.swo", "4913", "main.py~", "main.py___jb_tmp___", "main.py___jb_old___", "#main.py#", ".main.py.kate-swp", ".goutputstream-X5Q2T3"} {
		w.write("app/" + name)
	}
	require.NoError(t, os.Symlink("person@host.1234:1", file(".#main.py")))
	w.write("uv.lock")
	assert.Equal(t, []string{"uv.lock"}, w.next())

	// Vim moves the old file away, and writes another.
	require.NoError(t, os.Rename(file("main.py"), file("main.py~")))
	w.write("app/main.py")
	require.NoError(t, os.Remove(file("main.py~")))
	assert.Equal(t, []string{"app/main.py"}, w.next())

	// Other editors write a file of any name beside the old file, and replace the old
	// file by it.
	w.write("app/main.py.tmp.81f2")
	require.NoError(t, os.Rename(file("main.py.tmp.81f2"), file("main.py")))
	assert.Equal(t, []string{"app/main.py"}, w.next())

	// What came and went is no change.
	w.write("app/sedXqJ2Lk")
	require.NoError(t, os.Remove(file("sedXqJ2Lk")))
	<-w.vanished
	<-w.begun
	assert.Empty(t, w.begun)

	// A new file that goes later, and an old one that goes, are changes.
	w.write("app/new.py")
	assert.Equal(t, []string{"app/new.py"}, w.next())
	require.NoError(t, os.Remove(file("new.py")))
	assert.Equal(t, []string{"app/new.py"}, w.next())
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
