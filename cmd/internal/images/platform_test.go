package images

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
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
		"not the wanted": {[]string{"amd64"}, "arm64", "", "it is for linux/amd64, not for linux/arm64: leave --platform out, or build it with --platform linux/arm64"},
		"none fits":      {[]string{"s390x", "ppc64le"}, "arm64", "", "it is for linux/ppc64le and linux/s390x, not for linux/arm64: choose one of these, or build it with --platform linux/arm64"},
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
					require.EqualError(t, err, test.err)
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

// An engine that keeps images as indexes saves all of one, though it has pulled
// the content of one platform only.
func TestOpenOfAPartialIndex(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	index := v1.ImageIndex(empty.Index)
	for _, architecture := range []string{"amd64", "arm64"} {
		platform := &v1.Platform{OS: "linux", Architecture: architecture}
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: imageFor(t, architecture), Descriptor: v1.Descriptor{Platform: platform},
		})
	}
	_, err := layout.Write(folder, index)
	require.NoError(t, err)
	absent, err := imageFor(t, "amd64").Digest()
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(folder, "blobs", absent.Algorithm, absent.Hex)))

	image, _, err := Open(t.Context(), Layout, folder, "linux/arm64")
	require.NoError(t, err)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	assert.Equal(t, "arm64", config.Architecture)
}

// A layout's blobs are found by their names only, so one may name itself.
func TestOpenOfAnIndexThatHoldsItself(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	const index = `{"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.index.v1+json","size":1,"digest":"` + digest + `"}]}`
	blob := filepath.Join(folder, "blobs", strings.Replace(digest, ":", "/", 1))
	require.NoError(t, os.MkdirAll(filepath.Dir(blob), 0o755))
	for _, file := range []string{filepath.Join(folder, "index.json"), blob} {
		require.NoError(t, os.WriteFile(file, []byte(index), 0o600))
	}
	_, _, err := Open(t.Context(), Layout, folder, "")
	assert.EqualError(t, err, "opening the image "+folder+": its indexes are nested too deep")
}
