package explain

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"io"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// file is a file of a fixture. A name that ends in a slash is a folder; a link
// that is set makes a symbolic one.
type file struct {
	name, text, link string
}

// sized is a file of so many bytes.
func sized(name string, size int) file {
	return file{name: name, text: strings.Repeat("x", size)}
}

// newFolder is the content of a folder with files.
func newFolder(t *testing.T, files ...file) Content {
	t.Helper()
	folder := fstest.MapFS{}
	for _, f := range files {
		folder[f.name] = &fstest.MapFile{Data: []byte(f.text)}
		if f.link != "" {
			folder[f.name] = &fstest.MapFile{Data: []byte(f.link), Mode: fs.ModeSymlink}
		}
	}
	content, err := ReadFolder("task", folder)
	require.NoError(t, err)
	return content
}

// zipOf is a zip archive of files.
func zipOf(t testing.TB, files ...file) []byte {
	t.Helper()
	var data bytes.Buffer
	w := zip.NewWriter(&data)
	for _, f := range files {
		entry, err := w.Create(f.name)
		require.NoError(t, err)
		_, err = io.WriteString(entry, f.text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return data.Bytes()
}

// readZip reads an archive out of memory.
func readZip(name string, data []byte) (Content, error) {
	return ReadZip(name, bytes.NewReader(data), int64(len(data)))
}

// layerOf is a layer of an image with files.
func layerOf(t *testing.T, files ...file) v1.Layer {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, f := range files {
		header := &tar.Header{Name: f.name, Mode: 0o644, Size: int64(len(f.text)), Linkname: f.link}
		switch {
		case strings.HasSuffix(f.name, "/"):
			header.Typeflag = tar.TypeDir
		case f.link != "":
			header.Typeflag = tar.TypeSymlink
		}
		require.NoError(t, w.WriteHeader(header))
		_, err := io.WriteString(w, f.text)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(data.Bytes())), nil
	})
	require.NoError(t, err)
	return layer
}

// imageOf is an image of layers for Lambda, made by commands named after their
// number.
func imageOf(t *testing.T, layers ...v1.Layer) v1.Image {
	t.Helper()
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: "arm64"})
	require.NoError(t, err)
	for i, layer := range layers {
		image, err = mutate.Append(image,
			mutate.Addendum{History: v1.History{CreatedBy: "ENV", EmptyLayer: true}},
			mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: "layer " + string(rune('a'+i))}})
		require.NoError(t, err)
	}
	return image
}

// explainImage explains an image of layers.
func explainImage(t *testing.T, layers ...v1.Layer) Report {
	t.Helper()
	content, err := ReadImage(t.Context(), imageOf(t, layers...))
	require.NoError(t, err)
	r := NewReport("image", content)
	assertAddsUp(t, r)
	return r
}

// assertAddsUp checks that parts, groups and layers are the whole.
func assertAddsUp(t testing.TB, r Report) {
	t.Helper()
	var parts, groups, layers Usage
	for _, part := range r.Parts {
		parts = parts.plus(part.Usage)
	}
	for _, group := range r.Groups {
		groups = groups.plus(group.Usage)
	}
	for _, layer := range r.Layers {
		layers = layers.plus(layer.Usage)
		var of Usage
		for _, group := range layer.Groups {
			of = of.plus(group.Usage)
		}
		assert.Equal(t, layer.Usage, of, "the groups of layer %s", layer.Name)
	}
	assert.Equal(t, r.Usage, parts, "the parts")
	assert.Equal(t, r.Usage, groups, "the groups")
	assert.Equal(t, r.Usage, layers, "the layers")
}

func (u Usage) plus(v Usage) Usage {
	return Usage{u.Files + v.Files, u.Size + v.Size, u.Bytecode + v.Bytecode, u.Zipped + v.Zipped}
}

// sizes are the sizes of parts by group, folder, name and version.
func sizes(r Report) map[string]int64 {
	found := map[string]int64{}
	for _, part := range r.Parts {
		found[strings.Join([]string{string(part.Group), part.Folder, part.Title()}, "|")] = part.Size
	}
	return found
}
