package integration

import (
	"crypto/tls"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/emulation"
	"github.com/uvlambda/uvlambda/integration/standin"
)

// TestDockerfile builds each example by its Dockerfile too.
func TestDockerfile(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.SAM313)
	type function struct{ name, dir, target string }
	functions := []function{{"layer", ".", ""}, {"zip", ".", ""}}
	for _, example := range examples {
		if example.name == "webserver" {
			// Whoever builds it has to give its base: TestDockerfileOfABaseFromADockerfile does.
			continue
		}
		functions = append(functions, function{example.name, example.dir, ""})
	}
	for _, name := range exampleFunctions {
		functions = append(functions, function{"functions", ".", name})
	}
	for _, f := range functions {
		t.Run(path.Join(f.name, f.dir, f.target), func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, f.name)
			requireSameByDockerfile(t, dir, []string{
				"-f", filepath.Join(dir, filepath.FromSlash(f.dir), "pyproject.toml"), "--target", f.target,
			})
		})
	}
}

// TestDockerfileOfShapes does the same with other kinds of repositories.
func TestDockerfileOfShapes(t *testing.T) {
	t.Parallel()
	for project, file := range map[string]string{
		"backends":          "pyproject.toml",
		"dynamic":           "pyproject.toml",
		"extras":            "pyproject.toml",
		"function-locks":    "functions/add/pyproject.toml",
		"include":           "pyproject.toml",
		"local-wheel":       "pyproject.toml",
		"namespace":         "pyproject.toml",
		"no-dependencies":   "pyproject.toml",
		"path-dependencies": "functions/report/pyproject.toml",
	} {
		t.Run(project, func(t *testing.T) {
			t.Parallel()
			dir := copyShape(t, project)
			if project == "local-wheel" {
				writeFile(t, filepath.Join(dir, "wheels", exampleWheelName), string(exampleWheel(t)))
			}
			flags := []string{"-f", filepath.Join(dir, filepath.FromSlash(file))}
			lockShape(t, env.CLI(), dir, flags...)
			requireSameByDockerfile(t, dir, flags)
		})
	}
}

// TestDockerfileWithOddNames copies files, and sets variables and labels, whose
// names and values a Dockerfile takes for something else.
func TestDockerfileWithOddNames(t *testing.T) {
	t.Parallel()
	const table = `
include = ["a b", '"$HOME"', "größe", "it's", "data[1].json", "pages [x]", "star-*.txt"]
exclude = ["**/left out", "a b/*.tmp", "!**/kept.tmp", 'pages \[x]/\[*']
env = { GREETING = 'say "hi" to $USER \ and é', EMPTY = "", LANG = "C.UTF-8" }
labels = { "com.example/odd key" = "it's # no comment", plain = "$" }
`
	dir := newFunction(t, map[string]string{
		"pyproject.toml": projectTable + handlerTable + table,
		"a b/c d.json":   "{}", "a b/x.tmp": "", "a b/kept.tmp": "", "a b/left out/x": "",
		`"$HOME"/z`: "", "größe/1": "", "it's": "",
		"data[1].json": "1", "data1.json": "another", "pages [x]/[id].html": "left out", "pages [x]/index.html": "kept", "star-*.txt": "star", "star-x.txt": "another",
	})
	requireSameByDockerfile(t, dir, nil)
}

// TestDockerfileForAnotherArchitecture builds native code for ARM on a machine
// that cannot run ARM programs, and for no other architecture.
func TestDockerfileForAnotherArchitecture(t *testing.T) {
	t.Parallel()
	require.False(t, emulation.Registered(), "an emulator for ARM is registered, so this would prove nothing: remove it from binfmt_misc")
	dir := lockedShape(t, "native")
	requireSameByDockerfile(t, dir, []string{"--platform", "linux/arm64"})

	edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\narchitecture = \"arm64\"")
	require.NoError(t, os.Remove(filepath.Join(dir, "Dockerfile")))
	result := env.SyntaxLine().Build(t, dir, "-f", eject(t, dir), "--platform", "linux/amd64")
	require.Error(t, result.Err)
	require.Contains(t, result.Trace.Log(), "this Dockerfile is for linux/arm64: build with --platform linux/arm64")
}

// TestDockerfileForBothArchitectures builds an index of both images.
func TestDockerfileForBothArchitectures(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "native")
	ours, theirs := newReference(t), newReference(t)
	flags := []string{"--platform", "linux/amd64,linux/arm64", "--push", "-t"}
	env.CLI().MustBuild(t, dir, append(flags, ours)...)
	env.SyntaxLine().MustBuild(t, dir, append(flags, theirs, "-f", eject(t, dir))...)
	for _, arch := range []string{"amd64", "arm64"} {
		requireSameImage(t, pullPlatform(t, ours, arch), pullPlatform(t, theirs, arch))
	}
}

// TestDockerfileOfATaskRoot writes the files of a function to a folder.
func TestDockerfileOfATaskRoot(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "layer")
	flags := []string{"--target", "dir", "--platform", "linux/amd64"}
	ours, theirs := t.TempDir(), t.TempDir()
	env.CLI().MustBuild(t, dir, append(flags, "-o", ours)...)
	env.SyntaxLine().MustBuild(t, dir, "-f", eject(t, dir, flags...), "-o", theirs)
	want := listFiles(t, ours)
	require.Subset(t, want, []string{"feed.py", "dates/__init__.py", "icalendar/__init__.py"})
	require.Equal(t, want, listFiles(t, theirs))
	for _, file := range want {
		require.Equal(t, describe(t, filepath.Join(ours, file)), describe(t, filepath.Join(theirs, file)), file)
	}
}

// TestDockerfileOfAStaleLock fails as soon as uv.lock is stale.
func TestDockerfileOfAStaleLock(t *testing.T) {
	t.Parallel()
	for name, dependency := range map[string]string{"with dependencies": `"six==1.17.0"`, "without": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, map[string]string{"pyproject.toml": fmt.Sprintf(projectWith, dependency) + handlerTable})
			lockShape(t, env.CLI(), dir)
			file := eject(t, dir)
			env.SyntaxLine().MustBuild(t, dir, "-f", file)
			edit(t, filepath.Join(dir, "pyproject.toml"), "dependencies = [", "dependencies = [\"idna\", ")
			result := env.SyntaxLine().Build(t, dir, "-f", file)
			require.Error(t, result.Err)
			require.Contains(t, result.Trace.Log(), "The lockfile at `uv.lock` needs to be updated")
		})
	}
}

// TestDockerfileWithSlim leaves out of the packages what the table says.
func TestDockerfileWithSlim(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t,
		[2]string{"example_pkg/__init__.py", ""}, [2]string{"example_pkg/__init__.pyi", ""}, [2]string{"example_pkg/py.typed", ""},
		[2]string{"example_pkg/tests/deep/test_it.py", ""}, [2]string{"boto3/__init__.py", ""}, [2]string{"botocore_more/x.py", ""},
		[2]string{"s3transfer/x.py", ""}, [2]string{"example_dist-1.0.dist-info/licenses/LICENSE", ""})
	files := completeFunction(serveWheel(t, wheel), wheel)
	files["pyproject.toml"] += "\n[tool.uvlambda.slim]\n"
	for _, ways := range [][]string{{"tests"}, {"stubs", "dist-info"}, {"tests", "stubs", "dist-info", "boto3", "strip"}} {
		t.Run(strings.Join(ways, ","), func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, files)
			for _, way := range ways {
				edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda.slim]\n", "[tool.uvlambda.slim]\n"+way+" = true\n")
			}
			requireSameByDockerfile(t, dir, nil)
		})
	}
}

// TestDockerfileWithSecrets gets a package from an index that asks for a
// password, which is a secret of the index or stands in a netrc, and from an index
// whose certificate only an authority of ours vouches for.
func TestDockerfileWithSecrets(t *testing.T) {
	t.Parallel()
	allowed := func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "reader" && password == "correct"
	}
	authority, certificate := newAuthority(t)
	trusted := httptest.NewUnstartedServer(packageIndex(t, func(*http.Request) bool { return true }, exampleLink(t)))
	trusted.TLS = &tls.Config{Certificates: []tls.Certificate{certificate}}
	trusted.StartTLS()
	t.Cleanup(trusted.Close)
	index, folder := serveIndex(t, allowed, exampleLink(t)), t.TempDir()
	secret := func(id, content string) string {
		writeFile(t, filepath.Join(folder, id), content)
		return "--secret=id=" + id + ",src=" + filepath.Join(folder, id)
	}
	tests := map[string]struct {
		index string
		flags []string
	}{
		"index":     {index, []string{secret("UV_INDEX_MY_OWN_USERNAME", "reader"), secret("UV_INDEX_MY_OWN_PASSWORD", "correct")}},
		"netrc":     {index, []string{secret("netrc", "machine 127.0.0.1 login reader password correct\n")}},
		"authority": {trusted.URL, []string{secret("ca", authority)}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := copyShape(t, "private-index")
			edit(t, filepath.Join(dir, "pyproject.toml"), "http://example.com", test.index)
			lockShape(t, env.CLI(), dir, test.flags...)
			// Nothing of another build stands in for the secrets.
			requireSameByDockerfile(t, dir, nil, append(test.flags, "--no-cache")...)
		})
	}
}

// requireSameByDockerfile builds a project with uvlambda and by its Dockerfile,
// and compares the images. flags are of both and of the Dockerfile itself,
// build of the builds only.
func requireSameByDockerfile(t *testing.T, dir string, flags []string, build ...string) {
	t.Helper()
	ours, theirs := newReference(t), newReference(t)
	env.CLI().MustBuild(t, dir, slices.Concat(flags, build, []string{"-t", ours, "--push"})...)
	build = append(slices.Clone(build), "-f", eject(t, dir, flags...), "-t", theirs, "--push")
	if i := slices.Index(flags, "--platform"); i >= 0 {
		build = append(build, flags[i:i+2]...)
	}
	env.SyntaxLine().MustBuild(t, dir, build...)
	requireSameImage(t, pull(t, ours), pull(t, theirs))
}

// eject writes the Dockerfile of a project beside it, and has BuildKit's checks
// find nothing in it. It returns the file.
func eject(t *testing.T, dir string, flags ...string) string {
	t.Helper()
	file := filepath.Join(dir, "Dockerfile")
	args := append([]string{"dockerfile", "-o", file}, flags...)
	out, err := env.Command(t.Context(), env.Binary("uvlambda"), append(args, dir)...).CombinedOutput()
	require.NoError(t, err, string(out))
	require.Empty(t, out)
	// The image that the first line names can't be had everywhere. Without the
	// line, BuildKit takes its built-in frontend.
	edit(t, file, "# syntax=docker/dockerfile:1\n", "")
	check := env.SyntaxLine().Build(t, dir, "-f", file, "--call=check", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=experimental=all")
	require.NoError(t, check.Err, check.Stdout+check.Stderr)
	require.Equal(t, "Check complete, no warnings found.\n", check.Stdout)
	return file
}
