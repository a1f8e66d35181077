//go:build unix

package docker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// useProgram has a shell script take the place of the docker command. It
// returns the script's folder.
func useProgram(t *testing.T, script string) string {
	t.Helper()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, program), []byte("#!/bin/sh\ncd "+folder+"\n"+script), 0o755))
	t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	return folder
}

func TestFind(t *testing.T) {
	tests := map[string]struct {
		script string
		want   *Engine
		err    string
	}{
		"engine":    {`echo 28.2.2 Debian GNU/Linux`, &Engine{}, ""},
		"desktop":   {`echo 28.2.2 Docker Desktop`, &Engine{Desktop: true}, ""},
		"no answer": {`echo Cannot connect. >&2; echo; exit 1`, nil, "no Docker engine answers (Cannot connect.): start it"},
		"no server": {`echo`, nil, "no Docker engine answers (docker info names no server): start it"},
		"refused":   {`echo permission denied while connecting >&2; exit 1`, nil, "the Docker engine refuses you (permission denied): " + JoinGroup},
		"silent":    {`exit 3`, nil, "no Docker engine answers (exit status 3): start it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			useProgram(t, test.script)
			engine, err := Find(t.Context())
			if test.err != "" {
				require.EqualError(t, err, test.err)
			} else {
				require.NoError(t, err)
			}
			assert.Equal(t, test.want, engine)
		})
	}
}

func TestFindWithoutTheCommand(t *testing.T) {
	assert.EqualError(t, missing(fmt.Errorf("exec: %w", exec.ErrNotFound), ""), "the docker command is not installed: install it")
}

func TestLoad(t *testing.T) {
	folder := useProgram(t, `echo "$@" > args; cat > archive; echo loaded; echo warned >&2`)
	var log, failures bytes.Buffer
	load, err := Load(t.Context(), &log, &failures)
	require.NoError(t, err)
	_, err = io.WriteString(load, "an image")
	require.NoError(t, err)
	require.NoError(t, load.Close())
	assert.Equal(t, "loaded\n", log.String())
	assert.Equal(t, "warned\n", failures.String())
	for name, want := range map[string]string{"args": "load\n", "archive": "an image"} {
		got, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, want, string(got))
	}
}

func TestFailuresOfTheCommand(t *testing.T) {
	useProgram(t, `echo no space left >&2; exit 1`)
	var failures bytes.Buffer
	load, err := Load(t.Context(), io.Discard, &failures)
	require.NoError(t, err)
	require.EqualError(t, load.Close(), "docker load failed: exit status 1")
	require.EqualError(t, Push(t.Context(), "hello", io.Discard, &failures), "docker push hello failed: exit status 1")
	assert.Equal(t, "no space left\nno space left\n", failures.String())
	assert.False(t, HasImage(t.Context(), "hello"))
	require.EqualError(t, Save(t.Context(), "hello", "image.tar"), "saving the image hello of the Docker engine: exit status 1: no space left")
	require.EqualError(t, errors.Join(RemoveImage("hello"), RemoveContainer("c")),
		"docker rmi hello: exit status 1: no space left\ndocker rm c: exit status 1: no space left")
}
