package initproject

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWriteKeepsModeAndLink(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	real, link := filepath.Join(dir, "real.toml"), filepath.Join(dir, "pyproject.toml")
	require.NoError(t, os.WriteFile(real, []byte("old"), 0o600))
	require.NoError(t, os.Symlink("real.toml", link))
	fresh := filepath.Join(dir, "app", "main.py")
	p := Proposal{Files: []File{{Path: fresh, New: []byte("code")}, {Path: link, Old: []byte("old"), New: []byte("new"), replaces: true}}}
	require.NoError(t, p.Write())

	requireFile(t, fresh, "code")
	requireFile(t, real, "new")
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&os.ModeSymlink)
	info, err = os.Stat(real)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
}

// A file that changed since it was read is an error, and nothing of the rest
// stays.
func TestWriteNothingHalf(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		last File
		want string
	}{
		"changed": {File{Path: "there", Old: []byte("other"), New: []byte("new"), replaces: true}, "it was changed by something else meanwhile: run again"},
		"made":    {File{Path: "there", New: []byte("new")}, "it was made by something else meanwhile: run again"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			there, edited := filepath.Join(dir, "there"), filepath.Join(dir, "edited")
			require.NoError(t, os.WriteFile(there, []byte("theirs"), 0o644))
			require.NoError(t, os.WriteFile(edited, []byte("old"), 0o644))
			test.last.Path = there
			p := Proposal{Files: []File{
				{Path: filepath.Join(dir, "fresh"), New: []byte("x")},
				{Path: edited, Old: []byte("old"), New: []byte("new"), replaces: true},
				test.last,
			}}
			require.EqualError(t, p.Write(), "writing "+there+": "+test.want)
			requireFile(t, there, "theirs")
			requireFile(t, edited, "old")
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			assert.Len(t, entries, 2)
		})
	}
}

func TestDiff(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "--- /dev/null\n+++ a.py\n@@ -0,0 +1 @@\n+x = 1\n", File{Path: "a.py", New: []byte("x = 1\n")}.Diff())
	assert.Equal(t, "--- p.toml\n+++ p.toml\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n", File{Path: "p.toml", Old: []byte("a\nb\n"), New: []byte("a\nc\n"), replaces: true}.Diff())
}

func requireFile(t *testing.T, name, want string) {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Equal(t, want, string(data))
}
