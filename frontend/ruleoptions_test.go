package frontend

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// What is said of rules counts from the nearest place that says it.
func TestRuleOptions(t *testing.T) {
	t.Parallel()
	const table = "\n[tool.uvlambda.check]\nskip = [\"UnpinnedImage\"]\n"
	argument := func(value string) map[string]string {
		return map[string]string{"build-arg:BUILDKIT_DOCKERFILE_CHECK": value}
	}
	tests := []struct {
		name, head, table string
		opts              map[string]string
		warned            bool
		err               string
	}{
		{"nothing", "", "", nil, true, ""},
		{"the table", "", table, nil, false, ""},
		{"the comment", "# check=skip=SecretInEnv, UnpinnedImage;error=true\n", "", nil, false, ""},
		{"the comment below others", "# syntax=registry.example.com/uvlambda:1\n# check=skip=all\n", "", nil, false, ""},
		{"the comment over the table", "# check=skip=SecretInEnv\n", table, nil, true, ""},
		{"the argument over both", "# check=skip=all\n", table, argument("skip=SecretInEnv"), true, ""},
		{"the argument", "", "", argument("skip=all"), false, ""},
		{"no comment for rules", "# text\n# check=skip=all\n", "", nil, true, ""},
		{"an unknown rule", "# check=skip=UnpinnedImages\n", "", nil, false, `pyproject.toml:1: check: unknown rule "UnpinnedImages": did you mean "UnpinnedImage"?`},
		{"a mistake's rule", "# check=skip=LockMissing\n", "", nil, false, "pyproject.toml:1: check: LockMissing is a mistake that no build gets past, so it cannot be skipped: remove the name"},
		{"an unknown word", "# check=skipp=all\n", "", nil, false, `pyproject.toml:1: invalid check option "skipp": write it as in # check=skip=RULE,RULE;error=true`},
		{"experimental rules", "# check=experimental=all\n", "", nil, false, "pyproject.toml:1: check: there are no experimental rules: remove experimental"},
		{"an unknown rule in the argument", "", "", argument("skip=Unpinned"), false, `BUILDKIT_DOCKERFILE_CHECK: unknown rule "Unpinned": known are `},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			context := unpinned()
			context["pyproject.toml"] = tt.head + context["pyproject.toml"] + tt.table
			s := newStub(context, tt.opts)
			_, err := buildForTest(t.Context(), s)
			if tt.err != "" {
				require.ErrorContains(t, err, tt.err)
				return
			}
			require.NoError(t, err)
			assert.Equal(t, tt.warned, len(s.warnings) == 1, "%q", s.warnings)
		})
	}
}

// A check does not count what buildx asks for by itself.
func TestAttestationsOfChecks(t *testing.T) {
	t.Parallel()
	for value, warned := range map[string]bool{"mode=min,inline-only=true": false, "mode=max": true} {
		results, _, _ := checkStub(t, greeting(), map[string]string{"attest:provenance": value})
		assert.Equal(t, warned, len(results.Warnings) == 1, value)
	}
	s := newStub(greeting(), map[string]string{"attest:provenance": "mode=min,inline-only=true"})
	_, err := buildForTest(t.Context(), s)
	require.NoError(t, err)
	assert.Len(t, s.warnings, 1, "a build is what exports them")
}

// The day decides what is told of a runtime, and nothing else.
func TestDay(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	_, err := Build(t.Context(), s, Options{Today: time.Date(2029, time.July, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	assert.Equal(t, []string{"RuntimeDeprecated: Lambda has deprecated Python 3.13 on 2029-06-30: move to a newer version (line 7)"}, s.warnings)
}
