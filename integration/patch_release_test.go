package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// askStep is the step that asks a base for the patch release of its Python.
const askStep = "ask the base image which Python it has"

// patchProject is a function for which idna and a member are wanted from the
// first patch release on, and colorama only before.
func patchProject() map[string]string {
	const later = "python_full_version >= '3.13.1'"
	return map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"library ; `+later+`", "idna==3.10 ; `+later+`", "colorama==0.4.6 ; python_full_version < '3.13.1'"`) +
			"[tool.uv.sources]\nlibrary = { workspace = true }\n[tool.uv.workspace]\nmembers = [\"library\"]\n" + handlerTable,
		"library/pyproject.toml": "[project]\nname = \"library\"\nversion = \"1\"\nrequires-python = \">=3.13\"\n" +
			"[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n",
		"library/src/library/__init__.py": "answer = 42\n",
		"app.py":                          "import idna\nimport library\n\n\ndef handler(event, context):\n    return [idna.__version__, library.answer]\n",
	}
}

// What uv installs on the base's interpreter is what a plan is made for: no
// dependency and no member is left out, and none is installed in vain.
func TestPatchRelease(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, patchProject())
	lockShape(t, env.CLI(), dir)
	for _, door := range env.Doors() {
		ref := newReference(t)
		asked := door.MustBuild(t, dir, "-t", ref, "--push").Trace.Named(askStep)
		require.Len(t, asked, 1)
		event := filepath.Join(dir, "event.json")
		writeFile(t, event, "{}")
		require.JSONEq(t, `["3.10", 42]`, invoke(t, ref, event))
		require.Equal(t, []string{"idna-3.10", "library-1"}, distributions(taskRoot(t, pull(t, ref))))
	}
	again := env.CLI().MustBuild(t, dir, "--platform", "linux/arm64").Trace
	require.Len(t, again.Named(askStep), 1)
	require.Empty(t, again.Named(askStep).Ran(), "the base is asked once, for every platform")
}

// A Dockerfile makes the same image as the build, on a base with the patch release
// that it was written for.
func TestPatchReleaseOfADockerfile(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, patchProject())
	lockShape(t, env.CLI(), dir)
	requireSameByDockerfile(t, dir, nil)

	newer := newFunction(t, map[string]string{"pyproject.toml": strings.ReplaceAll(patchProject()["pyproject.toml"], "3.13.1", "3.13.99")})
	for name, text := range patchProject() {
		if strings.HasPrefix(name, "library/") {
			writeFile(t, filepath.Join(newer, name), text)
		}
	}
	lockShape(t, env.CLI(), newer)
	result := env.SyntaxLine().Build(t, newer, "-f", eject(t, newer))
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "this Dockerfile is for Python 3.13.99 or newer: write another one")
}

// A .python-version may name a patch release that Lambda does not have.
func TestPatchReleaseOfPythonVersionFile(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{".python-version": "3.13.9\n"})
	const warning = ".python-version says 3.13.9, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5: write 3.13 there, since Lambda chooses the patch release"
	for _, door := range env.Doors() {
		require.Contains(t, door.MustBuild(t, dir, "--progress", "plain").Stderr, warning)
	}
	writeFile(t, filepath.Join(dir, ".python-version"), "3.13\n")
	result := env.CLI().MustBuild(t, dir, "--progress", "plain")
	require.NotContains(t, result.Stderr, warning)
	require.Empty(t, result.Trace.Named(askStep), "nothing depends on the patch release")
}

// A package that only another patch release wants refuses nothing: 3.11.2 is the
// oldest of Lambda's kind.
func TestPatchReleaseRefusesNothing(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	project := strings.NewReplacer(">=3.13,<3.14", ">=3.11", "%s", `"numpy==2.3.5 ; python_full_version < '3.11.1'"`).Replace(projectWith) +
		handlerTable + "python = \"3.11\"\n"
	dir := newFunction(t, map[string]string{
		"pyproject.toml": project,
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", ">=3.11", 1) + lockOwn,
	})
	lockShape(t, env.CLI(), dir)
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "--platform", "linux/arm64", "-t", ref, "--push")
		require.Empty(t, distributions(taskRoot(t, pull(t, ref))))
	}
	edit(t, filepath.Join(dir, "pyproject.toml"), "< '3.11.1'", ">= '3.11.1'")
	lockShape(t, env.CLI(), dir)
	result := env.CLI().Build(t, dir, "--platform", "linux/arm64")
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "1 of the locked packages cannot be installed on linux/arm64 with Python 3.11.2 (glibc 2.26):")
}

// A requires-python that the base does not satisfy is one error, whatever is
// made, and nothing is said of the lock.
func TestPatchReleaseThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"pyproject.toml": strings.Replace(projectTable, ">=3.13,", ">=3.13.13,", 1) + handlerTable,
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,", ">=3.13.13,", 1) + lockOwn,
	}
	dir := newFunction(t, files)
	for _, door := range env.Doors() {
		for _, target := range []string{"image", "zip"} {
			result := door.Build(t, dir, "--target", target)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, "pyproject.toml:4: function requires Python >=3.13.13,<3.14, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5: "+
				"change requires-python so that it allows 3.13.5, and lock again, or name a `base` with another release of Python 3.13")
			require.NotContains(t, result.Stderr, "uv.lock does not match")
		}
	}
	result := env.CLI().Build(t, dir, "--target", "lock", "-o", dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "pyproject.toml:4: function requires Python >=3.13.13,<3.14, but the base ")
}

// A base is asked for its own Python before any release of that is asked for: one
// that the project does not allow is said to be the reason.
func TestPatchReleaseOfNoPython(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	files := patchProject()
	files["pyproject.toml"] += "base = \"" + standin.Python311 + "\"\n"
	dir := newFunction(t, patchProject())
	lockShape(t, env.CLI(), dir)
	writeFile(t, filepath.Join(dir, "pyproject.toml"), files["pyproject.toml"])
	for _, door := range env.Doors() {
		result := door.Build(t, dir)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "pyproject.toml:4: function requires Python >=3.13,<3.14, but the function would run on 3.11 (from the Python of public.ecr.aws/lambda/python:3.11): change requires-python, or name a `base` with another Python")
	}
}
