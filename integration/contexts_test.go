package integration

import (
	"archive/tar"
	"compress/gzip"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// buildFunction builds through a door and gives the image's task root.
func buildFunction(t *testing.T, door testenv.Door, context string, flags ...string) map[string][]byte {
	t.Helper()
	ref := newReference(t)
	door.MustBuild(t, context, append(flags, "-t", ref, "--push")...)
	return taskRoot(t, pull(t, ref))
}

// eachDoor runs a case through both doors, side by side.
func eachDoor(t *testing.T, run func(*testing.T, testenv.Door)) {
	t.Helper()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			run(t, door)
		})
	}
}

func TestGitContext(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	url := serveGit(t, dir)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		require.Contains(t, buildFunction(t, door, url+"#main", "-f", "pyproject.toml"), "app.py")
		require.Contains(t, buildFunction(t, door, url+"#main:.", "-f", "pyproject.toml"), "app.py")
	})
}

// TestTimeOfTheContext gives an image the time of the commit that it is built
// from.
func TestTimeOfTheContext(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	url := serveGit(t, dir)
	out, err := exec.Command("git", "-C", dir, "log", "-1", "--format=%cI").Output()
	require.NoError(t, err)
	committed, err := time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
	require.NoError(t, err)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref := newReference(t)
		door.MustBuild(t, url+"#main", "-f", "pyproject.toml", "--build-arg", "SOURCE_DATE_EPOCH=context", "-t", ref, "--push")
		config, err := pull(t, ref).ConfigFile()
		require.NoError(t, err)
		require.Equal(t, committed.UTC(), config.Created.Time)
	})
}

// serveGit commits a folder and serves it as git does over HTTP.
func serveGit(t *testing.T, dir string) string {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Git))
	root := t.TempDir()
	for _, args := range [][]string{
		{"init", "--quiet", "--initial-branch=main", dir},
		{"-C", dir, "add", "--all"},
		{"-C", dir, "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "--quiet", "--message=function"},
		{"clone", "--quiet", "--bare", dir, filepath.Join(root, "function.git")},
	} {
		out, err := exec.Command("git", args...).CombinedOutput()
		require.NoError(t, err, string(out))
	}
	return serveRepositories(t, root, anyone) + "/function.git"
}

func TestArchiveContext(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		compressed := gzip.NewWriter(w)
		archive := tar.NewWriter(compressed)
		assert.NoError(t, archive.AddFS(os.DirFS(dir)))
		archive.Close()
		compressed.Close()
	}))
	t.Cleanup(server.Close)
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		require.Contains(t, buildFunction(t, door, server.URL+"/function.tar.gz", "-f", "pyproject.toml"), "app.py")
	})
}

// The build file of a member is sent by its base name, with the root of its
// workspace as the context.
func TestMemberOfAWorkspace(t *testing.T) {
	t.Parallel()
	member := strings.ReplaceAll(projectTable, `"function"`, `"orders"`) + handlerTable
	dir := newFunction(t, map[string]string{
		"pyproject.toml":                 "[tool.uv.workspace]\nmembers = [\"services/*\"]\n",
		"services/orders/pyproject.toml": member,
		"services/orders/app.py":         "handler = print\n",
		"uv.lock": lockHeader + "[manifest]\nmembers = [\"orders\"]\n\n" +
			strings.NewReplacer(`"function"`, `"orders"`, `"."`, `"services/orders"`).Replace(lockOwn),
	})
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		tree := buildFunction(t, door, dir, "-f", filepath.Join(dir, "services/orders/pyproject.toml"))
		require.Equal(t, map[string][]byte{"app.py": []byte("handler = print\n")}, tree)
	})
}

// Each image that a build asks for can be given by the client under its name;
// these names exist nowhere else.
func TestNamedContexts(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"pyproject.toml": projectTable + handlerTable + `base = "base.example.com/python:1"
uv = "uv.example.com/uv:1"
`})
	base, baseLayout := copyImage(t, "public.ecr.aws/lambda/python:3.13")
	uv, uvLayout := copyImage(t, "ghcr.io/astral-sh/uv:0.13.9")
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		for _, sources := range [][2]string{
			{"docker-image://" + base, "docker-image://" + uv},
			{baseLayout, uvLayout},
		} {
			require.Contains(t, buildFunction(t, door, dir,
				"--build-context", "base.example.com/python:1="+sources[0],
				"--build-context", "uv.example.com/uv:1="+sources[1]), "app.py")
		}
	})
}

// copyImage copies an image, for the builder's platform, to another name and
// to an OCI layout, and gives both as the sources of a named context.
func copyImage(t *testing.T, ref string) (name, ociLayout string) {
	t.Helper()
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, "Dockerfile"), "FROM "+ref+"\n")
	name, folder := newReference(t), filepath.Join(dir, "layout")
	out, err := env.Buildctl(t.Context(), "build", "--frontend", "dockerfile.v0",
		"--local", "context="+dir, "--local", "dockerfile="+dir,
		"--output", "type=image,push=true,name="+name,
		"--output", "type=oci,tar=false,dest="+folder).CombinedOutput()
	require.NoError(t, err, string(out))
	index, err := layout.ImageIndexFromPath(folder)
	require.NoError(t, err)
	manifest, err := index.IndexManifest()
	require.NoError(t, err)
	return name, "oci-layout://" + folder + "@" + manifest.Manifests[0].Digest.String()
}

// The main context can be another than the one that the build file is in.
func TestNamedMainContext(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, nil)
	elsewhere := newFunction(t, map[string]string{"app.py": "handler = print\n", "ignored.py": "", ".dockerignore": "ignored.py"})
	url := serveGit(t, newFunction(t, map[string]string{"app.py": "handler = repr\n"}))
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		tree := buildFunction(t, door, dir, "--build-context", "context="+elsewhere)
		require.Equal(t, map[string][]byte{"app.py": []byte("handler = print\n")}, tree)
		tree = buildFunction(t, door, dir, "--build-context", "context="+url+"#main")
		require.Equal(t, map[string][]byte{"app.py": []byte("handler = repr\n")}, tree)
	})
}
