package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// writeProject makes a folder of files.
func writeProject(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return dir
}

// shop is a monorepo: a build file with two functions, and one without any.
func shop(t *testing.T) string {
	return writeProject(t, map[string]string{
		"pyproject.toml":          "# syntax=registry.example.com/uvlambda:1\n[project]\nname = 'shop'\n[tool.uvlambda.functions]\norders = {}\nreceipts = {}\n",
		"billing/pyproject.toml":  "[project]\nname = 'Billing.Jobs'\n",
		"worker/uvlambda.toml":    "functions.orders.python = '3.13'\n",
		"broken/pyproject.toml":   "[tool.uvlambda]\nhandlr = 'a.b'\n",
		"nothing/requirements.in": "",
	})
}

func TestBake(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	out, err := run(t, "bake", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "\n  targets = [\n    \"orders\",\n    \"receipts\",\n  ]\n")
	assert.Contains(t, out, "\n  context   = \""+filepath.ToSlash(dir)+"\"\n")
	assert.Contains(t, out, `
target "receipts" {
  inherits   = ["_common"]
  dockerfile = "pyproject.toml"
  target     = "receipts"
  tags       = tags("receipts")
}
`)
	assert.NotContains(t, out, "BUILDKIT_SYNTAX", "the build file names the frontend itself")
}

func TestBakeOfAMonorepo(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	out, err := run(t, "bake", "-f", filepath.Join(dir, "pyproject.toml"), "-f", filepath.Join(dir, "billing/pyproject.toml"),
		"--syntax", "registry.example.com/uvlambda:2", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "\n  targets = [\n    \"orders\",\n    \"receipts\",\n    \"billing-jobs\",\n  ]\n")
	assert.Contains(t, out, "  default     = \"registry.example.com/uvlambda:2\"\n")
	assert.Contains(t, out, `
target "billing-jobs" {
  inherits   = ["_common"]
  dockerfile = "billing/pyproject.toml"
  tags       = tags("billing-jobs")
  args       = { BUILDKIT_SYNTAX = BUILDKIT_SYNTAX }
}
`)
}

func TestBakeErrors(t *testing.T) {
	t.Parallel()
	dir := shop(t)
	in := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	tests := map[string]struct {
		args []string
		want string
	}{
		"no folder":  {[]string{"https://example.com/a.git"}, "https://example.com/a.git is not a folder: a bake file is made of local files"},
		"no project": {[]string{in("nothing")}, "no pyproject.toml in " + in("nothing") + ", but there is one in " + dir + ": run `uvlambda bake " + dir + "`"},
		"mistake":    {[]string{in("broken")}, `pyproject.toml:2: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`},
		"one name twice": {
			[]string{"-f", in("pyproject.toml"), "-f", in("worker/uvlambda.toml"), dir},
			`pyproject.toml and worker/uvlambda.toml both have a function "orders", and their images would have one name: rename one of them`,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, append([]string{"bake"}, test.args...)...)
			require.EqualError(t, err, test.want)
			assert.Empty(t, out)
		})
	}
}
