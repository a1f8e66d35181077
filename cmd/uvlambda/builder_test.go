package main

import (
	"bytes"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

// builderOutput runs `uvlambda builder` with a state folder of its own.
func builderOutput(t *testing.T, args ...string) (string, error) {
	t.Helper()
	t.Setenv("XDG_STATE_HOME", "/nowhere/state")
	cmd := newBuilderCmd()
	var out bytes.Buffer
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(args)
	err := cmd.Execute()
	return out.String(), err
}

func TestBuilderStatusOfOneThatNeverRan(t *testing.T) {
	out, err := builderOutput(t, "status", "--name", "ci")
	require.NoError(t, err)
	require.Equal(t, `name:    ci
state:   stopped
address: unix:///nowhere/state/uvlambda/builders/ci/buildkitd.sock
log:     /nowhere/state/uvlambda/builders/ci/buildkitd.log
`, out)
}

func TestBuilderStopOfOneThatNeverRan(t *testing.T) {
	out, err := builderOutput(t, "stop")
	require.NoError(t, err)
	require.Empty(t, out)
}

func TestBuilderFind(t *testing.T) {
	t.Setenv("BUILDKIT_HOST", "tcp://builder.example.com:1234")
	out, err := builderOutput(t, "find")
	require.NoError(t, err)
	require.Equal(t, "tcp://builder.example.com:1234 (from BUILDKIT_HOST)\n", out)
	out, err = builderOutput(t, "find", "--address")
	require.NoError(t, err)
	require.Equal(t, "tcp://builder.example.com:1234\n", out)
}

func TestBuilderNameHasToBeAFolderName(t *testing.T) {
	_, err := builderOutput(t, "start", "--name", "a/b")
	require.EqualError(t, err, `builder name "a/b" can't be a folder's name; use letters, digits and dashes`)
}

// TestToolsBuildTheProgramsBuildKit holds the two places that name BuildKit's
// version together: this module's requirement and the pin of `make tools`.
func TestToolsBuildTheProgramsBuildKit(t *testing.T) {
	t.Parallel()
	pins, err := os.ReadFile("../../tools/buildkit/go.mod")
	require.NoError(t, err)
	require.Contains(t, string(pins), "github.com/moby/buildkit "+buildkitVersion()+" ")
}
