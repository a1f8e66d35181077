package images

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKindOf(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range []string{"layout/index.json", "folder/file", "image.tar"} {
		path = filepath.Join(folder, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	kinds := map[string]Kind{
		"example.com/a:1":                  Reference,
		"hello":                            Reference,
		filepath.Join(folder, "image.tar"): File,
		filepath.Join(folder, "layout"):    Layout,
		filepath.Join(folder, "folder"):    Folder,
	}
	for image, want := range kinds {
		got, err := KindOf(image)
		require.NoError(t, err, image)
		assert.Equal(t, want, got, image)
	}
	for _, image := range []string{"../missing.tar", "/missing/folder"} {
		_, err := KindOf(image)
		assert.EqualError(t, err, image+" is neither a file, a folder nor an image reference")
	}
}

func TestOpen(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	layoutFolder, archive := filepath.Join(folder, "layout"), filepath.Join(folder, "image.tar")
	_, err := layout.Write(layoutFolder, indexOf(t, "amd64", "arm64"))
	require.NoError(t, err)
	require.NoError(t, tarball.WriteToFile(archive, nil, imageFor(t, "arm64")))
	for path, k := range map[string]Kind{layoutFolder: Layout, archive: File} {
		image, remove, err := Open(t.Context(), k, path, "linux/arm64/v8")
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		assert.Equal(t, "arm64", config.Architecture)
		require.NoError(t, remove())
	}
	_, _, err = Open(t.Context(), File, archive, "linux/amd64")
	assert.EqualError(t, err, "opening the image "+archive+": it is for linux/arm64, not for linux/amd64")
	_, _, err = Open(t.Context(), File, archive, "a/b/c/d")
	assert.ErrorContains(t, err, `invalid --platform "a/b/c/d": `)
}

func TestOpenNoArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "image.tar")
	require.NoError(t, os.WriteFile(path, []byte("text"), 0o600))
	_, _, err := Open(t.Context(), File, path, "")
	assert.EqualError(t, err, "opening the image "+path+": it is not an image archive: unexpected EOF")
}
