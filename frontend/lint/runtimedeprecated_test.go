package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/project"
)

func TestRuntimeDeprecated(t *testing.T) {
	t.Parallel()
	old := mustLookup(t, "RuntimeDeprecated").Bad.Files
	soon := []string{"pyproject.toml:8: Lambda deprecates Python 3.11 on 2027-06-30: move to a newer version"}
	past := []string{"pyproject.toml:8: Lambda has deprecated Python 3.11 on 2027-06-30: move to a newer version"}
	for day, want := range map[string][]string{
		"2026-12-31": nil,
		"2027-01-01": soon,
		"2027-06-29": soon,
		"2027-06-30": past,
		"2031-01-01": past,
	} {
		assert.Equal(t, want, messages(t, lint.Example{Day: day, Files: old}), day)
	}
}

// Every runtime has a date.
func TestDeprecationsAreComplete(t *testing.T) {
	t.Parallel()
	for _, rt := range project.Runtimes() {
		warnings, err := checkAs(t, lint.Example{Day: "2035-01-01"}, lint.Options{}, func(in *lint.Input) { in.Runtime = rt })
		require.NoError(t, err)
		assert.Len(t, warnings, 1, rt.Version)
	}
}
