package integration

import (
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// assembling matches the steps that put layers on the base.
var assembling = regexp.MustCompile(`(?m)^#(\d+) \[function 5/5\] assemble the image`)

// A Docker engine of some years ago builds with the frontend image and runs
// what it built. Its BuildKit has no merge op, so layers are copied onto the
// base; nothing else is different.
func TestDockerEngine(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	base, _ := copyImage(t, "public.ecr.aws/lambda/python:3.13")
	uv, _ := copyImage(t, "ghcr.io/astral-sh/uv:0.13.9")
	files := completeFunction(serveWheel(t, wheel), wheel)
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], handlerTable,
		handlerTable+"base = \""+base+"\"\nuv = \""+uv+"\"\n", 1)
	dir := newFunction(t, withSyntaxLines(files))
	engine := env.NewEngine(t)

	build := engine.Docker(t.Context(), "build", "--progress", "plain", "--network", "host",
		"-f", filepath.Join(dir, "pyproject.toml"), "-t", "function:engine", dir)
	out, err := build.CombinedOutput()
	require.NoError(t, err, string(out))
	copies := map[string]bool{}
	for _, step := range assembling.FindAllStringSubmatch(string(out), -1) {
		copies[step[1]] = true
	}
	require.Len(t, copies, 3, "a copy for each layer: %s", out)

	run := engine.Command(t.Context(), env.Binary("uvlambda"), "invoke", "function:engine")
	out, err = run.Output()
	require.NoError(t, err, string(out))
	require.JSONEq(t, `{"name": "library", "value": 1}`, string(out))

	writeFile(t, filepath.Join(dir, "uv.lock"), "version = 7\n")
	out, err = engine.Docker(t.Context(), "build", "-f", filepath.Join(dir, "pyproject.toml"), dir).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(out), "uv.lock:1: the lock has schema version 7")
}
