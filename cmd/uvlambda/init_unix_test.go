//go:build unix

package main

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/containerd/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestInitAsks answers the questions of init on a terminal.
func TestInitAsks(t *testing.T) {
	t.Parallel()
	const other = initProject + "[tool.uvlambda]\nhandler = 'other.run'\n"
	tests := map[string]struct {
		project string
		flags   []string
		answers string
		asked   string
		want    string
		err     string
	}{
		"new handler": {project: initProject, answers: "y\n", asked: "No handler was found. Write a minimal one to lambda_function.py? [y/N] ",
			want: strings.Replace(initProject+initTable, "main.handler", "lambda_function.lambda_handler", 1) + architectureLine + "\n"},
		"no new handler": {project: initProject, answers: "\n", asked: "No handler was found. Write a minimal one to lambda_function.py? [y/N] ",
			want: initProject, err: "no handler was found: "},
		"replace": {project: other, flags: []string{"--handler", "main.handler"}, answers: "Yes\n",
			asked: "DIR/pyproject.toml:5: handler = 'other.run' would be replaced by handler = \"main.handler\".\nReplace? [y/N] ",
			want:  initProject + strings.TrimPrefix(initTable, "\n")},
		"do not replace": {project: other, flags: []string{"--handler", "main.handler"}, answers: "n\n",
			asked: "DIR/pyproject.toml:5: handler = 'other.run' would be replaced by handler = \"main.handler\".\nReplace? [y/N] ",
			want:  other, err: "nothing was written: "},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := writeProject(t, map[string]string{"pyproject.toml": test.project, ".dockerignore": ""})
			cmd := newRootCmd()
			cmd.SetArgs(append(append([]string{"init"}, test.flags...), dir))
			var questions bytes.Buffer
			cmd.SetIn(terminal(t, test.answers))
			cmd.SetOut(new(bytes.Buffer))
			cmd.SetErr(&questions)
			err := cmd.ExecuteContext(t.Context())
			if test.err == "" {
				require.NoError(t, err)
			} else {
				require.ErrorContains(t, err, test.err)
			}
			assert.Equal(t, strings.ReplaceAll(test.asked, "DIR", dir), questions.String())
			requireBuildFile(t, dir, test.want)
		})
	}
}

// terminal is a terminal at which somebody types.
func terminal(t *testing.T, typed string) *os.File {
	t.Helper()
	person, name, err := console.NewPty()
	require.NoError(t, err)
	t.Cleanup(func() { person.Close() })
	file, err := os.OpenFile(name, os.O_RDWR, 0)
	require.NoError(t, err)
	t.Cleanup(func() { file.Close() })
	_, err = person.Write([]byte(typed))
	require.NoError(t, err)
	return file
}
