package contexts

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

func TestLocal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pyproject.toml": "a", "b/pyproject.toml": "b", "b/c/pyproject.toml": "c", "b/other.toml": "",
		".venv/pyproject.toml": "", "b/node_modules/x/pyproject.toml": "", ".git/pyproject.toml": "",
	} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	for link, target := range map[string]string{"inside": "b/pyproject.toml", "outside": "../elsewhere", "absolute": dir, "dangling": "gone"} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, link)))
	}
	folder, err := OpenFolder(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	buildFile, err := LocalBuildFile(folder, "pyproject.toml")
	require.NoError(t, err)
	c, err := NewLocal(folder, NewTexts(buildFile))
	require.NoError(t, err)

	found, err := c.Find(t.Context(), "pyproject.toml")
	require.NoError(t, err)
	assert.Equal(t, []string{"b/c/pyproject.toml", "b/pyproject.toml", "pyproject.toml"}, found)

	set, err := c.Read(t.Context(), []string{"pyproject.toml", "gone", "inside", "outside", "../x"})
	require.NoError(t, err)
	assert.Equal(t, files.Set{
		"pyproject.toml": {Kind: files.Regular, Data: []byte("a")}, "inside": {Kind: files.Regular, Data: []byte("b")},
		"gone": {}, "outside": {}, "../x": {},
	}, set)

	set, err = c.Stat(t.Context(), []string{"pyproject.toml", "b", "gone", "inside", "outside", "absolute", "dangling"})
	require.NoError(t, err)
	assert.Equal(t, files.Set{
		"pyproject.toml": {Kind: files.Regular}, "inside": {Kind: files.Regular}, "b": {Kind: files.Folder},
		"gone": {}, "dangling": {},
		"outside": {Kind: files.Outside, Link: "../elsewhere"}, "absolute": {Kind: files.Outside, Link: dir},
	}, set)
}

// A file that nobody may read is not taken for one that is not there.
func TestLocalWithoutPermission(t *testing.T) {
	t.Parallel()
	if os.Geteuid() == 0 {
		t.Skip("root may read every file")
	}
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "pyproject.toml"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "uv.lock"), nil, 0))
	folder, err := OpenFolder(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	buildFile, err := LocalBuildFile(folder, "pyproject.toml")
	require.NoError(t, err)
	c, err := NewLocal(folder, NewTexts(buildFile))
	require.NoError(t, err)
	_, err = c.Read(t.Context(), []string{"uv.lock"})
	require.EqualError(t, err, "uv.lock: the file cannot be read (permission denied): make it readable with `chmod u+r`, or remove it")
}
