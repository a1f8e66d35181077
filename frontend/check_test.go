package frontend

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// checkStub checks and gives the answer, its text and the status.
func checkStub(t *testing.T, context, opts map[string]string) (results lint.LintResults, text, status string) {
	t.Helper()
	return lintStub(t, asking("lint", context, opts))
}

// lintStub gives what a stub that asks for a check is answered.
func lintStub(t *testing.T, s *stub) (results lint.LintResults, text, status string) {
	t.Helper()
	res, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(res.Metadata["result.json"], &results))
	return results, string(res.Metadata["result.txt"]), string(res.Metadata["result.statuscode"])
}

func TestCheckOfNothingWrong(t *testing.T) {
	t.Parallel()
	results, text, status := checkStub(t, greeting(), map[string]string{"platform": "linux/amd64,linux/arm64", "target": "zip"})
	assert.Equal(t, "0", status)
	assert.Empty(t, text)
	assert.Empty(t, results.Warnings)
	assert.Nil(t, results.Error)
}

// A warning is told once for all platforms.
func TestCheckWarnings(t *testing.T) {
	t.Parallel()
	context := changed("pyproject.toml", strings.Replace(greeting()["pyproject.toml"], "[tool.uvlambda]", "[tool.uvlambda]\npython = \"3.13\"", 1))
	context[".python-version"] = "3.12\n"
	results, text, status := checkStub(t, context, map[string]string{"platform": "linux/amd64,linux/arm64", "target": "zip"})
	assert.Equal(t, "1", status)
	require.Len(t, results.Warnings, 1)
	assert.Equal(t, "python and .python-version should agree", results.Warnings[0].Description)
	assert.Equal(t, `
WARNING: PythonVersionMismatch - https://github.com/uvlambda/uvlambda/blob/main/docs/rules/PythonVersionMismatch.md
python = "3.13" is used, although .python-version says 3.12: make them agree, so that the code is tested on what it runs on
pyproject.toml:8
--------------------
   6 |     
   7 |     [tool.uvlambda]
   8 | >>> python = "3.13"
   9 |     handler = "app.handler"
  10 |     
--------------------
`, text)
}

// A check finds the mistakes of a build, with all their lines, and names the pages
// of the rules that they break.
func TestCheckMistakes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		context, opts map[string]string
		message, file string
		lines         []int32
	}{
		{"table", changed("pyproject.toml", "[tool.uvlambda]\nhandler = 1\ngroups = 2\n"), nil,
			"pyproject.toml:2: handler must be a string, not an integer: put it in quotes\n" +
				"pyproject.toml:3: groups must be an array, not an integer: put it in brackets", "pyproject.toml", []int32{2, 3}},
		{"TOML", changed("pyproject.toml", "[tool.uvlambda]\nhandler = \n"), nil,
			"pyproject.toml:2: malformed TOML: unexpected character U+000A at start of value: correct this line or the one before", "pyproject.toml", []int32{2}},
		{"lock", changed("uv.lock", "version = 1\n[[package]\n"), nil,
			"uv.lock:2: malformed lock: expected ']]' to close array table name: write it again with `uv lock`", "uv.lock", []int32{2}},
		{"functions, each with its own", functions(`
[tool.uvlambda.functions.receipts]
handler = "absent.handler"
[tool.uvlambda.functions.orders]
handler = "app.handler"
[tool.uvlambda.functions.invoices]
handler = "gone.handler"
`), nil, absent(11, "absent") + "\n" + absent(15, "gone") + "\nHandlerNotFound - https://github.com/uvlambda/uvlambda/blob/main/docs/rules/HandlerNotFound.md", "pyproject.toml", []int32{11, 15}},
		{"functions, all with one", functions(`
[tool.uvlambda]
groups = ["absent"]
[tool.uvlambda.functions.receipts]
handler = "app.handler"
[tool.uvlambda.functions.orders]
handler = "app.handler"
`), nil, `pyproject.toml:11: group "absent" does not exist in package greeting: it has none; define it in pyproject.toml, or remove it here`, "pyproject.toml", []int32{11}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			results, text, status := checkStub(t, tt.context, tt.opts)
			assert.Equal(t, "1", status)
			assert.Empty(t, text, "clients print the error by themselves")
			require.NotNil(t, results.Error)
			assert.Equal(t, tt.message, results.Error.Message)
			assert.Equal(t, tt.file, results.Sources[results.Error.Location.SourceIndex].Filename)
			var lines []int32
			for _, r := range results.Error.Location.Ranges {
				lines = append(lines, r.Start.Line)
			}
			assert.Equal(t, tt.lines, lines)
		})
	}
}

// TestCheckOfAnUnknownTarget has a mistake that no line of a file is at fault for.
func TestCheckOfAnUnknownTarget(t *testing.T) {
	t.Parallel()
	_, err := buildForTest(t.Context(), asking("lint", greeting(), map[string]string{"target": "imgae"}))
	require.EqualError(t, err, `unknown target "imgae": did you mean "image"?`)
}

// absent is the message of a handler in a module that is not there.
func absent(line int, module string) string {
	return fmt.Sprintf("pyproject.toml:%[1]d: handler \"%[2]s.handler\": its module is not in the build context: "+
		"there is no %[2]s.py, %[2]s/__init__.py, src/%[2]s.py, src/%[2]s/__init__.py; "+
		"create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)", line, module)
}

// functions is greeting with other tables.
func functions(tables string) map[string]string {
	return changed("pyproject.toml", `[project]
name = "greeting"
version = "1.2"
requires-python = ">=3.13,<3.14"
dependencies = ["example-dist", "library"]

[tool.uv.sources]
library = { path = "library" }

`+tables[1:])
}

// A mistake without a line is an error, as in a build: clients show lines of
// every mistake in an answer.
func TestCheckWithoutLines(t *testing.T) {
	t.Parallel()
	_, err := buildForTest(t.Context(), asking("lint", greeting(), map[string]string{"filename": "absent.toml"}))
	require.EqualError(t, err, "absent.toml: the build file cannot be read (file does not exist): check -f, and that the file is in the context")
}
