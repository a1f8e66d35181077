package invoke

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// imageFor is an empty image for a platform.
func imageFor(t *testing.T, architecture string) v1.Image {
	t.Helper()
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{OS: "linux", Architecture: architecture})
	require.NoError(t, err)
	return image
}

// indexOf is an index of images, with an attestation as BuildKit adds it.
func indexOf(t *testing.T, architectures ...string) v1.ImageIndex {
	t.Helper()
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{
		Add:        imageFor(t, "unknown"),
		Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "unknown", Architecture: "unknown"}},
	})
	for _, architecture := range architectures {
		index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: imageFor(t, architecture)})
	}
	return index
}

// other is an architecture that this machine has not.
func other() string {
	if runtime.GOARCH == "arm64" {
		return "amd64"
	}
	return "arm64"
}

func TestChoose(t *testing.T) {
	t.Parallel()
	host := runtime.GOARCH
	tests := map[string]struct {
		built  []string
		wanted string
		want   string
		err    string
	}{
		"this machine's": {[]string{other(), host}, "", host, ""},
		"wanted":         {[]string{host, other()}, other(), other(), ""},
		"the only one":   {[]string{other()}, "", other(), ""},
		"not the wanted": {[]string{"amd64"}, "arm64", "", "it is for linux/amd64, not for linux/arm64: choose with --platform"},
		"none fits":      {[]string{"s390x", "ppc64le"}, "arm64", "", "it is for linux/ppc64le and linux/s390x, not for linux/arm64: choose with --platform"},
		"empty":          {nil, "", "", "it holds no image"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var wanted *v1.Platform
			if test.wanted != "" {
				wanted = &v1.Platform{OS: "linux", Architecture: test.wanted}
			}
			nested := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: indexOf(t, test.built...)})
			for _, index := range []v1.ImageIndex{indexOf(t, test.built...), nested} {
				image, err := choose(index, wanted)
				if test.err != "" {
					assert.EqualError(t, err, test.err)
					continue
				}
				require.NoError(t, err)
				config, err := image.ConfigFile()
				require.NoError(t, err)
				assert.Equal(t, test.want, config.Architecture)
			}
		})
	}
}

func TestCheckRunnable(t *testing.T) {
	t.Parallel()
	const missing = "the image is for linux/arm64 and this machine is linux/amd64: register an emulator (apt-get install qemu-user-static, with binfmt_misc mounted), or build with --platform linux/amd64"
	tests := map[string]struct {
		state string
		want  string
	}{
		"registered":   {"enabled\ninterpreter /usr/libexec/qemu\nflags: POCF\noffset 0\n", ""},
		"disabled":     {"disabled\nflags: F\n", missing},
		"not fixed":    {"enabled\nflags: OC\n", missing},
		"unregistered": {"", missing},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if test.state != "" {
				require.NoError(t, os.WriteFile(filepath.Join(folder, "qemu-aarch64"), []byte(test.state), 0o600))
			}
			err := checkRunnable("arm64", "amd64", folder)
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, test.want)
		})
	}
	assert.NoError(t, checkRunnable("amd64", "amd64", t.TempDir()))
}

func TestKindOf(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for _, path := range []string{"layout/index.json", "rootfs/lambda-entrypoint.sh", "project/pyproject.toml", "empty/x", "image.tar"} {
		path = filepath.Join(folder, path)
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o755))
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	kinds := map[string]kind{
		"example.com/a:1":                  kindReference,
		"hello":                            kindReference,
		filepath.Join(folder, "image.tar"): kindArchive,
		filepath.Join(folder, "layout"):    kindLayout,
		filepath.Join(folder, "rootfs"):    kindRootfs,
	}
	for image, want := range kinds {
		got, err := kindOf(image)
		require.NoError(t, err, image)
		assert.Equal(t, want, got, image)
	}
	project, blank := filepath.Join(folder, "project"), filepath.Join(folder, "empty")
	failures := map[string]string{
		project:           project + " is a project, not an image: build it first, for example with uvlambda build -o type=oci,dest=image.tar " + project,
		blank:             blank + " is neither an OCI layout (it has no index.json) nor a Lambda root filesystem (it has no /lambda-entrypoint.sh)",
		"../missing.tar":  "../missing.tar is neither a file, a folder nor an image reference",
		"/missing/folder": "/missing/folder is neither a file, a folder nor an image reference",
	}
	for image, want := range failures {
		_, err := kindOf(image)
		assert.EqualError(t, err, want)
	}
}

func TestOpenImage(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	layoutFolder, archive := filepath.Join(folder, "layout"), filepath.Join(folder, "image.tar")
	_, err := layout.Write(layoutFolder, indexOf(t, "amd64", "arm64"))
	require.NoError(t, err)
	require.NoError(t, tarball.WriteToFile(archive, nil, imageFor(t, "arm64")))
	for path, k := range map[string]kind{layoutFolder: kindLayout, archive: kindArchive} {
		image, remove, err := openImage(t.Context(), k, Options{Image: path, Platform: "linux/arm64/v8"})
		require.NoError(t, err)
		config, err := image.ConfigFile()
		require.NoError(t, err)
		assert.Equal(t, "arm64", config.Architecture)
		require.NoError(t, remove())
	}
	_, _, err = openImage(t.Context(), kindArchive, Options{Image: archive, Platform: "linux/amd64"})
	assert.EqualError(t, err, "opening the image "+archive+": it is for linux/arm64, not for linux/amd64")
	_, _, err = openImage(t.Context(), kindArchive, Options{Image: archive, Platform: "a/b/c/d"})
	assert.ErrorContains(t, err, `invalid --platform "a/b/c/d": `)
}

func TestOpenNoArchive(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "image.tar")
	require.NoError(t, os.WriteFile(path, []byte("text"), 0o600))
	_, _, err := openImage(t.Context(), kindArchive, Options{Image: path})
	assert.EqualError(t, err, "opening the image "+path+": it is not an image archive: unexpected EOF")
}
