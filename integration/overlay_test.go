package integration

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// collidingFunction has modules that a package of the repository has too, and a
// package from an index.
func collidingFunction(t *testing.T) string {
	t.Helper()
	wheel := exampleWheel(t,
		[2]string{"app.py", "def handler(event, context):\n    return 'the package'\n"},
		[2]string{"library/__init__.py", "NAME = 'the package'\n"},
		[2]string{"space/one.py", "WHO = 'the package'\n"},
		[2]string{"space/same.py", "SAME = 1\n"},
		[2]string{"space/hidden/__init__.py", ""},
	)
	files := completeFunction(serveWheel(t, wheel), wheel)
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], "[tool.uvlambda]", "[tool.uvlambda]\ninclude = [\"space\"]", 1)
	files["space/one.py"] = "WHO = 'the application'\n"
	files["space/same.py"] = "SAME = 1\n"
	files["space/hidden.py"] = ""
	files["app.py"] = "import library\nfrom space import one\n\n\ndef handler(event, context):\n    return ['the application', library.NAME, one.WHO]\n"
	files["event.json"] = "{}"
	return newFunction(t, files)
}

// TestLaterFilesCount: where parts of a function have a module at one path, the
// code of the later part runs, and both owners are named.
func TestLaterFilesCount(t *testing.T) {
	t.Parallel()
	const want = `["the application", "library", "the application"]`
	compiled := func(tree []string) []string {
		return slices.DeleteFunc(tree, func(p string) bool {
			return !strings.Contains(p, "__pycache__") || strings.Contains(p, "example_dist")
		})
	}
	kept := []string{
		"library/__pycache__/__init__.cpython-313.pyc", "space/__pycache__/same.cpython-313.pyc", "space/hidden/__pycache__/__init__.cpython-313.pyc",
	}
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			dir := collidingFunction(t)
			ref := newReference(t)
			built := door.MustBuild(t, dir, "-t", ref, "--push", "--progress", "plain")
			for _, warning := range []string{
				"app.py is a file of example-dist 1.0 and of the application, and the function gets the one of the application: ",
				"library/__init__.py is a file of example-dist 1.0 and of library 0.1.0, and the function gets the one of library 0.1.0: ",
				"space/one.py is a file of example-dist 1.0 and of the application, and the function gets the one of the application: ",
				"space/hidden.py of the application is never imported, since example-dist 1.0 has a package or an extension of that name",
			} {
				assert.Contains(t, built.Stderr, warning)
			}
			assert.NotContains(t, built.Stderr, "same.py")
			assert.JSONEq(t, want, invoke(t, ref, filepath.Join(dir, "event.json")))
			assert.Equal(t, kept, compiled(slices.Sorted(maps.Keys(taskRoot(t, pull(t, ref))))))

			again := newReference(t)
			door.MustBuild(t, dir, "-t", again, "--push", "--no-cache")
			assert.Equal(t, imageDigest(t, ref), imageDigest(t, again), "two builds differ")

			for _, target := range []string{"zip", "dir"} {
				out := filepath.Join(t.TempDir(), target)
				result := door.MustBuild(t, dir, "--target", target, "-o", out, "--progress", "plain")
				assert.Contains(t, result.Stderr, "app.py is a file of example-dist 1.0 and of the application")
				tree := listFiles(t, out)
				if target == "zip" {
					tree = slices.Sorted(maps.Keys(unzip(t, onlyArchive(t, out))))
				}
				assert.Equal(t, kept, compiled(tree), target)
			}
			edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\ntest.events = [\"event.json\"]\ntest.on-build = true")
			writeFile(t, filepath.Join(dir, "event.response.json"), want)
			door.MustBuild(t, dir, "-t", newReference(t), "--push")
		})
	}
}

// TestLaterFilesCountInDockerfile builds the same layers by a Dockerfile.
func TestLaterFilesCountInDockerfile(t *testing.T) {
	t.Parallel()
	requireSameByDockerfile(t, collidingFunction(t), nil)
}

// TestReplacedFilesAsErrors: a build fails with what would have been a warning.
func TestReplacedFilesAsErrors(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"image", "zip"} {
		dir := collidingFunction(t)
		edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\ncheck.error = true")
		result := env.CLI().Build(t, dir, "--target", target, "-o", "type=local,dest="+t.TempDir())
		require.Error(t, result.Err)
		assert.Contains(t, result.Stderr, "FileReplaced: app.py is a file of example-dist 1.0 and of the application", target)
	}
}
