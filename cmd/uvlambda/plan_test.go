package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// newShop makes a project with two functions that install nothing.
func newShop(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"pyproject.toml": `[project]
name = "shop"
version = "1.0"
requires-python = ">=3.13,<3.14"

[tool.uvlambda.functions.orders]
handler = "orders.handler"

[tool.uvlambda.functions.receipts]
handler = "receipts.handler"
`,
		"uv.lock": `version = 1
revision = 3
requires-python = ">=3.13,<3.14"

[[package]]
name = "shop"
version = "1.0"
source = { virtual = "." }
`,
		"orders.py":   "def handler(event, context): ...\n",
		"receipts.py": "def handler(event, context): ...\n",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644))
	}
	return dir
}

// TestPlanOfFunctions plans each function, and one of them when it is named.
func TestPlanOfFunctions(t *testing.T) {
	t.Parallel()
	dir := newShop(t)
	tests := map[string][]string{
		"":             {"orders", "receipts"},
		"receipts":     {"receipts"},
		"receipts/zip": {"receipts"},
	}
	for target, want := range tests {
		out, err := run(t, "plan", "--json", "--target", target, dir)
		require.NoError(t, err, target)
		var plans []plan.Plan
		require.NoError(t, json.Unmarshal([]byte(out), &plans))
		var functions []string
		for _, p := range plans {
			assert.Equal(t, plan.Version, p.Version)
			functions = append(functions, p.Function)
		}
		assert.Equal(t, want, functions, target)
	}
}

// TestPlanOfAStaleLock: a plan says that the build would fail, since no builder
// is there to find out.
func TestPlanOfAStaleLock(t *testing.T) {
	t.Parallel()
	dir := newShop(t)
	file := filepath.Join(dir, "pyproject.toml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	changed := strings.Replace(string(text), "[tool", "dependencies = [\"six\"]\n\n[tool", 1)
	require.NoError(t, os.WriteFile(file, []byte(changed), 0o644))
	const want = "uv.lock was not made for \"six\" in the dependencies of shop: refresh it with `uv lock`, or without uv by `uvlambda build --target lock -o %[1]s %[1]s`"

	out, err := run(t, "plan", "--target", "orders", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "Warning: pyproject.toml:6: "+fmt.Sprintf(want, dir)+"\n")
	out, err = run(t, "plan", "--json", "--target", "orders", dir)
	require.NoError(t, err)
	var plans []plan.Plan
	require.NoError(t, json.Unmarshal([]byte(out), &plans))
	at := plan.Location{File: "pyproject.toml", Line: 6, EndLine: 6}
	assert.Equal(t, []plan.Warning{{Rule: "LockStale", Message: fmt.Sprintf(want, dir), Source: at}}, plans[0].Warnings)

	skipped := changed + "\n[tool.uvlambda.check]\nskip = [\"LockStale\"]\n"
	require.NoError(t, os.WriteFile(file, []byte(skipped), 0o644))
	out, err = run(t, "plan", "--target", "orders", dir)
	require.NoError(t, err)
	assert.NotContains(t, out, "Warning")
}

func TestPlanGraph(t *testing.T) {
	t.Parallel()
	dir := newShop(t)
	for _, flag := range []string{"--graph", "--graph=mermaid"} {
		out, err := run(t, "plan", flag, dir)
		require.NoError(t, err)
		assert.True(t, strings.HasPrefix(out, "---\ntitle: \"shop: 2 builds\"\n---\nflowchart LR\n"), out)
	}
	out, err := run(t, "plan", "--graph=dot", dir)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(out, "digraph plan {\n"), out)
}

func TestPlanGraphErrors(t *testing.T) {
	tests := map[string]struct{ flags, want string }{
		"format":   {"--graph=png", `invalid --graph "png": use mermaid, dot or svg`},
		"both":     {"--graph --json", "--graph and --json cannot be used together: leave one out"},
		"graphviz": {"--graph=svg", "--graph=svg takes Graphviz, whose program dot is not on PATH: install it (apt-get install graphviz, or brew install graphviz), or use --graph=mermaid, which takes nothing"},
	}
	t.Setenv("PATH", t.TempDir())
	dir := newShop(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			out, err := run(t, append([]string{"plan", dir}, strings.Fields(test.flags)...)...)
			require.EqualError(t, err, test.want)
			assert.Empty(t, out)
		})
	}
}
