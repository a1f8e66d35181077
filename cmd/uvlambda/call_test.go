package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseCall(t *testing.T) {
	t.Parallel()
	tests := []struct {
		value string
		want  call
		err   string
	}{
		{"build", call{name: "build"}, ""},
		{"check", call{name: "check"}, ""},
		{"lint,format=json", call{name: "lint", format: "json"}, ""},
		{"check,ignorestatus=true,format=text", call{name: "check", format: "text", ignoreStatus: true}, ""},
		{"targets", call{name: "targets"}, ""},
		{"subrequests.describe", call{name: "subrequests.describe"}, ""},
		{"", call{name: "build"}, ""},
		{"chekc", call{}, `invalid --call "chekc": use build, check, outline or targets`},
		{"check,format=yaml", call{}, `invalid format "yaml": use text or json`},
		{"check,outline", call{}, `invalid --call "check,outline": outline: write it as in check,format=json`},
		{"check,ignorestatus=maybe", call{}, `invalid --call "check,ignorestatus=maybe": ignorestatus=maybe: write it as in check,format=json`},
	}
	for _, tt := range tests {
		got, err := parseCall(tt.value)
		if tt.err != "" {
			require.EqualError(t, err, tt.err)
			continue
		}
		require.NoError(t, err, tt.value)
		assert.Equal(t, tt.want, got, tt.value)
	}
}

// answerOf is the answer of a check.
func answerOf(t *testing.T, results lint.LintResults) map[string][]byte {
	t.Helper()
	results.Sources = []*pb.SourceInfo{{Filename: "pyproject.toml", Data: []byte("[tool.uvlambda]\n")}}
	data, err := json.Marshal(results)
	require.NoError(t, err)
	return map[string][]byte{"result.json": data}
}

func TestPrintCheck(t *testing.T) {
	t.Parallel()
	at := []*pb.Range{{Start: &pb.Position{Line: 1}, End: &pb.Position{Line: 1}}}
	const lines = `pyproject.toml:1
--------------------
   1 | >>> [tool.uvlambda]
   2 |     
--------------------
`
	warning := lint.Warning{RuleName: "SecretInEnv", URL: "https://example.com", Detail: "look", Location: &pb.Location{Ranges: at}}
	const shown = "\nWARNING: SecretInEnv - https://example.com\nlook\n" + lines
	mistake := &lint.BuildError{Message: "pyproject.toml:1: wrong"}
	mistake.Location.Ranges = at
	tests := []struct {
		name    string
		call    call
		results lint.LintResults
		text    string
		err     string
	}{
		{"nothing", call{}, lint.LintResults{}, "Check complete, no warnings found.\n", ""},
		{"one", call{}, lint.LintResults{Warnings: []lint.Warning{warning}}, "Check complete, 1 warning has been found!\n" + shown, errFound.Error()},
		{"two", call{}, lint.LintResults{Warnings: []lint.Warning{warning, warning}}, "Check complete, 2 warnings have been found!\n" + shown + shown, errFound.Error()},
		{"ignored", call{ignoreStatus: true}, lint.LintResults{Warnings: []lint.Warning{warning}}, "Check complete, 1 warning has been found!\n" + shown, ""},
		{"a mistake", call{ignoreStatus: true}, lint.LintResults{Error: mistake}, "", "pyproject.toml:1: wrong\n" + lines},
		{"both", call{}, lint.LintResults{Warnings: []lint.Warning{warning}, Error: mistake}, "Check complete, 1 warning has been found!\n" + shown + "\n", "pyproject.toml:1: wrong\n" + lines},
	}
	for _, tt := range tests {
		var out strings.Builder
		err := tt.call.printCheck(&out, answerOf(t, tt.results))
		assert.Equal(t, tt.text, out.String(), tt.name)
		if tt.err == "" {
			require.NoError(t, err, tt.name)
			continue
		}
		require.Error(t, err, tt.name)
		assert.Equal(t, strings.TrimSpace(tt.err), strings.TrimSpace(err.Error()), tt.name)
	}
}

// A check prints its findings and no further error.
func TestFindingsAreToldOnce(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	report(&text, errFound)
	assert.Empty(t, text.String())
	assert.Equal(t, 1, exitCode(errFound))
}
