package standin

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/validate"
	"github.com/stretchr/testify/require"
)

// testImage writes a small image for both architectures.
func testImage(t *testing.T) Image {
	t.Helper()
	images := map[string]v1.Image{}
	for _, arch := range []string{"arm64", "amd64"} {
		content := tree{}
		content.file("hello", 0o644, []byte(arch))
		built, err := assemble(arch, lambdaConfig(), layerSource{content, "a test"})
		require.NoError(t, err)
		images[arch] = built
	}
	image := Image{Ref: "public.ecr.aws/lambda/python:3.13", Layout: filepath.Join(t.TempDir(), "image")}
	require.NoError(t, write(image, index(images)))
	return image
}

func TestImageHoldsBothPlatforms(t *testing.T) {
	t.Parallel()
	image := testImage(t)
	require.Equal(t, "public.ecr.aws/lambda/python:3.13=oci-layout://"+image.Layout+":3.13", image.BuildContext())
	read, err := image.Index()
	require.NoError(t, err)
	require.NoError(t, validate.Index(read))
	manifest, err := read.IndexManifest()
	require.NoError(t, err)
	var platforms []string
	for _, m := range manifest.Manifests {
		platforms = append(platforms, m.Platform.String())
	}
	require.Equal(t, []string{"linux/amd64", "linux/arm64"}, platforms)
}

func TestProgramImage(t *testing.T) {
	t.Parallel()
	image, err := ProgramImage("arm64", v1.Config{Entrypoint: []string{"/bin/program"}}, []byte("program"))
	require.NoError(t, err)
	content, err := readTar(mutate.Extract(image))
	require.NoError(t, err)
	require.Equal(t, []byte("program"), content["bin/program"].data)
	config, err := image.ConfigFile()
	require.NoError(t, err)
	require.Equal(t, "arm64", config.Architecture)
}

func TestPushKeepsThePath(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	host := strings.TrimPrefix(server.URL, "http://")
	require.NoError(t, Push(context.Background(), host, testImage(t)))
	ref, err := name.ParseReference(host+"/lambda/python:3.13", name.Insecure)
	require.NoError(t, err)
	pushed, err := remote.Index(ref)
	require.NoError(t, err)
	require.NoError(t, validate.Index(pushed))
}

func TestGet(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	ca := filepath.Join(dir, "ca.pem")
	require.NoError(t, os.WriteFile(ca, []byte("certificates"), 0o644))
	var progress bytes.Buffer
	store := Store{Dir: dir, CAFile: ca, Log: &progress}

	_, err := store.Get(context.Background(), "docker.io/library/debian:13")
	require.EqualError(t, err, "making a stand-in for docker.io/library/debian:13: there is no recipe for this image; "+
		"see the constants of package standin")
	require.Equal(t, "stand-in images: making docker.io/library/debian:13\n", progress.String())

	// The folder is found again, and nothing is made a second time.
	progress.Reset()
	made, err := filepath.Glob(filepath.Join(dir, "v1-*"))
	require.NoError(t, err)
	require.Len(t, made, 1)
	layout := filepath.Join(made[0], "ghcr.io_astral-sh_uv_0.13.9")
	require.NoError(t, os.MkdirAll(layout, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(layout, "index.json"), nil, 0o644))
	image, err := store.Get(context.Background(), UVNewest)
	require.NoError(t, err)
	require.Equal(t, Image{Ref: UVNewest, Layout: layout}, image)
	require.Empty(t, progress.String())
}

func TestSourceMakesOnlyWhatIsNeeded(t *testing.T) {
	t.Parallel()
	source := &Source{silent: []string{"ghcr.io"}}
	_, needed, err := source.Get(context.Background(), Python313)
	require.NoError(t, err)
	require.False(t, needed)
	require.Equal(t, []string{"ghcr.io"}, source.Silent())
}
