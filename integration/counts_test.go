package integration

import (
	"context"
	"io"
	gofs "io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/opencontainers/go-digest"
	"github.com/stretchr/testify/require"
	"github.com/tonistiigi/fsutil"

	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// TestCounts counts what can be counted of a build after each kind of change,
// where the benchmark can only time it: the steps that run, those that are
// cached, and the bytes that are pushed.
func TestCounts(t *testing.T) {
	t.Parallel()
	dir := newOwnFunction(t)
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }

	const (
		check, export, install = "check that uv.lock", "export the locked packages", "install 1 package"
		sources, library       = "copy the sources of library", "build and install library"
		app, assemble          = "copy the application", "assemble the image"
	)
	all := []string{check, export, install, sources, library, app, assemble}
	var before v1.Image
	for _, c := range []struct {
		name   string
		change func()
		ran    []string
	}{
		{"first build", func() {}, all},
		{"nothing changed", func() {}, nil},
		{"application changed", func() { appendTo(t, in("app.py"), "# edit\n") }, []string{app, assemble}},
		{"library changed", func() { appendTo(t, in("library/src/library/__init__.py"), "# edit\n") }, []string{sources, library, assemble}},
		{"comment and another tool's table", func() { appendTo(t, in("pyproject.toml"), "# edit\n[tool.ruff]\n") }, nil},
		{"dev group", func() {
			edit(t, in("pyproject.toml"), "[tool.uvlambda]\n", "[dependency-groups]\ndev = [\"example-dist\"]\n\n[tool.uvlambda]\n")
			edit(t, in("uv.lock"), "[package.metadata]\n", "[package.dev-dependencies]\ndev = [{ name = \"example-dist\" }]\n\n[package.metadata]\n")
			edit(t, in("uv.lock"), "\n[[package]]\nname = \"library\"\n",
				"\n[package.metadata.requires-dev]\ndev = [{ name = \"example-dist\" }]\n\n[[package]]\nname = \"library\"\n")
		}, []string{check, export}},
	} {
		c.change()
		ref := newReference(t)
		pushed := env.Traffic(ref).Pushed
		trace := env.CLI().MustBuild(t, dir, "-t", ref, "--push").Trace.Stages()
		requireSteps(t, c.name, c.ran, trace.Ran())
		require.Len(t, trace, len(all), "%s: %q", c.name, trace.Names())
		image := pull(t, ref)
		if before != nil {
			require.Equal(t, newBytes(t, before, image), env.Traffic(ref).Pushed-pushed, "%s: bytes pushed", c.name)
		}
		before = image
	}
}

// TestWhatAMemberDoesNotRead edits files around members between builds. Only
// what reads them is built again. Another test may have built the same before,
// so that a first build proves nothing.
func TestWhatAMemberDoesNotRead(t *testing.T) {
	t.Parallel()
	build := func(dir string) []string {
		return env.CLI().MustBuild(t, dir).Trace.Named("build and install").Ran().Names()
	}
	requireBuilt := func(dir string, want ...string) {
		t.Helper()
		ran := build(dir)
		require.Len(t, ran, len(want), "%q", ran)
		for _, name := range want {
			require.Contains(t, strings.Join(ran, "\n"), "build and install "+name+" for")
		}
	}
	t.Run("ignore files", func(t *testing.T) {
		t.Parallel()
		dir := unpack(t, "ignore-files")
		lockShape(t, env.CLI(), dir)
		build(dir)
		requireBuilt(dir)
		appendTo(t, filepath.Join(dir, ".gitignore"), "*.more\n")
		requireBuilt(dir, "hatch-src")
		appendTo(t, filepath.Join(dir, "packages/hatch-own/.gitignore"), "*.more\n")
		requireBuilt(dir, "hatch-own", "hatch-below")
		appendTo(t, filepath.Join(dir, "pyproject.toml"), "[tool.ruff]\n")
		writeFile(t, filepath.Join(dir, "other.txt"), "x")
		requireBuilt(dir)
	})
	t.Run("builders", func(t *testing.T) {
		t.Parallel()
		dir := unpack(t, "builders")
		lockShape(t, env.CLI(), dir)
		build(dir)
		requireBuilt(dir)
		appendTo(t, filepath.Join(dir, "pyproject.toml"), "[tool.ruff]\n")
		appendTo(t, filepath.Join(dir, "lib/lib/__init__.py"), "# edit\n")
		requireBuilt(dir, "lib")
		edit(t, filepath.Join(dir, "words/src/hatch_words/__init__.py"), "stamped", "stamped again")
		requireBuilt(dir, "lib", "second", "third")
		ref := newReference(t)
		env.CLI().MustBuild(t, dir, "-t", ref, "--push")
		require.Equal(t, "S = 'stamped again'\n", string(taskRoot(t, pull(t, ref))["lib/_stamp.py"]))
	})
	t.Run("links", func(t *testing.T) {
		t.Parallel()
		dir := unpack(t, "links")
		lockShape(t, env.CLI(), dir)
		build(dir)
		requireBuilt(dir)
		appendTo(t, filepath.Join(dir, "shared/pdm_linked/__init__.py"), "# edit\n")
		requireBuilt(dir, "pdm-linked")
		appendTo(t, filepath.Join(dir, "other/target.txt"), "edit\n")
		requireBuilt(dir, "hatch-file")
		appendTo(t, filepath.Join(dir, "other/second.txt"), "edit\n")
		requireBuilt(dir)
	})
}

// requireSteps checks that the steps that ran are the wanted ones, each once,
// in any order.
func requireSteps(t *testing.T, name string, want []string, ran testenv.Trace) {
	t.Helper()
	require.Len(t, ran, len(want), "%s: %q ran", name, ran.Names())
	for _, step := range want {
		require.Len(t, ran.Named(step), 1, "%s: %q ran", name, ran.Names())
	}
}

// newBytes are the bytes of an image's manifest, and of what it refers to that
// another image does not.
func newBytes(t *testing.T, before, image v1.Image) int64 {
	t.Helper()
	known := map[v1.Hash]bool{}
	for _, blob := range blobs(t, before) {
		known[blob.Digest] = true
	}
	sum, err := image.Size()
	require.NoError(t, err)
	for _, blob := range blobs(t, image) {
		if !known[blob.Digest] {
			sum += blob.Size
		}
	}
	return sum
}

// blobs are an image's configuration and layers.
func blobs(t *testing.T, image v1.Image) []v1.Descriptor {
	t.Helper()
	manifest, err := image.Manifest()
	require.NoError(t, err)
	return append(manifest.Layers, manifest.Config)
}

// TestRequestsWhenNothingChanged counts what a build asks of the builder and of
// the client when there is nothing to do.
func TestRequestsWhenNothingChanged(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, completeFunction(serveWheel(t, wheel), wheel))
	first := countRequests(t, dir, frontend.Options{})
	require.Positive(t, first.sent)
	require.Equal(t, requests{solves: 8, images: 2, transfers: 4, sent: 1}, countRequests(t, dir, frontend.Options{}))
	near := frontend.Options{Folders: map[string]string{"context": dir, "dockerfile": dir}}
	require.Equal(t, requests{solves: 5, images: 2, transfers: 1}, countRequests(t, dir, near))
	// The command has the folder at hand, and sends it once, for the steps.
	loads := env.CLI().MustBuild(t, dir).Trace.Named("[internal] load ").Names()
	require.Equal(t, []string{"[internal] load sources"}, slices.DeleteFunc(loads, func(name string) bool {
		return strings.HasPrefix(name, "[internal] load metadata for ")
	}))
}

// requests are what one build asks for.
type requests struct {
	// solves and images are asked of the builder: graphs to solve and images
	// to resolve.
	solves, images int64
	// transfers are the comparisons of a folder with what the builder has of
	// it, and sent the files that it gets in them.
	transfers, sent int64
}

// countRequests builds a folder with the build function in this process.
func countRequests(t *testing.T, dir string, opts frontend.Options) requests {
	t.Helper()
	c, err := client.New(t.Context(), env.Address)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.Close()) })
	folder, err := fsutil.NewFS(dir)
	require.NoError(t, err)
	counted := &countedFolder{FS: folder}
	var asked *countedClient
	build := func(ctx context.Context, gateway gwclient.Client) (*gwclient.Result, error) {
		asked = &countedClient{Client: gateway}
		return frontend.Build(ctx, asked, opts)
	}
	_, err = c.Build(t.Context(), client.SolveOpt{
		FrontendAttrs: map[string]string{"filename": "pyproject.toml"},
		LocalMounts:   map[string]fsutil.FS{"context": counted, "dockerfile": counted},
		SharedKey:     t.Name(),
	}, frontend.Product, build, nil)
	require.NoError(t, err)
	return requests{asked.solves.Load(), asked.images.Load(), counted.transfers.Load(), counted.sent.Load()}
}

// countedClient counts what a build function asks of the builder.
type countedClient struct {
	gwclient.Client
	solves, images atomic.Int64
}

func (c *countedClient) Solve(ctx context.Context, request gwclient.SolveRequest) (*gwclient.Result, error) {
	c.solves.Add(1)
	return c.Client.Solve(ctx, request)
}

func (c *countedClient) ResolveImageConfig(ctx context.Context, ref string, opt sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	c.images.Add(1)
	return c.Client.ResolveImageConfig(ctx, ref, opt)
}

// countedFolder counts what the builder asks of a folder.
type countedFolder struct {
	fsutil.FS
	transfers, sent atomic.Int64
}

// Walk looks for single files before it compares the whole folder.
func (f *countedFolder) Walk(ctx context.Context, target string, visit gofs.WalkDirFunc) error {
	if target == "/" {
		f.transfers.Add(1)
	}
	return f.FS.Walk(ctx, target, visit)
}

func (f *countedFolder) Open(name string) (io.ReadCloser, error) {
	f.sent.Add(1)
	return f.FS.Open(name)
}
