package integration

import (
	"archive/tar"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// The flags that say what was built agree with what was pushed.
func TestMetadata(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref, out := newReference(t), t.TempDir()
		door.MustBuild(t, dir, "-t", ref, "--push",
			"--metadata-file", filepath.Join(out, "metadata.json"), "--iidfile", filepath.Join(out, "id"))
		var metadata map[string]any
		data, err := os.ReadFile(filepath.Join(out, "metadata.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &metadata))
		require.Equal(t, imageDigest(t, ref), metadata["containerimage.digest"])
		require.Equal(t, ref, metadata["image.name"])

		config, err := pull(t, ref).ConfigName()
		require.NoError(t, err)
		id, err := os.ReadFile(filepath.Join(out, "id"))
		require.NoError(t, err)
		require.Contains(t, []string{config.String(), imageDigest(t, ref)}, strings.TrimSpace(string(id)))
	})
}

// A quiet build prints the image's ID and nothing else.
func TestQuiet(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref := newReference(t)
		result := door.MustBuild(t, dir, "-t", ref, "--push", "--progress=quiet")
		config, err := pull(t, ref).ConfigName()
		require.NoError(t, err)
		require.Contains(t, []string{config.String(), imageDigest(t, ref)}, strings.TrimSpace(result.Stdout))
		require.Empty(t, result.Stderr)
	})
}

func TestOutputs(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, completeFunction(serveWheel(t, wheel), wheel))
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref, out := newReference(t), t.TempDir()
		door.MustBuild(t, dir, "-t", ref, "--push",
			"-o", "type=oci,dest="+filepath.Join(out, "image.tar"),
			"-o", "type=oci,tar=false,dest="+filepath.Join(out, "layout"))
		archive, err := os.Open(filepath.Join(out, "image.tar"))
		require.NoError(t, err)
		defer archive.Close()
		files := map[string][]byte{}
		readTar(t, archive, func(h *tar.Header, content []byte) { files[h.Name] = content })
		digest := imageDigest(t, ref)
		require.Contains(t, files, "blobs/sha256/"+strings.TrimPrefix(digest, "sha256:"))

		index, err := layout.ImageIndexFromPath(filepath.Join(out, "layout"))
		require.NoError(t, err)
		manifest, err := index.IndexManifest()
		require.NoError(t, err)
		require.Equal(t, digest, manifest.Manifests[0].Digest.String())
	})
}

// The root filesystem can be had as files too.
func TestLocalOutput(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		out := filepath.Join(t.TempDir(), "out")
		door.MustBuild(t, dir, "-o", "type=local,dest="+out)
		content, err := os.ReadFile(filepath.Join(out, "var/task/app.py"))
		require.NoError(t, err)
		require.Contains(t, string(content), "def handler")
	})
}

// The lock is written where the output says, refreshed where it is already,
// and nothing beside it is touched.
func TestLockOutput(t *testing.T) {
	t.Parallel()
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newFunction(t, nil)
		require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))
		door.MustBuild(t, dir, "--target", "lock", "-o", dir)
		require.Equal(t, []string{"app.py", "pyproject.toml", "uv.lock"}, listFiles(t, dir))
		lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
		require.NoError(t, err)
		require.Contains(t, string(lock), "requires-python = \"==3.13.*\"\n\n"+lockOwn)
		door.MustBuild(t, dir)
	})
}

// A lock keeps the versions that it has, until it is told which to upgrade.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "keyword")
	project := filepath.Join(dir, "pyproject.toml")
	edit(t, project, "six==1.17.0", "six==1.16.0")
	lockShape(t, env.CLI(), dir)
	edit(t, project, "six==1.16.0", "six>=1.16.0,<1.18")
	for _, tt := range []struct{ upgrade, version string }{
		{"", "1.16.0"}, {"idna", "1.16.0"}, {"idna,six", "1.17.0"},
	} {
		lockShape(t, env.Syntax(), dir, "--build-arg", "UPGRADE="+tt.upgrade)
		lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
		require.NoError(t, err)
		require.Contains(t, string(lock), "name = \"six\"\nversion = \""+tt.version+"\"\n")
	}
	edit(t, project, "six>=1.16.0,<1.18", "six==1.16.0")
	lockShape(t, env.CLI(), dir)
	edit(t, project, "six==1.16.0", "six>=1.16.0,<1.18")
	lockShape(t, env.CLI(), dir, "--build-arg", "UPGRADE=all")
	lock, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	require.NoError(t, err)
	require.Contains(t, string(lock), "name = \"six\"\nversion = \"1.17.0\"\n")
}
