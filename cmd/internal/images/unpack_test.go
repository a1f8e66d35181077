package images

import (
	"archive/tar"
	"bytes"
	"io"
	"os"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// entry is one entry of a layer. A name that ends in a slash is a folder, a
// link that is set makes a symbolic one, or a hard one.
type entry struct {
	name string
	text string
	link string
	hard bool
	mode int64
}

// layerOf is a layer with the entries in their order, owned by whoever runs
// the test.
func layerOf(t *testing.T, entries ...entry) v1.Layer {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, e := range entries {
		header := &tar.Header{Name: e.name, Mode: 0o644, Size: int64(len(e.text)), Linkname: e.link, Uid: os.Getuid(), Gid: os.Getgid()}
		switch {
		case e.hard:
			header.Typeflag = tar.TypeLink
		case e.link != "":
			header.Typeflag = tar.TypeSymlink
		case e.name[len(e.name)-1] == '/':
			header.Typeflag, header.Mode = tar.TypeDir, 0o755
		}
		if e.mode != 0 {
			header.Mode = e.mode
		}
		require.NoError(t, w.WriteHeader(header))
		_, err := io.WriteString(w, e.text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data.Bytes())), nil
	})
	require.NoError(t, err)
	return layer
}

// unpacked unpacks an image of layers and returns the folder.
func unpacked(t *testing.T, layers ...v1.Layer) (string, error) {
	t.Helper()
	image, err := mutate.AppendLayers(empty.Image, layers...)
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "rootfs")
	require.NoError(t, os.Mkdir(folder, 0o755))
	return folder, Unpack(t.Context(), folder, image)
}

// text is a file's content.
func text(t *testing.T, elements ...string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(elements...))
	require.NoError(t, err)
	return string(data)
}

func TestUnpack(t *testing.T) {
	t.Parallel()
	folder, err := unpacked(t,
		layerOf(t,
			entry{name: "usr/bin/"},
			entry{name: "bin", link: "usr/bin"},
			entry{name: "bin/run", text: "run", mode: 0o755},
			entry{name: "bin/alias", link: "bin/run", hard: true, mode: 0o755},
			entry{name: "opt/"},
			entry{name: "opt/old", text: "old"},
			entry{name: "opt/kept", text: "kept"},
			entry{name: "etc/"},
			entry{name: "etc/a", text: "a"},
		),
		layerOf(t,
			entry{name: "opt/.wh.old"},
			entry{name: "etc/.wh..wh..opq"},
			entry{name: "etc/b", text: "b"},
			entry{name: "bin/more", text: "more"},
		),
	)
	require.NoError(t, err)
	link, err := os.Readlink(filepath.Join(folder, "bin"))
	require.NoError(t, err)
	assert.Equal(t, "usr/bin", link, "an upper layer does not replace a linked folder")
	assert.Equal(t, "run", text(t, folder, "usr/bin/run"))
	assert.Equal(t, "run", text(t, folder, "usr/bin/alias"))
	assert.Equal(t, "more", text(t, folder, "usr/bin/more"))
	info, err := os.Stat(filepath.Join(folder, "bin/run"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o755), info.Mode())
	assert.NoFileExists(t, filepath.Join(folder, "opt/old"))
	assert.Equal(t, "kept", text(t, folder, "opt/kept"))
	assert.NoFileExists(t, filepath.Join(folder, "etc/a"))
	assert.Equal(t, "b", text(t, folder, "etc/b"))
}

func TestUnpackStaysInside(t *testing.T) {
	t.Parallel()
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	layers := map[string]v1.Layer{
		"parent":        layerOf(t, entry{name: "../escaped", text: "x"}),
		"absolute":      layerOf(t, entry{name: filepath.Join(outside, "escaped"), text: "x"}),
		"symbolic link": layerOf(t, entry{name: "way", link: outside}, entry{name: "way/escaped", text: "x"}),
		"parent link":   layerOf(t, entry{name: "way", link: "../.."}, entry{name: "way/escaped", text: "x"}),
		"hard link":     layerOf(t, entry{name: "stolen", link: filepath.Join(outside, "secret"), hard: true}),
		"whiteout":      layerOf(t, entry{name: "way", link: outside}, entry{name: "way/.wh.secret"}),
	}
	for name, layer := range layers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// An entry that stays inside may be unpacked there, so an error is not
			// required.
			folder, _ := unpacked(t, layer)
			assert.NoFileExists(t, filepath.Join(outside, "escaped"))
			assert.NoFileExists(t, filepath.Join(filepath.Dir(folder), "escaped"))
			assert.NoFileExists(t, filepath.Join(filepath.Dir(filepath.Dir(folder)), "escaped"))
			assert.NoFileExists(t, filepath.Join(folder, "stolen"))
			assert.FileExists(t, filepath.Join(outside, "secret"))
		})
	}
}
