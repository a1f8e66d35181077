package testenv

import (
	"errors"
	"os/exec"
	"strings"

	"github.com/stretchr/testify/require"
)

// BakeFile is what `uvlambda bake` prints in a folder.
func (e *Env) BakeFile(t T, dir string, args ...string) string {
	t.Helper()
	command := e.Command(t.Context(), e.Binary("uvlambda"), append([]string{"bake"}, args...)...)
	command.Dir = dir
	out, err := command.Output()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		require.FailNow(t, "there is no bake file", "%s", exit.Stderr)
	}
	require.NoError(t, err)
	return string(out)
}

// Bake runs docker buildx bake in a folder, with the bake file on its standard
// input and with variables.
func (e *Env) Bake(t T, dir, file string, variables []string, args ...string) Result {
	t.Helper()
	args = append([]string{"bake", "-f", "-", "--progress", "rawjson"}, args...)
	command := e.Command(t.Context(), e.Binary("tools/buildx"), args...)
	command.Dir = dir
	command.Env = append(command.Env, variables...)
	command.Stdin = strings.NewReader(file)
	return run(command)
}

// MustBake is Bake for what has to succeed.
func (e *Env) MustBake(t T, dir, file string, variables []string, args ...string) Result {
	t.Helper()
	result := e.Bake(t, dir, file, variables, args...)
	if result.Err != nil {
		require.FailNow(t, "bake failed", "%v\n%s\n%s", result.Err, result.Stderr, result.Trace.Log())
	}
	return result
}
