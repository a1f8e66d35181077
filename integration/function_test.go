package integration

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// The parts of the smallest function, which depends on nothing.
const (
	projectTable = `[project]
name = "function"
version = "0.1.0"
requires-python = ">=3.13,<3.14"
dependencies = []

`
	// projectWith is the same with a place for dependencies.
	projectWith = `[project]
name = "function"
version = "0.1.0"
requires-python = ">=3.13,<3.14"
dependencies = [%s]

`
	handlerTable = `[tool.uvlambda]
handler = "app.handler"
`
	lockHeader = `version = 1
revision = 3
requires-python = ">=3.13,<3.14"

`
	lockOwn = `[[package]]
name = "function"
version = "0.1.0"
source = { virtual = "." }
`
)

// newFunction makes the smallest function, with these files put over its own.
// REGISTRY in them stands for the test's own.
func newFunction(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "function")
	all := map[string]string{
		"pyproject.toml": projectTable + handlerTable,
		"uv.lock":        lockHeader + lockOwn,
		"app.py":         "def handler(event, context):\n    return event\n",
	}
	maps.Copy(all, files)
	for _, file := range slices.Sorted(maps.Keys(all)) {
		writeFile(t, filepath.Join(dir, file), strings.ReplaceAll(all[file], "REGISTRY", env.Registry))
	}
	return dir
}

func writeFile(t testing.TB, file, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
}

// completeFunction is a function with every kind of step: a dependency from an
// index, a package of its own, and application files.
func completeFunction(index string, wheel []byte) map[string]string {
	files := dependent(index, wheel)
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], `["example-dist"]`, `["example-dist", "library"]`, 1) +
		"\n[tool.uv.sources]\nlibrary = { path = \"library\" }\n"
	files["uv.lock"] = strings.NewReplacer(
		`{ name = "example-dist" },`, `{ name = "example-dist" }, { name = "library" },`,
		`[{ name = "example-dist" }]`, `[{ name = "example-dist" }, { name = "library", directory = "library" }]`,
	).Replace(files["uv.lock"]) + `
[[package]]
name = "library"
version = "0.1.0"
source = { directory = "library" }
`
	files["library/pyproject.toml"] = strings.Replace(projectTable, `"function"`, `"library"`, 1) +
		"[build-system]\nrequires = [\"uv_build>=0.9,<1\"]\nbuild-backend = \"uv_build\"\n"
	files["library/src/library/__init__.py"] = "NAME = \"library\"\n"
	files["app.py"] = "import example_dist\nimport library\n\n\ndef handler(event, context):\n" +
		"    return {\"value\": example_dist.VALUE, \"name\": library.NAME}\n"
	return files
}
