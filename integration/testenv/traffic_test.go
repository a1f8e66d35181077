package testenv

import (
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/require"
)

func TestTraffic(t *testing.T) {
	t.Parallel()
	e := Env{traffic: newCounter()}
	server := httptest.NewServer(e.traffic.count(registry.New()))
	t.Cleanup(server.Close)
	e.Registry = strings.TrimPrefix(server.URL, "http://")
	image, err := random.Image(1000, 1)
	require.NoError(t, err)
	layers, err := image.Layers()
	require.NoError(t, err)
	layer, err := layers[0].Size()
	require.NoError(t, err)
	config, err := image.RawConfigFile()
	require.NoError(t, err)
	manifest, err := image.Size()
	require.NoError(t, err)

	push := func(ref string) {
		parsed, err := name.ParseReference(ref, name.Insecure)
		require.NoError(t, err)
		require.NoError(t, remote.Write(parsed, image))
	}
	push(e.Registry + "/team/first:1")
	require.Equal(t, Traffic{Pushed: layer + int64(len(config)) + manifest}, e.Traffic(e.Registry+"/team/first:1"))
	push(e.Registry + "/second:1")
	require.Equal(t, Traffic{Pushed: manifest}, e.Traffic(e.Registry+"/second"), "the blobs were there")

	parsed, err := name.ParseReference(e.Registry+"/second:1", name.Insecure)
	require.NoError(t, err)
	pulled, err := remote.Image(parsed)
	require.NoError(t, err)
	_, err = pulled.RawConfigFile()
	require.NoError(t, err)
	require.Equal(t, Traffic{Pushed: manifest, Pulled: manifest + int64(len(config))}, e.Traffic(e.Registry+"/second:2"))
	name, err := image.ConfigName()
	require.NoError(t, err)
	require.Equal(t, map[string]int64{name.String(): int64(len(config))}, e.Fetched(e.Registry+"/second:2"))
}

func TestRepositoryOf(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]string{
		"/v2/":                          "",
		"/other/blobs/x":                "",
		"/v2/a/b/manifests/latest":      "a/b",
		"/v2/a/blobs/uploads/1":         "a",
		"/v2/blobs/blobs/sha256:0":      "blobs",
		"/v2/a/manifests/blobs/x":       "a/manifests",
		"/v2/lambda/python/blobs/sha:1": "lambda/python",
	} {
		got, ok := repositoryOf(path)
		require.Equal(t, want, got, path)
		require.Equal(t, want != "", ok, path)
	}
}
