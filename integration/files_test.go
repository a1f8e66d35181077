package integration

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"
)

// pushTools pushes an image of each architecture whose files belong to another
// user, are of today and tell the architecture, and gives its reference.
func pushTools(t testing.TB) string {
	t.Helper()
	ref := newReference(t)
	index := mutate.IndexMediaType(empty.Index, types.OCIImageIndex)
	for _, arch := range []string{"amd64", "arm64"} {
		layer := foreignLayer(t, []tar.Header{
			{Name: "adapter", Mode: 0o700}, {Name: "licence", Mode: 0o600}, {Name: "plain", Mode: 0o644},
			{Name: "model/", Typeflag: tar.TypeDir, Mode: 0o700},
			{Name: "model/weights.bin", Mode: 0o640},
			{Name: "model/empty/", Typeflag: tar.TypeDir, Mode: 0o700},
			{Name: "model/latest.bin", Typeflag: tar.TypeSymlink, Linkname: "weights.bin"},
		}, "made for "+arch)
		image, err := mutate.AppendLayers(mutate.MediaType(empty.Image, types.OCIManifestSchema1), layer)
		require.NoError(t, err)
		file, err := image.ConfigFile()
		require.NoError(t, err)
		file = file.DeepCopy()
		file.OS, file.Architecture = "linux", arch
		image, err = mutate.ConfigFile(image, file)
		require.NoError(t, err)
		index = mutate.AppendManifests(index, mutate.IndexAddendum{
			Add: image, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: arch}},
		})
	}
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(t, err)
	require.NoError(t, remote.WriteIndex(parsed, index))
	return ref
}

// foreignLayer packs files that have one content.
func foreignLayer(t testing.TB, headers []tar.Header, content string) v1.Layer {
	t.Helper()
	var buf bytes.Buffer
	w := tar.NewWriter(&buf)
	for _, h := range headers {
		h.Uid, h.Gid, h.ModTime = 1000, 1000, time.Now()
		if h.Typeflag == 0 {
			h.Typeflag, h.Size = tar.TypeReg, int64(len(content))
		}
		require.NoError(t, w.WriteHeader(&h))
		if h.Typeflag == tar.TypeReg {
			_, err := io.WriteString(w, content)
			require.NoError(t, err)
		}
	}
	require.NoError(t, w.Close())
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(buf.Bytes())), nil },
		tarball.WithMediaType(types.OCILayer))
	require.NoError(t, err)
	return layer
}

// functionWithTools has files of another image in the task root and in /opt, and
// an extension of its own.
func functionWithTools(t testing.TB) string {
	t.Helper()
	tools := pushTools(t)
	dir := newFunction(t, map[string]string{
		"pyproject.toml": projectTable + handlerTable + strings.ReplaceAll(`include = [
    { image = "TOOLS", from = "/adapter", to = "/opt/extensions/" },
    { image = "TOOLS", from = "model", to = "model" },
    { from = "extensions/", to = "/opt/extensions/" },
]
`, "TOOLS", tools),
		"app.py": "from pathlib import Path\n\n\ndef handler(event, context):\n" +
			"    return [Path(p).read_text() for p in (\"model/latest.bin\", \"/opt/extensions/adapter\")]\n",
		"extensions/own":       "#!/bin/sh\n",
		"extensions/README.md": "own\n",
		"event.json":           "{}",
	})
	require.NoError(t, os.Chmod(filepath.Join(dir, "extensions", "own"), 0o700))
	return dir
}

// describeLayer gives the entries of a layer, "MODE NAME", which all belong to root
// and have the time of a build.
func describeLayer(t testing.TB, layer v1.Layer) []string {
	t.Helper()
	content, err := layer.Uncompressed()
	require.NoError(t, err)
	defer content.Close()
	var all []string
	readTar(t, content, func(h *tar.Header, _ []byte) {
		require.Zero(t, h.Uid+h.Gid, h.Name)
		require.Equal(t, "1980-01-01T00:00:00Z", h.ModTime.UTC().Format(time.RFC3339), h.Name)
		all = append(all, fmt.Sprintf("%o %s", h.Mode&0o777, h.Name))
	})
	return all
}

// TestFilesInAnImage copies files of another image, and of the project, to the
// task root and to /opt: each source is a layer of its own, the same through both
// doors, and a Dockerfile makes the same image.
func TestFilesInAnImage(t *testing.T) {
	t.Parallel()
	dir := functionWithTools(t)
	const warning = "extensions/README.md would be the extension /opt/extensions/README.md, and is no file that can be run"
	var digests []string
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "--no-cache", "-t", ref, "--push", "--platform", "linux/amd64")
		digests = append(digests, imageDigest(t, ref))
		layers, err := pull(t, ref).Layers()
		require.NoError(t, err)
		own := layers[len(layers)-3:]
		require.Equal(t, []string{
			"755 opt/", "755 opt/extensions/", "755 opt/extensions/adapter",
			"755 var/", "755 var/task/", "755 var/task/model/", "755 var/task/model/empty/", "777 var/task/model/latest.bin", "644 var/task/model/weights.bin",
		}, describeLayer(t, own[0]))
		require.Equal(t, []string{"755 opt/", "755 opt/extensions/", "644 opt/extensions/README.md", "755 opt/extensions/own"}, describeLayer(t, own[1]))
		require.JSONEq(t, `["made for amd64", "made for amd64"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
	}
	require.Equal(t, digests[0], digests[1], "the doors built different images")
	requireSameByDockerfile(t, dir, nil)
	result := env.CLI().MustBuild(t, dir, "--progress", "plain", "-o", "type=cacheonly")
	require.Contains(t, result.Stderr, warning)

	other := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", other, "--push", "--platform", "linux/arm64")
	require.Equal(t, "made for arm64", string(taskRoot(t, pull(t, other))["model/weights.bin"]))
}

// TestFilesInArchives: an archive has the files for the task root, and a layer
// beside it those for /opt.
func TestFilesInArchives(t *testing.T) {
	t.Parallel()
	dir := functionWithTools(t)
	var zips []string
	for _, door := range env.Doors() {
		out := t.TempDir()
		metadata := filepath.Join(t.TempDir(), "metadata.json")
		door.MustBuild(t, dir, "--no-cache", "--target", "zip", "--platform", "linux/amd64", "-o", out, "--metadata-file", metadata)
		require.Equal(t, []string{"function-opt.json", "function-opt.zip", "function.json", "function.zip"}, listFiles(t, out))
		require.Equal(t, []string{"app.py 644", "model/empty/ 755", "model/latest.bin 777", "model/weights.bin 644"}, zipModes(t, filepath.Join(out, "function.zip")))
		opt := filepath.Join(out, "function-opt.zip")
		require.Equal(t, []string{"extensions/README.md 644", "extensions/adapter 755", "extensions/own 755"}, zipModes(t, opt))
		facts := readFacts(t, filepath.Join(out, "function-opt.json"))
		require.Empty(t, facts.Handler)
		require.Equal(t, sum(requireArchive(t, opt)), facts.CodeSha256)
		for _, file := range []string{"function.zip", "function-opt.zip"} {
			content, err := os.ReadFile(filepath.Join(out, file))
			require.NoError(t, err)
			zips = append(zips, sum(content))
		}
		response := invoke(t, unpackOnBase(t, map[string]string{filepath.Join(out, "function.zip"): "/var/task", opt: "/opt"}, "app.handler"), filepath.Join(dir, "event.json"))
		require.NotEmpty(t, response)
	}
	require.Equal(t, zips[:2], zips[2:], "the doors wrote different archives")

	out := t.TempDir()
	result := env.CLI().MustBuild(t, dir, "--target", "zip", "--progress", "plain", "-o", filepath.Join(out, "orders.zip"))
	require.Contains(t, result.Stderr, "ExtensionNotExecutable: extensions/README.md")
	require.Contains(t, result.Stderr, filepath.Join(out, "orders-opt.zip")+"  under 0.1 MB")
	require.Equal(t, []string{"orders-opt.json", "orders-opt.zip", "orders.json", "orders.zip"}, listFiles(t, out))
	env.CLI().MustBuild(t, dir, "--target", "zip", "-o", "type=local,dest="+filepath.Join(out, "local"))
	require.Equal(t, []string{"function-opt.json", "function-opt.zip", "function.json", "function.zip"}, listFiles(t, filepath.Join(out, "local")))

	folder := filepath.Join(t.TempDir(), "task")
	result = env.CLI().MustBuild(t, dir, "--target", "dir", "--progress", "plain", "-o", folder)
	require.Contains(t, result.Stderr, "/opt/extensions/ is no part of the task root, and left out: --target zip writes it to the layer function-opt.zip")
	require.Equal(t, []string{"app.py", "model/latest.bin", "model/weights.bin"}, listFiles(t, folder))
}

// zipModes are the entries of an archive, with their modes.
func zipModes(t testing.TB, file string) []string {
	t.Helper()
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer archive.Close()
	var all []string
	for _, f := range archive.File {
		all = append(all, fmt.Sprintf("%s %o", f.Name, f.Mode().Perm()))
	}
	return all
}

// What can be wrong with files of other images.
func TestMistakesInFiles(t *testing.T) {
	t.Parallel()
	pushForeign(t)
	tools := pushTools(t)
	include := func(entry string) map[string]string {
		return uvlambda("handler = \"app.handler\"\ninclude = [{ " + strings.ReplaceAll(entry, "TOOLS", tools) + " }]")
	}
	checkMistakes(t, []mistake{
		{
			name:  "file that is not in the image",
			files: include(`image = "TOOLS", from = "/adaptor", to = "/opt/extensions/"`),
			want:  "pyproject.toml:10: there is no /adaptor in the image " + tools + `: did you mean "/adapter"?`,
		},
		{
			name:  "folder that is not in the image",
			files: include(`image = "TOOLS", from = "/models/a/b", to = "model"`),
			want:  "pyproject.toml:10: there is no /models/a/b in the image " + tools + `: did you mean "/model"?`,
		},
		{
			name:  "image that is not there",
			files: include(`image = "REGISTRY/tools:none", from = "/a", to = "a"`),
			want: "pyproject.toml:10: image REGISTRY/tools:none was not found: " +
				"check its name and tag, or give another by --build-context REGISTRY/tools:none=docker-image://…",
		},
		{
			name:  "image without a variant for the platform",
			files: include(`image = "REGISTRY/foreign:index", from = "/a", to = "a"`),
			want:  "pyproject.toml:10: image REGISTRY/foreign:index has no variant for PLATFORM: name one that has",
		},
		{
			name:  "place over the runtime",
			files: include(`image = "TOOLS", from = "/adapter", to = "/var/runtime/bootstrap"`),
			want:  `pyproject.toml:10: include to "/var/runtime/bootstrap" is a part of Lambda's runtime, without which no function starts: choose a place below /opt`,
		},
		{
			name:    "place that no archive has",
			files:   include(`image = "TOOLS", from = "/adapter", to = "/usr/local/bin/"`),
			flags:   []string{"--target", "zip"},
			archive: true,
			want:    "pyproject.toml:10: /usr/local/bin/ is out of reach of an archive, since Lambda unpacks archives to /var/task and layers to /opt: choose a place there, or build an image",
		},
	})
}
