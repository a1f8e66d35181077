package integration

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

const (
	uvBackend         = "[build-system]\nrequires = [\"uv_build>=0.9,<1\"]\nbuild-backend = \"uv_build\"\n\n"
	hatchBackend      = "[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n\n"
	setuptoolsBackend = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n\n"
)

// packagedWith is a function that is a package, with further tables, a handler
// and files. The key of the handler is the last line of its build file.
func packagedWith(tables, handler string, files map[string]string) map[string]string {
	all := map[string]string{
		"pyproject.toml": projectTable + tables + "[tool.uvlambda]\nhandler = \"" + handler + "\"\n",
		"uv.lock":        lockHeader + strings.Replace(lockOwn, "virtual", "editable", 1),
		"event.json":     "{}",
	}
	for name, text := range files {
		all[name] = text
	}
	return all
}

// TestHandlerPlaces starts functions whose module is in another place than the
// folder's root: one that the wheel leaves out is copied, and one below the root
// that the backend has is found.
func TestHandlerPlaces(t *testing.T) {
	t.Parallel()
	const code = "def handler(event, context):\n    return \"ok\"\n"
	for name, files := range map[string]map[string]string{
		"not packaged": packagedWith(uvBackend, "api.handler.handler", map[string]string{
			"src/api/__init__.py": "", "src/api/handler.py": code, "src/function/__init__.py": "",
		}),
		"not packaged by hatchling": packagedWith(hatchBackend+"[tool.hatch.build.targets.wheel]\npackages = [\"src\"]\n\n", "handler.handler", map[string]string{
			"src/handler.py": code,
		}),
		"root of the backend": packagedWith(uvBackend+"[tool.uv.build-backend]\nmodule-root = \"lib\"\n\n", "function.handler.handler", map[string]string{
			"lib/function/__init__.py": "", "lib/function/handler.py": code,
		}),
	} {
		for _, door := range env.Doors() {
			t.Run(name+"/"+door.Name, func(t *testing.T) {
				t.Parallel()
				dir := newFunction(t, files)
				ref := newReference(t)
				door.MustBuild(t, dir, "-t", ref, "--push")
				assert.JSONEq(t, `"ok"`, invoke(t, ref, filepath.Join(dir, "event.json")))
			})
		}
	}
}

// TestHandlerMistakes: what the function would not find at its start is an error
// of the build. Line numbers count the syntax line.
func TestHandlerMistakes(t *testing.T) {
	t.Parallel()
	const helpers = "app.py:1: helpers is imported here and is not in the function: helpers.py is in the repository, and nothing copies it: add "
	sibling := map[string]string{"app.py": "import helpers\n\n\ndef handler(event, context):\n    return helpers.X\n", "helpers.py": "X = 1\n"}
	left := packagedWith(setuptoolsBackend+"[tool.setuptools]\npackages = [\"function\"]\npackage-dir = { \"\" = \"src\" }\n\n", "api.handler.handler", map[string]string{
		"src/api/handler.py": "def handler(event, context): ...\n", "src/function/__init__.py": "",
	})
	const wheel = "pyproject.toml:17: handler \"api.handler.handler\": the wheel that is built of the context's root does not hold src/api/handler.py: " +
		"have its build backend include the file, or add include = [{ from = \"src/api\", to = \"api\" }] to [tool.uvlambda]"
	checkMistakes(t, []mistake{
		{name: "function with another name", files: uvlambda(`handler = "app.handlr"`), want: "pyproject.toml:9: app.py defines no handlr: did you mean handler?"},
		{name: "file in the name", files: uvlambda(`handler = "app.py.handler"`),
			want: `pyproject.toml:9: handler "app.py.handler" has the name of a file in it, and Lambda wants the module's: leave out .py, as in "app.handler"`},
		{name: "module that is not Python", files: map[string]string{"app.py": "def handler(event, context)\n    return 1\n"},
			want: `app.py:1: app.py is not Python: the line ends too early, expected ":": correct the line`},
		{name: "file beside the handler", files: sibling, want: helpers + "include = [\"helpers.py\"] to [tool.uvlambda]"},
		{name: "file beside the handler and an archive", files: sibling, flags: []string{"--target", "zip"}, archive: true,
			want: helpers + "include = [\"helpers.py\"] to [tool.uvlambda]"},
		{name: "handler that a wheel leaves out", files: left, want: wheel},
		{name: "handler that a wheel leaves out and an archive", files: left, flags: []string{"--target", "zip"}, archive: true, want: wheel},
	})
}

// TestImportsOfPackages: whether a package has a module is looked up in what was
// installed.
func TestImportsOfPackages(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t, [2]string{"other_name/__init__.py", ""}, [2]string{"single.py", ""})
	files := dependent(serveWheel(t, wheel), wheel)
	files["app.py"] = "import other_name.sub\nimport single\nimport nowhere\n\n\ndef handler(event, context):\n    return 1\n"
	const warning = "nowhere is imported here and is not in the function"
	for _, door := range env.Doors() {
		for _, target := range []string{"image", "zip"} {
			t.Run(door.Name+"/"+target, func(t *testing.T) {
				t.Parallel()
				dir := newFunction(t, files)
				flags := []string{"-t", newReference(t), "--push"}
				if target == "zip" {
					flags = []string{"--target", "zip", "-o", t.TempDir()}
				}
				built := door.MustBuild(t, dir, append(flags, "--progress", "plain")...)
				assert.Contains(t, built.Stderr, warning)
				for _, name := range []string{"other_name", "single"} {
					assert.NotContains(t, built.Stderr, name+" is imported here")
				}
			})
		}
	}
}

// TestCheckFindsImports: a check says of the repository's files what a build
// says.
func TestCheckFindsImports(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"app.py": "import helpers\n\n\ndef handler(event, context):\n    return helpers.X\n", "helpers.py": "X = 1\n"})
	for _, door := range []testenv.Door{env.CLI(), env.Syntax()} {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			res := door.Build(t, dir, "--call", "check")
			require.Error(t, res.Err)
			assert.Contains(t, res.Stdout+res.Stderr, "helpers is imported here and is not in the function: helpers.py is in the repository")
		})
	}
}
