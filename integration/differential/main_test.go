package differential

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// oracles are set by TestMain, before any test.
var oracles Oracles

func TestMain(m *testing.M) {
	cache, err := os.UserCacheDir()
	if err == nil {
		oracles, err = Install(context.Background(), filepath.Join(cache, "uvlambda"), os.Stderr, os.Geteuid() == 0)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "installing what to compare with: %v\n", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// run runs an oracle in a folder and gives what it prints.
func run(t testing.TB, dir, program string, args ...string) string {
	t.Helper()
	out, _, err := output(t, dir, program, args...)
	require.NoError(t, err)
	return out
}

// output is run for an oracle that may fail, or whose messages matter; the error
// has them too.
func output(t testing.TB, dir, program string, args ...string) (out, messages string, err error) {
	t.Helper()
	command := exec.CommandContext(t.Context(), oracles.Python.Program(program), args...)
	command.Dir = dir
	command.Env = append(os.Environ(), "UV_NO_CONFIG=1", "UV_PYTHON_DOWNLOADS=never", "UV_OFFLINE=1", "UV_PREVIEW_FEATURES=pylock", "NO_COLOR=1")
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if err := command.Run(); err != nil {
		return "", "", fmt.Errorf("%s %q: %w\n%s", program, args, err, stderr.String())
	}
	return stdout.String(), stderr.String(), nil
}

// TestOracles holds that builds use the uv that they are compared with.
func TestOracles(t *testing.T) {
	t.Parallel()
	require.Contains(t, run(t, ".", "uv", "--version"), "uv "+planner.DefaultUV)
}
