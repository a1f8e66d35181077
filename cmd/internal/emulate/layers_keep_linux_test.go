package emulate

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/cmd/internal/images"
)

// layerWith is a layer with a file app.py, owned by whoever runs the test.
func layerWith(t *testing.T, text string) images.Layer {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	require.NoError(t, w.WriteHeader(&tar.Header{Name: "app.py", Mode: 0o644, Size: int64(len(text)), Uid: os.Getuid(), Gid: os.Getgid()}))
	_, err := io.WriteString(w, text)
	require.NoError(t, err)
	require.NoError(t, w.Close())
	return layerOf(t, data.Bytes())
}

// layerOf is a layer of any bytes.
func layerOf(t *testing.T, data []byte) images.Layer {
	t.Helper()
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
	require.NoError(t, err)
	id, err := layer.DiffID()
	require.NoError(t, err)
	return images.Layer{Layer: layer, ID: id}
}

// holdOne has a layer unpacked and returns what keeps it, with the path of the
// layer's app.py.
func holdOne(t *testing.T, l *Layers, layer images.Layer) (held *os.File, file string) {
	t.Helper()
	all, err := l.holdAll(t.Context(), []images.Layer{layer, layer})
	require.NoError(t, err)
	require.Len(t, all, 1, "two equal layers are one folder")
	return all[0], filepath.Join(all[0].Name(), filesFolder, "app.py")
}

// TestLayersAreUnpackedOnce also by another command.
func TestLayersAreUnpackedOnce(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "made", "layers")
	layer := layerWith(t, "one")
	held, file := holdOne(t, NewLayers(folder, 100), layer)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "one", string(data))
	require.NoError(t, held.Close())

	require.NoError(t, os.WriteFile(file, []byte("kept"), 0o644))
	held, file = holdOne(t, NewLayers(folder, 100), layer)
	data, err = os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "kept", string(data))
	require.NoError(t, held.Close())
}

// TestLayersUsedLastAreKept up to the limit, and all that are in use.
func TestLayersUsedLastAreKept(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir(), 10)
	held, files := map[string]*os.File{}, map[string]string{}
	hold := func(text string) { held[text], files[text] = holdOne(t, l, layerWith(t, text)) }
	// Times of files are too coarse for the test.
	used := func(text string, hoursAgo time.Duration) {
		at := time.Now().Add(-hoursAgo * time.Hour)
		require.NoError(t, os.Chtimes(held[text].Name(), at, at))
	}
	for hoursAgo, text := range []string{"four", "4444", "iiii"} {
		hold(text)
		used(text, time.Duration(9-hoursAgo))
	}
	for _, file := range files {
		assert.FileExists(t, file, "it is in use")
	}
	for _, text := range []string{"4444", "iiii"} {
		require.NoError(t, held[text].Close())
	}
	hold("4444")
	hold("5")
	assert.FileExists(t, files["four"], "it is in use")
	assert.FileExists(t, files["4444"], "it was used again")
	assert.FileExists(t, files["5"])
	assert.FileExists(t, files["iiii"], "there is room for it")
	used("4444", 1)
	hold("66")
	assert.NoFileExists(t, files["iiii"])
	assert.FileExists(t, files["4444"])
	entries, err := os.ReadDir(l.folder)
	require.NoError(t, err)
	assert.Len(t, entries, 4)
}

// TestBrokenLayerLeavesNothing holds nothing of a layer that is no archive, and
// of one with other files than its image says.
func TestBrokenLayerLeavesNothing(t *testing.T) {
	t.Parallel()
	other := layerWith(t, "one")
	other.ID = layerWith(t, "two").ID
	for name, test := range map[string]struct {
		layer images.Layer
		want  string
	}{
		"no archive":  {layerOf(t, bytes.Repeat([]byte("x"), 700)), "archive/tar: invalid tar header"},
		"other files": {other, "it holds other files than the image's configuration says"},
		"no digest":   {images.Layer{Layer: other, ID: v1.Hash{Algorithm: "sha256", Hex: "../../a"}}, "invalid checksum digest"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := NewLayers(t.TempDir(), 100)
			_, err := l.holdAll(t.Context(), []images.Layer{test.layer})
			require.ErrorContains(t, err, "unpacking an image layer: reading the image layer "+test.layer.ID.String())
			require.ErrorContains(t, err, test.want)
			entries, err := os.ReadDir(l.folder)
			require.NoError(t, err)
			assert.Empty(t, entries)
		})
	}
}

// TestWhatWasLeftBehindGoes, but not what another command is making.
func TestWhatWasLeftBehindGoes(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir(), 100)
	left, making := filepath.Join(l.folder, unfinished+"left"), filepath.Join(l.folder, unfinished+"making")
	for _, folder := range []string{left, making} {
		require.NoError(t, os.MkdirAll(filepath.Join(folder, filesFolder), 0o755))
	}
	lock, err := lock(making, unix.LOCK_SH)
	require.NoError(t, err)
	held, _ := holdOne(t, l, layerWith(t, "one"))
	assert.NoDirExists(t, left)
	assert.DirExists(t, making)
	require.NoError(t, release([]*os.File{lock, held}))
}

// TestLayersOfManyCommands unpacks and removes the same layers at once.
func TestLayersOfManyCommands(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	var layers []images.Layer
	for i := range 3 {
		layers = append(layers, layerWith(t, strconv.Itoa(i)))
	}
	var commands sync.WaitGroup
	for i := range 8 {
		commands.Go(func() {
			// None of them leaves anything to the others.
			l := NewLayers(folder, 0)
			for j := range 30 {
				k := (i + j) % len(layers)
				held, err := l.holdAll(t.Context(), []images.Layer{layers[k]})
				if !assert.NoError(t, err) {
					return
				}
				data, err := os.ReadFile(filepath.Join(held[0].Name(), filesFolder, "app.py"))
				assert.NoError(t, err)
				assert.Equal(t, strconv.Itoa(k), string(data))
				assert.NoError(t, release(held))
			}
		})
	}
	commands.Wait()
}

// TestSmallLayersDoNotPileUp keeps a number of them.
func TestSmallLayersDoNotPileUp(t *testing.T) {
	t.Parallel()
	l := NewLayers(t.TempDir(), 1<<20)
	for i := range maxLayers + 3 {
		held, _ := holdOne(t, l, layerWith(t, strconv.Itoa(i)))
		require.NoError(t, held.Close())
	}
	entries, err := os.ReadDir(l.folder)
	require.NoError(t, err)
	assert.Len(t, entries, maxLayers)
}
