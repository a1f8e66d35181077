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

// TestBlockedRuntimes: what is said of a runtime that no function can have any more.
func TestBlockedRuntimes(t *testing.T) {
	t.Parallel()
	runtime, ok := project.LookupRuntime(project.Version{Major: 3, Minor: 9})
	require.True(t, ok)
	for day, want := range map[string]string{
		"2027-01-31": "no function can be created with it from 2027-02-01, and none updated from 2027-03-03",
		"2027-02-01": "no function can be created with it since 2027-02-01, and none updated from 2027-03-03",
		"2027-03-03": "no function can be created with it since 2027-02-01, and none updated since 2027-03-03",
	} {
		warnings, err := checkAs(t, lint.Example{Day: day}, lint.Options{}, func(in *lint.Input) { in.Runtime = runtime })
		require.NoError(t, err)
		require.Len(t, warnings, 1)
		assert.Equal(t, "Lambda has deprecated Python 3.9 on 2025-12-15, and "+want+": move to a newer version", warnings[0].Message, day)
	}
}

// Every runtime that AWS supports has a date.
func TestDeprecationsAreComplete(t *testing.T) {
	t.Parallel()
	for _, rt := range project.Supported() {
		warnings, err := checkAs(t, lint.Example{Day: "2035-01-01"}, lint.Options{}, func(in *lint.Input) { in.Runtime = rt })
		require.NoError(t, err)
		assert.Len(t, warnings, 1, rt.Version)
	}
}
