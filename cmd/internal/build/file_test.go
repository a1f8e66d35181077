package build

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// write opens an output file and writes to it.
func write(t *testing.T, f *file, text string) {
	t.Helper()
	w, err := f.open(nil)
	require.NoError(t, err)
	_, err = w.Write([]byte(text))
	require.NoError(t, err)
	require.NoError(t, w.Close())
}

// names are the files of a folder.
func names(t *testing.T, folder string) []string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	require.NoError(t, err)
	var found []string
	for _, entry := range entries {
		found = append(found, entry.Name())
	}
	return found
}

func TestFileCommit(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "new")
	f := &file{path: filepath.Join(folder, "x.tar")}
	write(t, f, "new")
	assert.NotContains(t, names(t, folder), "x.tar")
	require.NoError(t, f.commit())
	f.discard()
	assert.Equal(t, []string{"x.tar"}, names(t, folder))
	info, err := os.Stat(f.path)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o644), info.Mode())
}

func TestFileDiscard(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	f := &file{path: filepath.Join(folder, "x.tar")}
	require.NoError(t, os.WriteFile(f.path, []byte("old"), 0o600))
	write(t, f, "half of the new")
	f.discard()
	assert.Equal(t, []string{"x.tar"}, names(t, folder))
	data, err := os.ReadFile(f.path)
	require.NoError(t, err)
	assert.Equal(t, "old", string(data))
}

func TestFileNeverOpened(t *testing.T) {
	t.Parallel()
	f := &file{path: filepath.Join(t.TempDir(), "x.tar")}
	require.NoError(t, f.commit())
	assert.NoFileExists(t, f.path)
}

func TestFileDevice(t *testing.T) {
	t.Parallel()
	f := &file{path: os.DevNull}
	write(t, f, "gone")
	require.NoError(t, f.commit())
	info, err := os.Stat(os.DevNull)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeDevice)
}

// TestFileRemovesWhatAKilledCommandLeft keeps what another command writes, and
// what has another name.
func TestFileRemovesWhatAKilledCommandLeft(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	path := filepath.Join(folder, "app.zip")
	for _, name := range []string{".app.zip-12", ".app.zip-x", ".app.zip-", ".other.zip-12", "app.zip-12"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), nil, 0o600))
	}
	other := &file{path: path}
	w, err := other.open(nil)
	require.NoError(t, err)
	f := &file{path: path}
	write(t, f, "new")
	require.NoError(t, f.commit())
	assert.ElementsMatch(t, []string{".app.zip-", ".app.zip-x", ".other.zip-12", "app.zip-12", "app.zip", filepath.Base(other.temp)}, names(t, folder))
	require.NoError(t, w.Close())
}
