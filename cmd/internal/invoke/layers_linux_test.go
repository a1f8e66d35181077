package invoke

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// layerWith is a layer with one file, owned by whoever runs the test.
func layerWith(t *testing.T, name, text string) v1.Layer {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text)), Uid: os.Getuid(), Gid: os.Getgid()}))
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data.Bytes())), nil })
	require.NoError(t, err)
	return layer
}

// TestLayersAreKept unpacks a layer once and removes it with its last use.
func TestLayersAreKept(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir())
	layer := layerWith(t, "app.py", "one")
	name, err := l.unpack(t.Context(), layer)
	require.NoError(t, err)
	l.users[name]++
	file := filepath.Join(l.folder, name, "app.py")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "one", string(data))

	require.NoError(t, os.WriteFile(file, []byte("kept"), 0o644))
	again, err := l.unpack(t.Context(), layer)
	require.NoError(t, err)
	assert.Equal(t, name, again)
	l.users[name]++
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "kept", string(data), "the layer is unpacked once")

	require.NoError(t, l.release([]string{name}))
	assert.FileExists(t, file)
	require.NoError(t, l.release([]string{name}))
	assert.NoDirExists(t, filepath.Join(l.folder, name))
}

func TestBrokenLayerLeavesNothing(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir())
	broken, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(bytes.Repeat([]byte("x"), 700))), nil
	})
	require.NoError(t, err)
	digest, err := broken.DiffID()
	require.NoError(t, err)
	_, err = l.unpack(t.Context(), broken)
	require.ErrorContains(t, err, "unpacking the image layer "+digest.String())
	assert.NoDirExists(t, filepath.Join(l.folder, digest.Hex))
}

func TestMountPoints(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir())
	for range 2 {
		folder, err := l.mountPoints()
		require.NoError(t, err)
		for _, m := range mounts() {
			info, err := os.Stat(filepath.Join(folder, m.Destination))
			require.NoError(t, err)
			assert.Equal(t, m.Type != "bind", info.IsDir(), m.Destination)
		}
	}
}
