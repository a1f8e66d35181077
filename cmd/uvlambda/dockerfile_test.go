package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// greeter is a project with two functions that install nothing.
func greeter(t *testing.T, architecture string) string {
	return writeProject(t, map[string]string{
		"pyproject.toml": "[project]\nname = 'greeter'\nversion = '1.0'\nrequires-python = '>=3.13'\n[tool.uvlambda]\n" + architecture +
			"[tool.uvlambda.functions]\nhello = { handler = 'app.hello' }\nbye = { handler = 'app.bye' }\n",
		"uv.lock": "version = 1\nrevision = 3\nrequires-python = '>=3.13'\n[[package]]\nname = 'greeter'\nversion = '1.0'\nsource = { virtual = '.' }\n",
		"app.py":  "def hello(event, context): ...\n\n\ndef bye(event, context): ...\n",
	})
}

func TestDockerfile(t *testing.T) {
	t.Parallel()
	dir := greeter(t, "")
	out, err := run(t, "dockerfile", "--target", "bye", "--label", "team=shop", dir)
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(out, "# syntax=docker/dockerfile:1\n\n# Builds the image of bye for AWS Lambda, on linux/amd64 and linux/arm64:\n"), out)
	assert.True(t, strings.HasSuffix(out, "    team=shop\nCMD [\"app.bye\"]\n"), out)

	out, err = run(t, "dockerfile", "--target", "hello/dir", "--platform", "linux/arm64", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "# Builds the task root of hello for AWS Lambda, on linux/arm64:\n")
	assert.True(t, strings.HasSuffix(out, "FROM scratch AS function\nCOPY --link --from=application /layer/var/task /\n"), out)
}

// The table's architecture is the only one, unless a flag names others.
func TestDockerfileOfAnArchitecture(t *testing.T) {
	t.Parallel()
	dir := greeter(t, "architecture = 'arm64'\n")
	out, err := run(t, "dockerfile", "--target", "bye", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "# Builds the image of bye for AWS Lambda, on linux/arm64:\n")
	out, err = run(t, "dockerfile", "--target", "bye", "--platform", "linux/amd64", dir)
	require.NoError(t, err)
	assert.Contains(t, out, "# Builds the image of bye for AWS Lambda, on linux/amd64:\n")
}

func TestDockerfileReplacesNothing(t *testing.T) {
	t.Parallel()
	dir := greeter(t, "")
	file := filepath.Join(dir, "Dockerfile")
	args := []string{"dockerfile", "--target", "bye", "-o", file, dir}
	printed, err := run(t, "dockerfile", "--target", "bye", dir)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, []byte("FROM scratch\n"), 0o600))

	out, err := run(t, args...)
	require.EqualError(t, err, file+" is there already: give --force to replace it, or another --output")
	assert.Empty(t, out)
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, "FROM scratch\n", string(kept))

	for _, prepare := range []func() error{func() error { return nil }, func() error { return os.Remove(file) }} {
		require.NoError(t, prepare())
		out, err = run(t, append(args, "--force")...)
		require.NoError(t, err)
		assert.Empty(t, out)
		written, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, printed, string(written))
	}
}

func TestDockerfileErrors(t *testing.T) {
	t.Parallel()
	dir := greeter(t, "")
	missing := filepath.Join(dir, "missing", "Dockerfile")
	tests := map[string]struct {
		args []string
		want string
	}{
		"no folder":     {[]string{"https://example.com/a.git"}, "https://example.com/a.git is not a folder: a plan is made of local files"},
		"no function":   {[]string{dir}, "choose one, as in --target hello/image"},
		"archive":       {[]string{"--target", "bye/zip", dir}, "a Dockerfile cannot pack the archive bye.zip: use --target bye/dir, and zip the folder that is built"},
		"platform":      {[]string{"--target", "bye", "--platform", "linux/s390x", dir}, "platform linux/s390x is not one of Lambda's: use --platform linux/amd64 or linux/arm64"},
		"output folder": {[]string{"--target", "bye", "-o", missing, dir}, "writing " + missing + ": invalid output path"},
		"over a folder": {[]string{"--target", "bye", "-o", dir, "--force", dir}, "writing " + dir + ": cannot write to a directory"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, append([]string{"dockerfile"}, test.args...)...)
			require.ErrorContains(t, err, test.want)
			assert.Empty(t, out)
		})
	}
}
