package main

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// devProject is a project, with or without several functions.
func devProject(t *testing.T, functions string) string {
	t.Helper()
	folder := t.TempDir()
	text := "[project]\nname = \"p\"\nversion = \"1\"\nrequires-python = \">=3.13\"\n[tool.uvlambda]\nhandler = \"app.handler\"\n" + functions
	require.NoError(t, os.WriteFile(filepath.Join(folder, "pyproject.toml"), []byte(text), 0o600))
	return folder
}

// What cannot become a run is refused before anything is built.
func TestDevRefuses(t *testing.T) {
	t.Parallel()
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, taken.Close()) })
	address := taken.Addr().String()
	port := strconv.Itoa(taken.Addr().(*net.TCPAddr).Port)
	one := devProject(t, "")
	several := devProject(t, "[tool.uvlambda.functions.page]\n[tool.uvlambda.functions.invite]\n")
	tests := map[string]struct {
		args []string
		want string
	}{
		"URL":           {[]string{"https://example.com/a.git"}, "https://example.com/a.git is not a folder: only local files can be watched"},
		"timeout":       {[]string{"--timeout", "0s", one}, `invalid --timeout "0s": a time above zero is needed`},
		"archive":       {[]string{"--target", "page/zip", one}, "--target page/zip is not an image, and dev runs images: name the function alone"},
		"platforms":     {[]string{"--platform", "linux/amd64", "--platform", "linux/arm64", one}, "linux/amd64 and linux/arm64 cannot be run at once: choose one --platform"},
		"platform list": {[]string{"--platform", "linux/amd64,linux/arm64", one}, "linux/amd64 and linux/arm64 cannot be run at once: choose one --platform"},
		"progress":      {[]string{"--progress", "fancy", one}, `invalid --progress "fancy": use auto, plain, tty, quiet or rawjson`},
		"functions":     {[]string{several}, "pyproject.toml has several functions: choose one with --target, of page, invite"},
		"port":          {[]string{"--port", port, one}, "something listens on " + address + " already: choose another address with --port"},
		"http":          {[]string{"--port", "0", "--http=" + address, one}, "something listens on " + address + " already: choose another address with --http"},
		"http port":     {[]string{"--port", "0", "--http=" + port, one}, "something listens on " + address + " already: choose another address with --http"},
		"no port":       {[]string{"--port", "0", "--http=localhost:x", one}, "invalid --http: listen tcp: lookup tcp/x: unknown port"},
		"no build file": {[]string{filepath.Dir(os.Args[0])}, ", or name the build file with -f"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, append([]string{"dev"}, test.args...)...)
			require.Error(t, err)
			assert.True(t, strings.HasSuffix(err.Error(), test.want), err.Error())
			assert.Empty(t, out)
		})
	}
}

func TestDevListens(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		http string
		want string
	}{
		"port alone":    {"0", "127.0.0.1"},
		"colon":         {":0", "127.0.0.1"},
		"host and port": {"127.0.0.2:0", "127.0.0.2"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			events, requests, err := (&devOptions{http: test.http}).listen()
			require.NoError(t, err)
			defer closeListeners(events, requests)
			assert.Equal(t, "127.0.0.1", events.Addr().(*net.TCPAddr).IP.String())
			assert.Equal(t, test.want, requests.Addr().(*net.TCPAddr).IP.String())
		})
	}
	events, requests, err := (&devOptions{}).listen()
	require.NoError(t, err)
	defer closeListeners(events, requests)
	assert.Nil(t, requests)
}

// Builds after the first are quiet, unless their display was chosen.
func TestDevDisplay(t *testing.T) {
	t.Parallel()
	for _, chosen := range []bool{false, true} {
		r := &devRun{devOptions: &devOptions{progressSet: chosen}, mode: progressui.PlainMode, engine: true}
		first := r.setOutput()
		assert.Equal(t, progressui.PlainMode, r.display())
		assert.NotEqual(t, first, r.setOutput(), "each build has a name of its own in the engine")
		want := progressui.QuietMode
		if chosen {
			want = progressui.PlainMode
		}
		assert.Equal(t, want, r.display())
	}
}
