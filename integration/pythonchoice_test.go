package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// A project that was locked before the newest Python had wheels builds on the
// newest that has them, through both doors, and is told so.
func TestDefaultPython(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python311)
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(strings.Replace(projectWith, ">=3.13,<3.14", ">=3.13", 1), `"markupsafe==3.0.2"`) + handlerTable + "python = \"3.13\"\n",
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", ">=3.13", 1) + lockOwn,
		"app.py":         "import sys\n\nimport markupsafe._speedups\n\n\ndef handler(event, context):\n    return sys.version_info[:2]\n",
		"event.json":     "{}",
	})
	lockShape(t, env.CLI(), dir)
	edit(t, filepath.Join(dir, "pyproject.toml"), "python = \"3.13\"\n", "")
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push")
		require.JSONEq(t, "[3, 13]", invoke(t, ref, filepath.Join(dir, "event.json")))
	}
	edit(t, filepath.Join(dir, "pyproject.toml"), handlerTable, handlerTable+"python = \"3.14\"\n")
	for _, door := range env.Doors() {
		result := door.Build(t, dir, "--platform", "linux/amd64")
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "its wheels for linux/amd64 are for cp313, cp313t, none is for cp314\n"+
			"set python = \"3.13\", for which all of them can be installed, or lock versions that have wheels for Python 3.14")
	}
}

// A .python-version that names no Python of Lambda's is passed over.
func TestPythonVersionThatIsPassedOver(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{".python-version": "# pyenv\nshop-env\n"})
	for _, door := range env.Doors() {
		result := door.MustBuild(t, dir, "--progress", "plain")
		require.Contains(t, result.Stderr, `"shop-env" is passed over, as uv does with what it cannot read, and the function runs on Python 3.13`)
	}
}

// Files above the build file are copied by their own names.
func TestIncludeAboveTheBuildFile(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"functions/report/pyproject.toml": projectTable + handlerTable + "include = [\"../../utils/utils.py\", { from = \"../../shared\", to = \"lib/shared\" }]\n",
		"functions/report/uv.lock":        lockHeader + lockOwn,
		"functions/report/app.py":         "import utils\nfrom lib.shared import words\n\n\ndef handler(event, context):\n    return [utils.VALUE, words.VALUE]\n",
		"utils/utils.py":                  "VALUE = 1\n",
		"shared/words.py":                 "VALUE = 2\n",
		"event.json":                      "{}",
	})
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-f", filepath.Join(dir, "functions/report/pyproject.toml"), "-t", ref, "--push")
		require.JSONEq(t, "[1, 2]", invoke(t, ref, filepath.Join(dir, "event.json")))
	}
	own := filepath.Join(dir, "functions", "report")
	result := env.CLI().Build(t, own)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, `include "../../utils/utils.py" leads out of the build context: build with a context that holds it and -f for this build file`)
}
