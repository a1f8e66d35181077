package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run runs the command and returns what it prints.
func run(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	cmd := newRootCmd()
	cmd.SetArgs(args)
	cmd.SetOut(&out)
	cmd.SetErr(&out)
	err := cmd.ExecuteContext(t.Context())
	return out.String(), err
}

func TestEveryCommandIsDocumented(t *testing.T) {
	t.Parallel()
	var check func(cmd *cobra.Command)
	check = func(cmd *cobra.Command) {
		assert.NotEmpty(t, cmd.Short, cmd.CommandPath())
		if cmd.Runnable() && cmd.Parent() != nil && cmd.Parent().Parent() == nil {
			assert.NotEmpty(t, cmd.Long, cmd.CommandPath())
			assert.NotEmpty(t, cmd.Example, cmd.CommandPath())
		}
		for _, sub := range cmd.Commands() {
			check(sub)
		}
	}
	check(newRootCmd())
}

func TestUsageErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string
	}{
		"command":        {[]string{"biuld"}, "unknown command \"biuld\" for \"uvlambda\"\n\nDid you mean this?\n\tbuild\n"},
		"flag":           {[]string{"build", "--tagg", "x"}, "unknown flag: --tagg: see uvlambda build --help"},
		"no image":       {[]string{"invoke"}, "accepts 1 arg(s), received 0"},
		"progress":       {[]string{"build", "--progress", "fancy"}, `invalid --progress "fancy": use auto, plain, tty, quiet or rawjson`},
		"quiet progress": {[]string{"build", "--quiet", "--progress", "plain"}, "--quiet and --progress=plain cannot be used together: leave one out"},
		"plan of URL":    {[]string{"plan", "https://example.com/a.git"}, "https://example.com/a.git is not a folder: a plan is made of local files"},
		"timeout":        {[]string{"invoke", "x", "--timeout", "0s"}, "--timeout must be above zero and --memory must not be below it"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, test.args...)
			assert.EqualError(t, err, test.want)
			assert.Empty(t, out, "the error is printed by main, once")
		})
	}
}

func TestVersionAndCompletion(t *testing.T) {
	t.Parallel()
	out, err := run(t, "--version")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(out, "uvlambda version "), out)
	out, err = run(t, "completion", "bash")
	require.NoError(t, err)
	assert.Contains(t, out, "__start_uvlambda")
	out, err = run(t, "__complete", "build", "--platform", "")
	require.NoError(t, err)
	assert.Contains(t, out, "linux/arm64\n")
}

func TestDisplay(t *testing.T) {
	t.Parallel()
	tests := []struct {
		progress string
		quiet    bool
		want     progressui.DisplayMode
		prints   bool
	}{
		{"auto", false, progressui.AutoMode, false},
		{"auto", true, progressui.QuietMode, true},
		{"plain", false, progressui.PlainMode, false},
		{"rawjson", false, progressui.RawJSONMode, false},
		{"quiet", false, progressui.QuietMode, true},
		{"none", false, progressui.QuietMode, false},
	}
	for _, test := range tests {
		o := &buildOptions{progress: test.progress, quiet: test.quiet}
		mode, err := o.display()
		require.NoError(t, err)
		assert.Equal(t, test.want, mode, test.progress)
		assert.Equal(t, test.prints, o.quiet, test.progress)
	}
}

func TestReadEvent(t *testing.T) {
	t.Parallel()
	event, err := readEvent("")
	require.NoError(t, err)
	assert.Equal(t, "{}", string(event))
	path := filepath.Join(t.TempDir(), "event.json")
	require.NoError(t, os.WriteFile(path, []byte(`{"a": 1}`), 0o600))
	event, err = readEvent(path)
	require.NoError(t, err)
	assert.Equal(t, `{"a": 1}`, string(event))
	require.NoError(t, os.WriteFile(path, []byte(`a: 1`), 0o600))
	_, err = readEvent(path)
	assert.EqualError(t, err, "the event "+path+" is not JSON, which is all that Lambda passes on")
	_, err = readEvent(filepath.Join(filepath.Dir(path), "missing"))
	assert.ErrorIs(t, err, os.ErrNotExist)
}

func TestVariables(t *testing.T) {
	t.Setenv("UVLAMBDA_TEST_SET", "1")
	assert.Equal(t, []string{"A=b=c", "UVLAMBDA_TEST_SET=1"}, variables([]string{"A=b=c", "UVLAMBDA_TEST_SET", "UVLAMBDA_TEST_UNSET"}))
}
