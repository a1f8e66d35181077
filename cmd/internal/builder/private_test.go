package builder

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNewPrivatePlacesTheSocket(t *testing.T) {
	t.Parallel()
	long := "/" + strings.Repeat("a", 100)
	tests := map[string]struct {
		env     map[string]string
		name    string
		dir     string
		address string
		problem string
	}{
		"state folder": {
			env:     map[string]string{"XDG_STATE_HOME": "/state"},
			name:    "default",
			dir:     "/state/uvlambda/builders/default",
			address: "unix:///state/uvlambda/builders/default/buildkitd.sock",
		},
		"a relative variable does not count": {
			env:     map[string]string{"XDG_STATE_HOME": "state"},
			name:    "ci",
			dir:     "/home/ana/.local/state/uvlambda/builders/ci",
			address: "unix:///home/ana/.local/state/uvlambda/builders/ci/buildkitd.sock",
		},
		"long state folder": {
			env:     map[string]string{"XDG_STATE_HOME": long, "XDG_RUNTIME_DIR": "/run/user/1000"},
			name:    "default",
			dir:     long + "/uvlambda/builders/default",
			address: "unix:///run/user/1000/uvlambda-default.sock",
		},
		"long state folder and nowhere else": {
			env:  map[string]string{"XDG_STATE_HOME": long},
			name: "default",
			problem: "the builder's socket " + long + "/uvlambda/builders/default/buildkitd.sock has a path of more than " +
				"107 bytes; set XDG_STATE_HOME to a shorter one",
		},
		"a name with a slash": {name: "a/b", problem: `builder name "a/b" can't be a folder's name; use letters, digits and dashes`},
		"a name above":        {name: "..", problem: `builder name ".." can't be a folder's name; use letters, digits and dashes`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := Host{Getenv: func(name string) string { return test.env[name] }, Home: "/home/ana"}
			p, err := NewPrivate(host, test.name, "")
			if test.problem != "" {
				require.EqualError(t, err, test.problem)
				return
			}
			require.NoError(t, err)
			require.Equal(t, test.dir, p.Dir)
			require.Equal(t, test.address, p.builder().Address)
		})
	}
}

func TestFindBuildkitd(t *testing.T) {
	t.Parallel()
	host := testHost(t, map[string]string{"UVLAMBDA_BUILDKITD": "/opt/buildkitd"})
	p, err := NewPrivate(host, "default", "")
	require.NoError(t, err)
	path, err := p.findBuildkitd()
	require.NoError(t, err)
	require.Equal(t, "/opt/buildkitd", path)

	host = testHost(t, map[string]string{"XDG_RUNTIME_DIR": "/run/user/1000"})
	built := filepath.Join(host.Home, ".cache/uvlambda/tools/buildkit-v1.2.3/buildkitd")
	writeFile(t, built, "")
	p, err = NewPrivate(host, "default", "")
	require.NoError(t, err)
	path, err = p.findBuildkitd()
	require.NoError(t, err)
	require.Equal(t, built, path)
}

func TestArguments(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	host := testHost(t, map[string]string{"XDG_STATE_HOME": state, "SUDO_GID": "1000"})
	config := filepath.Join(state, "ci.toml")
	p, err := NewPrivate(host, "ci", config)
	require.NoError(t, err)
	_, err = p.arguments()
	require.EqualError(t, err, "reading the builder's configuration: stat "+config+": no such file or directory")
	writeFile(t, config, "")
	args, err := p.arguments()
	require.NoError(t, err)
	dir := filepath.Join(state, "uvlambda/builders/ci")
	require.Equal(t, []string{
		"--config", config,
		"--root", dir + "/root",
		"--addr", "unix://" + dir + "/buildkitd.sock",
		"--oci-worker=true", "--containerd-worker=false",
		"--oci-worker-net", "host",
		"--group", "1000",
	}, args)
}

// TestPIDOfAnotherProcess has a stale file that names a process which is not
// this builder: the test itself.
func TestPIDOfAnotherProcess(t *testing.T) {
	t.Parallel()
	p, err := NewPrivate(testHost(t, map[string]string{"XDG_RUNTIME_DIR": "/run/user/1000"}), "default", "")
	require.NoError(t, err)
	require.Zero(t, p.pid())
	writeFile(t, p.pidFile(), fmt.Sprint(os.Getpid()))
	require.Zero(t, p.pid())
	require.NoError(t, p.Stop(context.Background()))
	require.False(t, p.Status(context.Background()).Running)
}

// TestStartShowsTheEndOfTheLog has a daemon that ends at once.
func TestStartShowsTheEndOfTheLog(t *testing.T) {
	t.Parallel()
	host := testHost(t, map[string]string{"XDG_RUNTIME_DIR": "/run/user/1000"})
	daemon := filepath.Join(host.Home, "buildkitd")
	require.NoError(t, os.WriteFile(daemon, []byte("#!/bin/sh\necho no space left >&2\nexit 3\n"), 0o755))
	p, err := NewPrivate(host, "default", "")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(p.Dir, 0o755))
	err = p.run(context.Background(), daemon)
	require.EqualError(t, err, "builder default did not start: buildkitd ended; the end of its log:\nno space left")
}

// TestRemoveEmpty keeps what may be a mount.
func TestRemoveEmpty(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "empty"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "mounted"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mounted", "file"), nil, 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "file"), nil, 0o600))
	removeEmpty(dir)
	require.NoDirExists(t, filepath.Join(dir, "empty"))
	require.FileExists(t, filepath.Join(dir, "mounted", "file"))
	require.FileExists(t, filepath.Join(dir, "file"))
}

// A client's SSH agent has a socket below the folder for temporary files, wherever
// the builder's folder is.
func TestTempDirIsShort(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]string{
		"/home/someone/.local/state":                  "/home/someone/.local/state/uvlambda/builders/default/tmp",
		"/home/someone-with-a-long-name/.local/state": "/run/uvlambda-",
	} {
		p, err := NewPrivate(testHost(t, map[string]string{"XDG_STATE_HOME": state}), "default", "")
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(p.tempDir(), want), p.tempDir())
		require.LessOrEqual(t, len(p.tempDir())+len(agentSocket), socketPathLimit)
	}
}
