package draw

import (
	"bytes"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestPlanWraps: no line is wider than the terminal, unless a word is, and the
// words are the words of the plan that is not wrapped.
func TestPlanWraps(t *testing.T) {
	t.Parallel()
	p := &plan.Plan{
		Project: "demo", Output: plan.OutputImage, Platform: "linux/amd64",
		Python:   plan.Python{Version: "3.13", FullVersion: "3.13.5", Reason: "the newest that requires-python allows and that uv.lock has wheels for, of those that Lambda runs"},
		Base:     plan.Image{Ref: "example.com/lambda/python:3.13@sha256:" + strings.Repeat("0", 64)},
		Config:   &plan.Config{Cmd: []string{"app.handler"}, Env: map[string]string{"NAME": "a value of several words that is longer than the line is wide"}},
		Warnings: []plan.Warning{{Message: "the project is for a Python that Lambda will not run for much longer, so choose one that is newer"}},
	}
	var whole bytes.Buffer
	require.NoError(t, Text(&whole, p, 0))
	for _, width := range []int{40, 60, 80, 100, 200} {
		var text bytes.Buffer
		require.NoError(t, Text(&text, p, width))
		assert.ElementsMatch(t, strings.Fields(whole.String()), strings.Fields(text.String()))
		for line := range strings.Lines(text.String()) {
			line = strings.TrimSuffix(line, "\n")
			if !strings.Contains(line, "@sha256:") {
				assert.LessOrEqual(t, utf8.RuneCountInString(line), width, line)
			}
		}
	}
	var narrow bytes.Buffer
	require.NoError(t, Text(&narrow, p, 10))
	assert.Equal(t, whole.String(), narrow.String(), "there is no room to wrap")
}
