package emulate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

func TestMakeMountPoints(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, makeMountPoints(folder))
	for _, m := range mounts() {
		info, err := os.Stat(filepath.Join(folder, m.Destination))
		require.NoError(t, err)
		assert.Equal(t, m.Type != "bind", info.IsDir(), m.Destination)
	}
}

// TestUnpackWhereLayersCannotBeKept gives a container its files all the same.
func TestUnpackWhereLayersCannotBeKept(t *testing.T) {
	t.Parallel()
	image, err := mutate.AppendLayers(empty.Image, layerWith(t, "one").Layer)
	require.NoError(t, err)
	folder := t.TempDir()
	noFolder := filepath.Join(folder, "file")
	require.NoError(t, os.WriteFile(noFolder, nil, 0o600))
	held, err := lock(folder, unix.LOCK_SH)
	require.NoError(t, err)
	c := &container{folder: folder, held: held, rootfs: filepath.Join(folder, "rootfs"), unmount: nothing, opts: Options{Layers: NewLayers(noFolder, 0)}}
	require.NoError(t, c.unpack(t.Context(), image))
	data, err := os.ReadFile(filepath.Join(c.rootfs, "app.py"))
	require.NoError(t, err)
	assert.Equal(t, "one", string(data))
	require.NoError(t, c.remove())
	assert.NoDirExists(t, folder)
}

// TestImageHasNoEffectOutside: no other user gets to the files of an image, and its
// device files and set-user-ID programs are neither to the person who runs it.
func TestImageHasNoEffectOutside(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root mounts layers here")
	}
	image, err := mutate.AppendLayers(empty.Image, layerWith(t, "one").Layer)
	require.NoError(t, err)
	held, err := containerFolder()
	require.NoError(t, err)
	c := &container{folder: held.Name(), held: held, rootfs: filepath.Join(held.Name(), "rootfs"), unmount: nothing, opts: Options{Layers: NewLayers(t.TempDir(), 1<<30)}}
	require.NoError(t, c.unpack(t.Context(), image))
	info, err := os.Stat(c.folder)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	var mounted unix.Statfs_t
	require.NoError(t, unix.Statfs(c.rootfs, &mounted))
	if mounted.Type != unix.OVERLAYFS_SUPER_MAGIC {
		require.NoError(t, c.remove())
		t.Skip("the filesystem of the folder for temporary files cannot be below an overlay")
	}
	const wanted = unix.ST_NOSUID | unix.ST_NODEV | unix.ST_RDONLY
	assert.EqualValues(t, wanted, mounted.Flags&wanted)
	require.NoError(t, c.remove())
	assert.NoDirExists(t, c.folder)
}
