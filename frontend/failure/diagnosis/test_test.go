package diagnosis_test

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/plan"
)

func TestExplainTest(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, report string
		network      bool
		want         string
	}{
		{
			name:   "exception",
			report: `{"events": [{"event": "a.json"}, {"event": "b.json", "failure": {"kind": "raised", "message": "KeyError: 'id'", "detail": ["Traceback (most recent call last):", "KeyError: 'id'"]}}]}`,
			want:   "pyproject.toml:9: testing b.json: the function raised KeyError: 'id': correct the function or the event\n  | Traceback (most recent call last):\n  | KeyError: 'id'",
		},
		{
			name:   "several",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "raised", "message": "E"}}, {"event": "b.json", "failure": {"kind": "raised", "message": "F"}}]}`,
			want:   "pyproject.toml:9: testing a.json (the first of 2 events that fail): the function raised E: correct the function or the event",
		},
		{
			name:   "difference",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "differs", "message": "a.response.json", "detail": ["--- a.response.json", "+++ response"]}}]}`,
			want:   "pyproject.toml:9: testing a.json: the response differs from a.response.json: correct the function or that file\n  | --- a.response.json\n  | +++ response",
		},
		{
			name:   "no JSON",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "invalid", "message": "", "detail": ["<html>"]}}]}`,
			want:   "pyproject.toml:9: testing a.json: the response is not JSON: return what the json module can write\n  | <html>",
		},
		{
			name:   "timeout",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "timeout", "message": "30"}}]}`,
			want:   "pyproject.toml:9: testing a.json: no answer within 30 s: raise `timeout` in [tool.uvlambda.test], or find what the function waits for",
		},
		{
			name:   "death",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "exit", "message": "3", "detail": ["bye"]}}]}`,
			want:   "pyproject.toml:9: testing a.json: the function's process ended with status 3: see what it wrote last\n  | bye",
		},
		{
			name:   "no network",
			report: `{"events": [{"event": "a.json", "failure": {"kind": "raised", "message": "OSError: [Errno 101] Network is unreachable"}}]}`,
			want:   "pyproject.toml:9: testing a.json: the function raised OSError: [Errno 101] Network is unreachable: the test has no network; set `network = true` in [tool.uvlambda.test], or leave the call out",
		},
		{
			name:    "network that does not reach",
			report:  `{"events": [{"event": "a.json", "failure": {"kind": "raised", "message": "OSError: [Errno 101] Network is unreachable"}}]}`,
			network: true,
			want:    "pyproject.toml:9: testing a.json: the function raised OSError: [Errno 101] Network is unreachable: correct the function or the event",
		},
		{
			name:   "missing module",
			report: `{"failure": {"kind": "init", "message": "Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests'"}}`,
			want:   "pyproject.toml:9: starting the function: Runtime.ImportModuleError: Unable to import module 'app': No module named 'requests': add the package that has the module with `uv add`, or copy the module with `include`",
		},
		{
			name:   "syntax error",
			report: `{"failure": {"kind": "init", "message": "Runtime.UserCodeSyntaxError: Syntax error in module 'app'", "detail": ["  File \"/var/task/app.py\" Line 1"]}}`,
			want:   "pyproject.toml:9: starting the function: Runtime.UserCodeSyntaxError: Syntax error in module 'app': correct the module of the handler\n  |   File \"/var/task/app.py\" Line 1",
		},
		{
			name:   "no Lambda runtime",
			report: `{"failure": {"kind": "silent", "message": "300"}}`,
			want:   "pyproject.toml:9: starting the function: the function asked for no event within 300 s: find what its import waits for, or use a base image with a Lambda runtime",
		},
		{
			name:   "no entrypoint",
			report: `{"failure": {"kind": "unstartable", "message": "[Errno 2] No such file or directory: 'app.handler'"}}`,
			want:   "pyproject.toml:9: starting the function: the image's entrypoint does not start ([Errno 2] No such file or directory: 'app.handler'): use a base image with a Lambda runtime",
		},
		{name: "no report", want: "pyproject.toml:9: the test failed (exit code: 1): the build's output above says why"},
		{name: "report without failures", report: "{}", want: "pyproject.toml:9: the test failed (exit code: 1): the build's output above says why"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p := &plan.Plan{}
			p.AddTest(&plan.Test{Network: tt.network}, plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9})
			err := diagnosis.Explain(diagnosis.Failure{Step: p.Step(plan.KindTest), Report: diagnosis.ReadReport(tt.report), Cause: errors.New("exit code: 1")}, p)
			require.EqualError(t, err, tt.want)
		})
	}
}
