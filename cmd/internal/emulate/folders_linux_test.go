package emulate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// A folder is removed when the process of its container was killed. The folders of
// other containers stay, and so does anything else of such a name.
func TestRemoveLeftovers(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for _, name := range []string{"left", "held"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, containerPrefix+name, "rootfs", "etc"), 0o700))
	}
	elsewhere := t.TempDir()
	require.NoError(t, os.Symlink(elsewhere, filepath.Join(dir, containerPrefix+"link")))
	require.NoError(t, os.WriteFile(filepath.Join(dir, containerPrefix+"file"), nil, 0o600))
	held, err := lock(filepath.Join(dir, containerPrefix+"held"), unix.LOCK_SH)
	require.NoError(t, err)
	defer held.Close()
	removeLeftovers(dir)
	assert.NoDirExists(t, filepath.Join(dir, containerPrefix+"left"))
	assert.DirExists(t, filepath.Join(dir, containerPrefix+"held", "rootfs", "etc"))
	assert.DirExists(t, elsewhere)
	assert.FileExists(t, filepath.Join(dir, containerPrefix+"file"))
	left, err := os.Readlink(filepath.Join(dir, containerPrefix+"link"))
	require.NoError(t, err)
	assert.Equal(t, elsewhere, left)
}
