package images

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
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
		require.EqualError(t, err, image+" is neither a file, a folder nor an image reference")
	}
	for _, image := range []string{"missing.tar", "dist/missing.zip"} {
		_, err := KindOf(image)
		assert.EqualError(t, err, "there is no file "+image+": check its name, and the folder that you are in")
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
	require.EqualError(t, err, "opening the image "+archive+": it is for linux/arm64, not for linux/amd64: leave --platform out, or build it with --platform linux/amd64")
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

func TestNotPulled(t *testing.T) {
	t.Parallel()
	cause := errors.New("no such host")
	for reference, want := range map[string]string{
		"hello":                    "no Docker engine here has it, there is no file of that name, and Docker Hub does not give it (no such host): build it with -o type=oci,dest=FILE.tar and name that file",
		"docker.io/shop/hello":     "index.docker.io does not give it (no such host): check its name and your login with `docker login index.docker.io`, or build it with -o type=oci,dest=FILE.tar and name that file",
		"registry.example.com/a:1": "registry.example.com does not give it (no such host): check its name and your login with `docker login registry.example.com`, or build it with -o type=oci,dest=FILE.tar and name that file",
	} {
		ref, err := name.ParseReference(reference)
		require.NoError(t, err)
		assert.EqualError(t, notPulled(reference, ref, cause), want)
	}
}
