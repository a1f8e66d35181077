package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

func TestPythonVersionMismatch(t *testing.T) {
	t.Parallel()
	const handler = "handler = \"app.handler\"\n"
	tests := []struct {
		keys, file string
		want       []string
	}{
		{"python = \"3.13\"", "3.13.5", nil},
		{"python = \"3.13\"", "pypy3", nil},
		{"", "3.14", nil},
		{"python = \"3.13\"", "3.14", []string{`pyproject.toml:8: python = "3.13" is used, although .python-version says 3.14: make them agree, so that the code is tested on what it runs on`}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, messages(t, table(handler+tt.keys, "-- .python-version --\n"+tt.file+"\n")), tt.file)
	}
}

// A build knows the patch release of its base.
func TestPatchReleaseMismatch(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		file, full string
		assumed    bool
		want       string
	}{
		{file: "3.13.9", full: "3.13.5", want: ".python-version says 3.13.9, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5: write 3.13 there, since Lambda chooses the patch release"},
		{file: "cpython-3.13.9-linux-x86_64-gnu", full: "3.13.5", want: ".python-version says 3.13.9, but the base public.ecr.aws/lambda/python:3.13 has Python 3.13.5: write 3.13 there, since Lambda chooses the patch release"},
		{file: "3.13.5", full: "3.13.5"},
		{file: "3.13", full: "3.13.5"},
		{file: "3.13.9", full: "3.13.5", assumed: true},
		{file: "3.13.9"},
	} {
		example := table("handler = \"app.handler\"\n", "-- .python-version --\n"+tt.file+"\n")
		warnings, err := checkAs(t, example, lint.Options{}, func(in *lint.Input) {
			in.Plan.Python.FullVersion, in.Plan.Python.Assumed = tt.full, tt.assumed
		})
		require.NoError(t, err)
		var want []plan.Warning
		if tt.want != "" {
			want = []plan.Warning{{Rule: "PythonVersionMismatch", Message: tt.want, Source: plan.Location{File: ".python-version", Line: 1, EndLine: 1}}}
		}
		assert.Equal(t, want, warnings, tt.file)
	}
}

// What a build passes over of .python-version is said, unless `python` counts.
func TestPassedLinesOfPythonVersion(t *testing.T) {
	t.Parallel()
	const passed = " is passed over, as uv does with what it cannot read, and the function runs on Python 3.13: write a version such as 3.13 alone on its line"
	const other = " makes uv run a Python that Lambda does not have, and the function runs on Python 3.14: write 3.14 instead, so that the code is tested on what it runs on"
	for _, tt := range []struct {
		file, table, want string
		line              int
	}{
		{file: "my-env\n3.13\n", want: "\"my-env\"" + passed, line: 1},
		{file: "# pyenv\n3.13 # ours\n3.13\n", want: "\"3.13 # ours\"" + passed, line: 2},
		{file: "pypy@3.10\n", want: "\"pypy@3.10\"" + other, line: 1},
		{file: "my-env\n", table: "python = \"3.13\"\n"},
		{file: "# none\n"},
		{file: "3.13\n"},
	} {
		warnings, err := checkAs(t, table("handler = \"app.handler\"\n"+tt.table, "-- .python-version --\n"+tt.file), lint.Options{}, func(*lint.Input) {})
		require.NoError(t, err)
		var want []plan.Warning
		if tt.want != "" {
			want = []plan.Warning{{Rule: "PythonVersionMismatch", Message: tt.want, Source: plan.Location{File: ".python-version", Line: tt.line, EndLine: tt.line}}}
		}
		assert.Equal(t, want, warnings, tt.file)
	}
}
