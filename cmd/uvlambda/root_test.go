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
		"command":        {[]string{"biuld"}, `unknown command "biuld": did you mean "build"?`},
		"far command":    {[]string{"frobnicate"}, `unknown command "frobnicate": uvlambda --help lists the commands`},
		"other name":     {[]string{"lock"}, "unknown command \"lock\": `uvlambda build --target lock -o . .` writes uv.lock"},
		"with flags":     {[]string{"run", "-e", "A=b"}, "unknown command \"run\": `uvlambda dev` runs a function and follows its changes, `uvlambda invoke IMAGE` calls one once"},
		"of builder":     {[]string{"builder", "strat"}, `unknown command "strat": did you mean "start"?`},
		"flag":           {[]string{"build", "--platfrom", "x"}, "unknown flag --platfrom: did you mean --platform?"},
		"far flag":       {[]string{"build", "--frobnicate", "x"}, "unknown flag --frobnicate: uvlambda build --help lists the flags"},
		"short flag":     {[]string{"build", "-x"}, "unknown shorthand flag: 'x' in -x: see uvlambda build --help"},
		"no value":       {[]string{"build", "-t"}, "flag needs an argument: 't' in -t: see uvlambda build --help"},
		"no number":      {[]string{"invoke", "--memory", "1g", "x"}, `invalid --memory "1g": a whole number is needed`},
		"no boolean":     {[]string{"build", "--push=1x"}, `invalid --push "1x": use true or false`},
		"no image":       {[]string{"invoke"}, "name what to invoke: uvlambda invoke IMAGE, an image or an archive such as hello.tar"},
		"no contents":    {[]string{"explain"}, "name what to explain: uvlambda explain IMAGE, or an archive such as dist/hello.zip"},
		"two images":     {[]string{"invoke", "a", "b"}, "uvlambda invoke takes one IMAGE, and was given 2: a and b"},
		"two contexts":   {[]string{"build", ".", "extra"}, "uvlambda build takes one CONTEXT, and was given 2: . and extra"},
		"graph":          {[]string{"plan", "--graph", "svg"}, "--graph and its value are joined by =: write --graph=svg"},
		"graph of two":   {[]string{"plan", "--graph", "svg", "."}, "--graph and its value are joined by =: write --graph=svg"},
		"HTTP":           {[]string{"dev", "--http", ":8001"}, "--http and its value are joined by =: write --http=:8001"},
		"progress":       {[]string{"build", "--progress", "fancy"}, `invalid --progress "fancy": use auto, plain, tty, quiet or rawjson`},
		"quiet progress": {[]string{"build", "--quiet", "--progress", "plain"}, "--quiet and --progress=plain cannot be used together: leave one out"},
		"plan of URL":    {[]string{"plan", "https://example.com/a.git"}, "https://example.com/a.git is not a folder: a plan is made of local files"},
		"timeout":        {[]string{"invoke", "x", "--timeout", "0s"}, `invalid --timeout "0s": a time above zero is needed`},
		"no timeout":     {[]string{"invoke", "x", "--timeout", "soon"}, `invalid --timeout "soon": write seconds, as in 30 or 1.5, or a number with its unit, as in 500ms or 2m`},
		"memory":         {[]string{"invoke", "x", "--memory", "-1"}, "--memory must not be below zero: leave it out for no limit"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := run(t, test.args...)
			require.EqualError(t, err, test.want)
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
	for _, flag := range []string{path, `{"a": 1}`} {
		event, err = readEvent(flag)
		require.NoError(t, err)
		assert.Equal(t, `{"a": 1}`, string(event))
	}
	missing := filepath.Join(filepath.Dir(path), "missing")
	_, err = readEvent(missing)
	require.EqualError(t, err, "there is no event file "+missing+`: name one, or write the event itself, as in --event '{"n": 1}'`)
	for text, want := range map[string]string{
		"a: 1":                 "1:1: the event is not JSON, which is all that Lambda passes on: invalid character 'a' looking for beginning of value",
		"{\n  \"größe\": x\n}": "2:12: the event is not JSON, which is all that Lambda passes on: invalid character 'x' looking for beginning of value",
		"{\"a\": 1":            "1:7: the event is not JSON, which is all that Lambda passes on: unexpected end of JSON input",
		"{} {}":                "1:4: the event is not JSON, which is all that Lambda passes on: invalid character '{' after top-level value",
		"":                     "1:1: the event is not JSON, which is all that Lambda passes on: unexpected end of JSON input",
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		_, err = readEvent(path)
		require.EqualError(t, err, path+":"+want)
	}
	_, err = readEvent("{a}")
	assert.EqualError(t, err, "--event:1:2: the event is not JSON, which is all that Lambda passes on: invalid character 'a' looking for beginning of object key string")
}

func TestTimeLimit(t *testing.T) {
	t.Parallel()
	for value, want := range map[string]string{"1": "1s", "1.5": "1.5s", "2m": "2m0s", "500ms": "500ms"} {
		var limit timeLimit
		require.NoError(t, limit.Set(value))
		assert.Equal(t, want, limit.String())
	}
}

func TestVariables(t *testing.T) {
	t.Setenv("UVLAMBDA_TEST_SET", "1")
	assert.Equal(t, []string{"A=b=c", "UVLAMBDA_TEST_SET=1"}, variables([]string{"A=b=c", "UVLAMBDA_TEST_SET", "UVLAMBDA_TEST_UNSET"}))
}
