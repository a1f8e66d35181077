package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

func TestTargets(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text, standard string
		want           []string
	}{
		{"include = ['a']\n", "image", []string{"image", "zip", "layer", "app", "dir", "test", "lock"}},
		{"[functions.a]\n", "a/image", []string{"a/image", "a/zip", "a/layer", "a/app", "a/dir", "a/test", "lock"}},
		{"[functions.b]\n[functions.a]\n", "", []string{
			"b/image", "b/zip", "b/layer", "b/app", "b/dir", "b/test", "a/image", "a/zip", "a/layer", "a/app", "a/dir", "a/test", "lock",
		}},
	}
	for _, tt := range tests {
		doc, err := source.Parse("uvlambda.toml", []byte(tt.text))
		require.NoError(t, err)
		table, err := spec.Parse(doc)
		require.NoError(t, err)
		var names []string
		standard := ""
		for _, target := range planner.Targets(table) {
			names = append(names, target.String())
			line := 1
			if target.Function == "a" {
				line = strings.Count(tt.text, "\n")
			}
			assert.Equal(t, plan.Location{File: "uvlambda.toml", Line: line, EndLine: line}, target.Source, target)
			if target.Default {
				standard += target.String()
			}
			// --target takes each target that is listed.
			s, output, err := planner.ParseTarget(target.String(), table)
			require.NoError(t, err)
			assert.Equal(t, target.Output, output)
			if target.Output != plan.OutputLock {
				assert.Equal(t, target.Function, s.Name)
			}
		}
		assert.Equal(t, tt.want, names)
		assert.Equal(t, tt.standard, standard)
	}
}
