package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// hidingRepository is a workspace: the function fn needs the member lib, and
// not the member other. Everything is locked without a package index.
func hidingRepository(t *testing.T, ignore string) string {
	t.Helper()
	const packaged = "[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
	project := func(name, dependencies string) string {
		return "[project]\nname = \"" + name + "\"\nversion = \"0.1.0\"\nrequires-python = \">=3.13\"\ndependencies = [" + dependencies + "]\n"
	}
	dir := filepath.Join(t.TempDir(), "repository")
	for name, content := range map[string]string{
		".dockerignore":  ignore,
		"pyproject.toml": "[tool.uv.workspace]\nmembers = [\"fn\", \"lib\", \"other\"]\n",
		"fn/pyproject.toml": project("fn", `"lib"`) + "[tool.uv.sources]\nlib = { workspace = true }\n" +
			"[tool.uvlambda]\npython = \"3.13\"\nhandler = \"app.handler\"\ninclude = [\"data\"]\n",
		"fn/app.py":                   "import lib\ndef handler(event, context):\n    return lib.NAME\n",
		"fn/data/a.txt":               "a\n",
		"lib/pyproject.toml":          project("lib", "") + packaged,
		"lib/src/lib/__init__.py":     "NAME = 'lib'\n",
		"other/pyproject.toml":        "# other\n" + project("other", "") + packaged,
		"other/src/other/__init__.py": "",
	} {
		writeFile(t, filepath.Join(dir, name), content)
	}
	lockShape(t, env.CLI(), dir, "-f", filepath.Join(dir, "fn/pyproject.toml"))
	return dir
}

// requireHidden fails unless a build and a check end with the error.
func requireHidden(t *testing.T, door testenv.Door, dir, want string, flags ...string) {
	t.Helper()
	result := door.Build(t, dir, flags...)
	require.Error(t, result.Err, door.Name)
	require.Contains(t, result.Stderr, want)
	check := door.Build(t, dir, append(flags, "--call=check")...)
	require.Error(t, check.Err, door.Name)
	require.Contains(t, check.Stdout+check.Stderr, want)
}

// The line of .dockerignore that hides what a build needs is named by a build,
// a check and a plan in the same words, and the line to add makes the function
// work.
func TestHiddenSources(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct{ ignore, want, remedy string }{
		"member":                  {"lib/\nbuild/\n", `.dockerignore:1: "lib/" hides lib, the package lib, which fn needs: remove it, or add the line !lib at the end`, "!lib"},
		"sources of a member":     {"# tools\n**/src\n", `.dockerignore:2: "**/src" hides lib/src, the module lib of the package lib: remove it, or add the line !lib/src at the end`, "!lib/src"},
		"files of a module":       {"lib/src/lib/**\n", `.dockerignore:1: "lib/src/lib/**" hides lib/src/lib/*, the module lib of the package lib: remove it, or add the line !lib/src/lib/* at the end`, "!lib/src/lib/*"},
		"below one taken back":    {"**/src\n!lib\n", `.dockerignore:1: "**/src" hides lib/src, the module lib of the package lib: remove it, or add the line !lib/src at the end`, "!lib/src"},
		"lock":                    {"*.lock\n", `.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`, "!uv.lock"},
		"project file":            {"fn/*.toml\n", `.dockerignore:1: "fn/*.toml" hides fn/pyproject.toml, which the build needs: remove it, or add the line !fn/pyproject.toml at the end`, "!fn/pyproject.toml"},
		"handler":                 {"**/app.py\n", `.dockerignore:1: "**/app.py" hides fn/app.py, the module of the handler app.handler: remove it, or add the line !fn/app.py at the end`, "!fn/app.py"},
		"include":                 {"**/data\n", `.dockerignore:1: "**/data" hides fn/data, which is named by include: remove it, or add the line !fn/data at the end`, "!fn/data"},
		"all of an include":       {"fn/data/*\n", `.dockerignore:1: "fn/data/*" hides fn/data/*, which is named by include: remove it, or add the line !fn/data/* at the end`, "!fn/data/*"},
		"all but what is allowed": {"*\n!pyproject.toml\n!uv.lock\n!fn\n", `.dockerignore:1: "*" hides lib, the package lib, which fn needs: remove it, or add the line !lib at the end`, "!lib"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := hidingRepository(t, "")
			ignore := filepath.Join(dir, ".dockerignore")
			writeFile(t, ignore, tt.ignore)
			file := filepath.Join(dir, "fn/pyproject.toml")
			for _, door := range env.Doors() {
				requireHidden(t, door, dir, tt.want, "-f", file)
			}
			planned, err := env.Command(t.Context(), env.Binary("uvlambda"), "plan", "-f", file, dir).CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(planned), tt.want)

			writeFile(t, ignore, tt.ignore+tt.remedy+"\n")
			event := filepath.Join(t.TempDir(), "event.json")
			writeFile(t, event, "{}")
			ref := newReference(t)
			env.CLI().MustBuild(t, dir, "-f", file, "-t", ref, "--push")
			require.JSONEq(t, `"lib"`, invoke(t, ref, event))
		})
	}
}

// A member that the function does not need may be hidden, wholly or in part; its
// project file is still part of the check of uv.lock, which stays true.
func TestHiddenMemberThatIsNotNeeded(t *testing.T) {
	t.Parallel()
	for name, ignore := range map[string]string{
		"folder":       "other\n",
		"project file": "other/*.toml\n",
		"allowed":      "*\n!pyproject.toml\n!uv.lock\n!fn\n!lib\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDoor(t, func(t *testing.T, door testenv.Door) {
				dir := hidingRepository(t, "")
				writeFile(t, filepath.Join(dir, ".dockerignore"), ignore)
				file := filepath.Join(dir, "fn/pyproject.toml")
				ref := newReference(t)
				door.MustBuild(t, dir, "-f", file, "-t", ref, "--push")
				require.NotContains(t, strings.Join(topLevel(taskRoot(t, pull(t, ref))), " "), "other")

				before, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
				require.NoError(t, err)
				lockShape(t, door, dir, "-f", file)
				after, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
				require.NoError(t, err)
				require.Equal(t, string(before), string(after), "the member stays locked")

				other := filepath.Join(dir, "other/pyproject.toml")
				data, err := os.ReadFile(other)
				require.NoError(t, err)
				writeFile(t, other, strings.Replace(string(data), "dependencies = []", `dependencies = ["lib"]`, 1))
				result := door.Build(t, dir, "-f", file)
				require.Error(t, result.Err, "uv.lock is stale")
				require.Contains(t, result.Stderr, "uv.lock")
			})
		})
	}
}

// A readme that is hidden is named with the build backend that wants it.
func TestHiddenReadme(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		".dockerignore": "*.md\n",
		"pyproject.toml": strings.Replace(projectTable, "dependencies", "readme = \"README.md\"\ndependencies", 1) +
			"[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n[tool.uvlambda]\nhandler = \"function.handler\"\n",
		"README.md":            "A function.\n",
		"function/__init__.py": "def handler(event, context):\n    return 1\n",
	})
	lockShape(t, env.CLI(), dir)
	const want = `.dockerignore:1: "*.md" hides README.md, the readme of function, which its build backend hatchling.build wants: remove it, or add the line !README.md at the end`
	for _, door := range env.Doors() {
		requireHidden(t, door, dir, want)
	}
	writeFile(t, filepath.Join(dir, ".dockerignore"), "*.md\n!README.md\n")
	eachDoor(t, func(t *testing.T, door testenv.Door) { door.MustBuild(t, dir) })
}
