package emulate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
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
	c := &container{folder: folder, rootfs: filepath.Join(folder, "rootfs"), unmount: nothing, opts: Options{Layers: NewLayers(noFolder, 0)}}
	require.NoError(t, c.unpack(t.Context(), image))
	data, err := os.ReadFile(filepath.Join(c.rootfs, "app.py"))
	require.NoError(t, err)
	assert.Equal(t, "one", string(data))
	require.NoError(t, c.remove())
	assert.NoDirExists(t, folder)
}
