package integration

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// shape is a function of a project below testdata/shapes, which stands for a
// kind of repository that people have.
type shape struct {
	// project is the folder below testdata/shapes.
	project string
	// context is the build context in it, file the build file in that, and
	// function the folder with the event; empty ones are ".", pyproject.toml
	// and ".".
	context, file, function string
	// response is the file with the response, event.response.json when empty.
	response string
	// syntax leads the build through the frontend image.
	syntax bool
	// want is the task root: its files and folders, and nothing else.
	want []string
}

// shapes are the functions whose project builds as it is.
var shapes = map[string]shape{
	"members of every backend with one below another": {project: "backends", want: []string{
		"main.py", "with_hatchling", "with_hatchling-0.1.0.dist-info", "with_nothing", "with_nothing-0.1.0.dist-info",
		"with_setuptools", "with_setuptools-0.1.0.dist-info", "with_uv_build", "with_uv_build-0.1.0.dist-info",
	}},
	"virtual member": {project: "virtual-members", file: "services/api/pyproject.toml", function: "services/api", want: []string{
		"__pycache__", "api", "six-1.17.0.dist-info", "six.py",
	}},
	"virtual member with src": {project: "virtual-members", syntax: true, want: []string{
		"iniconfig", "iniconfig-2.1.0.dist-info", "worker",
	}},
	"nested path dependencies": {project: "path-dependencies", file: "functions/report/pyproject.toml", function: "functions/report", syntax: true, want: []string{
		"layout", "layout-0.1.0.dist-info", "report.py", "text_width", "text_width-0.1.0.dist-info",
	}},
	"dependencies that only the backend knows": {project: "dynamic", want: []string{
		"__pycache__", "dynamic", "dynamic-2.0.dist-info", "iniconfig", "iniconfig-2.1.0.dist-info",
		"legacy-1.0.dist-info", "legacy.py", "main.py", "six-1.17.0.dist-info", "six.py",
	}},
	"namespace package of all layers": {project: "namespace", want: []string{
		"jaraco", "jaraco.context-6.0.1.dist-info", "jaraco.functools-4.1.0.dist-info", "jaraco_local-0.1.0.dist-info",
		"more_itertools", "more_itertools-10.8.0.dist-info",
	}},
	"package data": {project: "package-data", want: []string{
		"greeter", "phrases", "phrases-0.1.0.dist-info",
	}},
	"group of one function": {project: "function-groups", file: "parse.uvlambda.toml", want: []string{
		"__pycache__", "iniconfig", "iniconfig-2.1.0.dist-info", "parse.py", "six-1.17.0.dist-info", "six.py",
	}},
	"group of another function": {project: "function-groups", file: "encode.uvlambda.toml", response: "encode.response.json", syntax: true, want: []string{
		"__pycache__", "encode.py", "idna", "idna-3.10.dist-info", "six-1.17.0.dist-info", "six.py",
	}},
	"lock beside the function": {project: "function-locks", file: "functions/add/pyproject.toml", function: "functions/add", want: []string{
		"__pycache__", "lambda_function.py", "six-1.17.0.dist-info", "six.py",
	}},
	"lock beside the function that is the context": {project: "function-locks", context: "functions/join", want: []string{
		"iniconfig", "iniconfig-2.1.0.dist-info", "lambda_function.py",
	}},
	"no dependencies and an empty table": {project: "no-dependencies", want: []string{"lambda_function.py"}},
	"package named like a keyword": {project: "keyword", want: []string{
		"__pycache__", "lambda", "six-1.17.0.dist-info", "six.py",
	}},
	"included files and folders": {project: "include", syntax: true, want: []string{
		"LICENCES", "handler.py", "shop",
	}},
	"extras and groups": {project: "extras", want: []string{
		"__pycache__", "idna", "idna-3.10.dist-info", "iniconfig", "iniconfig-2.1.0.dist-info", "main.py", "six-1.17.0.dist-info", "six.py",
	}},
}

// TestShapes locks, builds and invokes each function, and looks at what its
// image holds.
func TestShapes(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(shapes)) {
		s := shapes[name]
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := filepath.Join(copyShape(t, s.project), filepath.FromSlash(s.context))
			door := env.CLI()
			if s.syntax {
				door = env.Syntax()
			}
			tree := s.build(t, door, dir)
			require.Equal(t, s.want, topLevel(tree))
			require.Empty(t, leftovers(tree))
		})
	}
}

// build locks, builds and invokes the function of a copy, and gives the task
// root.
func (s shape) build(t *testing.T, door testenv.Door, dir string) map[string][]byte {
	t.Helper()
	file := filepath.Join(dir, filepath.FromSlash(s.file))
	if s.file == "" {
		file = filepath.Join(dir, "pyproject.toml")
	}
	lockShape(t, door, dir, "-f", file)
	ref := newReference(t)
	door.MustBuild(t, dir, "-f", file, "-t", ref, "--push")

	function := filepath.Join(dir, filepath.FromSlash(s.function))
	response := s.response
	if response == "" {
		response = "event.response.json"
	}
	requireResponse(t, invoke(t, ref, filepath.Join(function, "event.json")), filepath.Join(function, response))
	return taskRoot(t, pull(t, ref))
}

// copyShape copies a project to a folder of the test's own.
func copyShape(t *testing.T, project string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), project)
	require.NoError(t, os.CopyFS(dir, os.DirFS(filepath.Join("testdata", "shapes", project))))
	return dir
}

// lockShape writes a project's uv.lock through the builder.
func lockShape(t *testing.T, door testenv.Door, dir string, flags ...string) {
	t.Helper()
	door.MustBuild(t, dir, append(slices.Clone(flags), "--target", "lock", "-o", dir)...)
}

// lockedShape copies a project and locks it.
func lockedShape(t *testing.T, project string) string {
	t.Helper()
	dir := copyShape(t, project)
	lockShape(t, env.CLI(), dir)
	return dir
}

// topLevel are the sorted names at the task root.
func topLevel(tree map[string][]byte) []string {
	names := map[string]bool{}
	for file := range tree {
		name, _, _ := strings.Cut(file, "/")
		names[name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

// edit replaces text that a file holds.
func edit(t *testing.T, file, old, replacement string) {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Contains(t, string(content), old)
	changed := strings.ReplaceAll(string(content), old, replacement)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o644))
}
