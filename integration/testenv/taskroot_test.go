package testenv

import (
	"archive/tar"
	"bytes"
	"io"
	"path"
	"sync/atomic"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/require"
)

// countedLayer is a layer that counts how often it is read.
type countedLayer struct {
	v1.Layer
	reads *atomic.Int64
}

func (l countedLayer) Uncompressed() (io.ReadCloser, error) {
	l.reads.Add(1)
	return l.Layer.Uncompressed()
}

// newLayer is a layer with files, each of which holds its own name.
func newLayer(t *testing.T, names ...string) countedLayer {
	t.Helper()
	var data bytes.Buffer
	w := tar.NewWriter(&data)
	for _, name := range names {
		require.NoError(t, w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(path.Base(name)))}))
		_, err := io.WriteString(w, path.Base(name))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data.Bytes())), nil })
	require.NoError(t, err)
	return countedLayer{layer, new(atomic.Int64)}
}

func TestTaskRoots(t *testing.T) {
	t.Parallel()
	base := newLayer(t, "usr/bin/python", "var/tasks")
	dependencies := newLayer(t, "./var/task/six.py", "var/task/old/a.py", "var/task/gone.py")
	changes := newLayer(t, "opt/x", "var/task/.wh.gone.py", "var/task/old/.wh..wh..opq")
	application := newLayer(t, "var/task/app.py")
	allDeleted := newLayer(t, "var/.wh.task")
	images, want := []v1.Image{}, []map[string][]byte{}
	for _, c := range []struct {
		layers []v1.Layer
		want   []string
	}{
		{nil, nil},
		{[]v1.Layer{base}, nil},
		{[]v1.Layer{base, dependencies, application}, []string{"six.py", "old/a.py", "gone.py", "app.py"}},
		{[]v1.Layer{dependencies, base, changes}, []string{"six.py"}},
		{[]v1.Layer{base, dependencies, allDeleted, application}, []string{"app.py"}},
	} {
		image, err := mutate.AppendLayers(empty.Image, c.layers...)
		require.NoError(t, err)
		files := map[string][]byte{}
		for _, name := range c.want {
			files[name] = []byte(path.Base(name))
		}
		images, want = append(images, image), append(want, files)
	}
	var roots TaskRoots
	for i, image := range images {
		got, err := roots.Of(image)
		require.NoError(t, err)
		require.Equal(t, want[i], got)
	}
	require.Equal(t, int64(1), base.reads.Load(), "the base is read once")
	for i, image := range images {
		got, err := TaskRoot(image)
		require.NoError(t, err)
		require.Equal(t, want[i], got)
	}
}

func TestLeftovers(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{".lock", "bin/fastapi", "requirements.txt", "six-1.17.0.dist-info/INSTALLER"}, Leftovers([]string{
		".lock", "app/main.py", "bin/fastapi", "requirements.txt", "six-1.17.0.dist-info/INSTALLER", "six.py",
	}))
}
