package integration

import (
	"archive/tar"
	"path"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// descriptor is what a reference of the test registry stands for: an image or
// an index.
func descriptor(t testing.TB, ref string) *remote.Descriptor {
	t.Helper()
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(t, err)
	found, err := remote.Get(parsed, remote.WithContext(t.Context()))
	require.NoError(t, err)
	return found
}

func imageConfig(t testing.TB, ref string) *v1.ConfigFile {
	t.Helper()
	config, err := pull(t, ref).ConfigFile()
	require.NoError(t, err)
	return config
}

// The frontend is reached by a build argument, by the first line of the build
// file, and inside of the command. It is the same, and so is the image.
func TestSameImageThroughAllDoors(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, withSyntaxLines(completeFunction(serveWheel(t, wheel), wheel)))
	digests := map[string]string{}
	for _, door := range []testenv.Door{env.CLI(), env.Syntax(), env.SyntaxLine()} {
		ref := newReference(t)
		door.MustBuild(t, dir, "--no-cache", "-t", ref, "--push")
		digests[door.Name] = imageDigest(t, ref)
	}
	require.Equal(t, digests["cli"], digests["syntax"])
	require.Equal(t, digests["cli"], digests["syntax line"])
}

func TestPlatforms(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, completeFunction(serveWheel(t, wheel), wheel))
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref := newReference(t)
		door.MustBuild(t, dir, "--platform", "linux/amd64,linux/arm64", "-t", ref, "--push")
		index, err := descriptor(t, ref).ImageIndex()
		require.NoError(t, err)
		manifest, err := index.IndexManifest()
		require.NoError(t, err)
		var platforms []string
		for _, m := range manifest.Manifests {
			platforms = append(platforms, m.Platform.String())
			image, err := index.Image(m.Digest)
			require.NoError(t, err)
			config, err := image.ConfigFile()
			require.NoError(t, err)
			require.Equal(t, m.Platform.Architecture, config.Architecture)
			require.Contains(t, taskRoot(t, image), "library/__init__.py")
		}
		require.Equal(t, []string{"linux/amd64", "linux/arm64"}, platforms)
	})
}

// The base's configuration is kept; the handler, labels and variables are set
// over it.
func TestImageConfig(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"pyproject.toml": strings.Replace(projectTable, "dependencies", "description = \"Example\"\ndependencies", 1) +
		handlerTable + "env = { STAGE = \"test\", LANG = \"C.UTF-8\" }\nlabels = { team = \"orders\", tier = \"free\" }\n"})
	base, _ := copyImage(t, "public.ecr.aws/lambda/python:3.13")
	want := imageConfig(t, base)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref := newReference(t)
		door.MustBuild(t, dir, "--label", "tier=paid", "--label", "commit=abc", "-t", ref, "--push")
		got := imageConfig(t, ref)
		require.Equal(t, want.Config.Entrypoint, got.Config.Entrypoint)
		require.Equal(t, want.Config.WorkingDir, got.Config.WorkingDir)
		require.Equal(t, []string{"app.handler"}, got.Config.Cmd)
		require.Subset(t, got.Config.Env, []string{"STAGE=test", "LANG=C.UTF-8"})
		for _, variable := range want.Config.Env {
			if !strings.HasPrefix(variable, "LANG=") {
				require.Contains(t, got.Config.Env, variable)
			}
		}
		require.Subset(t, got.Config.Labels, map[string]string{
			"team": "orders", "tier": "paid", "commit": "abc",
			"org.opencontainers.image.title":       "function",
			"org.opencontainers.image.version":     "0.1.0",
			"org.opencontainers.image.description": "Example",
			"org.opencontainers.image.base.name":   "public.ecr.aws/lambda/python:3.13",
		})
		require.Len(t, got.RootFS.DiffIDs, len(want.RootFS.DiffIDs)+1, "one layer for the application")
		require.Equal(t, want.RootFS.DiffIDs, got.RootFS.DiffIDs[:len(want.RootFS.DiffIDs)])
		require.Equal(t, want.History, got.History[:len(want.History)])
	})
}

func TestSourceDateEpoch(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		for _, tt := range []struct {
			flags   []string
			created time.Time
		}{
			{nil, time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)},
			{[]string{"--build-arg", "SOURCE_DATE_EPOCH=1700000000"}, time.Unix(1700000000, 0).UTC()},
		} {
			ref := newReference(t)
			door.MustBuild(t, dir, append(tt.flags, "-t", ref, "--push")...)
			require.Equal(t, tt.created, imageConfig(t, ref).Created.UTC())
		}
	})
}

// Every layer holds the folders that its files are in, with modes that the
// user of a function can pass, and is compressed in the one way that Lambda
// knows.
func TestLayers(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, completeFunction(serveWheel(t, wheel), wheel))
	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	layers, err := pull(t, ref).Layers()
	require.NoError(t, err)
	for _, layer := range layers[len(layers)-3:] {
		mediaType, err := layer.MediaType()
		require.NoError(t, err)
		require.Contains(t, string(mediaType), "gzip")
		checkFolders(t, layer)
	}
}

// checkFolders looks for the parents of each entry before it.
func checkFolders(t *testing.T, layer v1.Layer) {
	t.Helper()
	archive, err := layer.Uncompressed()
	require.NoError(t, err)
	defer archive.Close()
	folders := map[string]bool{".": true}
	readTar(t, archive, func(h *tar.Header, _ []byte) {
		entry := path.Clean(h.Name)
		require.True(t, folders[path.Dir(entry)], "%s comes before its folder", entry)
		if h.Typeflag == tar.TypeDir {
			folders[entry] = true
			require.Equal(t, int64(0o755), h.Mode&0o777, entry)
		}
		require.Equal(t, int64(0o444), h.Mode&0o444, entry)
	})
	require.True(t, folders["var/task"])
}

// An image that is asked for attestations becomes an index, which Lambda does
// not take. The flag to leave out is named once.
func TestAttestations(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	tests := []struct {
		name  string
		door  testenv.Door
		flags []string
		// warnings is how often the flag is named.
		warnings int
		index    bool
	}{
		{"buildx by itself", env.Syntax(), []string{"--provenance=mode=min"}, 1, true},
		{"buildx without", env.Syntax(), []string{"--provenance=false", "--sbom=false"}, 0, false},
		{"the command by itself", env.CLI(), nil, 0, false},
		{"the command without", env.CLI(), []string{"--provenance=false", "--sbom=false"}, 0, false},
		{"the command with", env.CLI(), []string{"--provenance=mode=max"}, 1, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ref := newReference(t)
			result := tt.door.MustBuild(t, dir, append(tt.flags, "-t", ref, "--push", "--progress", "plain")...)
			require.Equal(t, tt.warnings, countWarnings(result.Stderr), result.Stderr)
			require.Equal(t, tt.index, descriptor(t, ref).MediaType.IsIndex())
		})
	}
}

// countWarnings counts the warning among those that buildx and the command list
// when a build is over.
func countWarnings(output string) int {
	const warning = "ImageIndex: the client asks for attestations, which make the image an index that AWS Lambda rejects: build with --provenance=false, or set BUILDX_NO_DEFAULT_ATTESTATIONS=1 when no flag asks for them (line "
	return strings.Count(output, " - "+warning) + strings.Count(output, "\nWARNING: "+warning)
}

// TestDefaultAttestationOfBuildx has the attestation that buildx asks for by
// default. Other tests turn it off.
func TestDefaultAttestationOfBuildx(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	ref := newReference(t)
	command := env.Command(t.Context(), env.Binary("tools/buildx"), "build", "--progress", "plain",
		"--build-arg", "BUILDKIT_SYNTAX="+env.Frontend, "-f", filepath.Join(dir, "pyproject.toml"), "-t", ref, "--push", dir)
	command.Env = append(command.Env, "BUILDX_NO_DEFAULT_ATTESTATIONS=0")
	out, err := command.CombinedOutput()
	require.NoError(t, err, string(out))
	require.Equal(t, 1, countWarnings(string(out)), string(out))
	require.Equal(t, types.OCIImageIndex, descriptor(t, ref).MediaType)
}
