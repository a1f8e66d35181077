package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

func TestTableOptions(t *testing.T) {
	t.Parallel()
	tests := []struct {
		table string
		want  lint.Options
		err   string
	}{
		{"", lint.Options{}, ""},
		{"skip = ['SecretInEnv', 'all']", lint.Options{Skip: []string{"SecretInEnv", "all"}}, ""},
		{"error = true", lint.Options{Error: true}, ""},
		{"skip = [\n  'SecretInEnv',\n  'UnusedInclud',\n]", lint.Options{}, `pyproject.toml:4: check.skip: unknown rule "UnusedInclud": did you mean "UnusedInclude"?`},
		{"skip = ['LockMissing']", lint.Options{}, "pyproject.toml:2: check.skip: LockMissing is a mistake that no build gets past, so it cannot be skipped: remove the name"},
		{"skip = ['Nonsense']", lint.Options{}, `pyproject.toml:2: check.skip: unknown rule "Nonsense": known are all, Boto3Shipped, DevGroupInstalled, ExtensionNotExecutable, FileReplaced, HandlerNotCallable, ` +
			"ImageIndex, ImportNotFound, LargeContext, LinkDangling and 14 more"},
	}
	for _, tt := range tests {
		doc, err := source.Parse("pyproject.toml", []byte("[tool.uvlambda.check]\n"+tt.table+"\n"))
		require.NoError(t, err)
		s, err := spec.Parse(doc)
		require.NoError(t, err)
		opts, err := lint.TableOptions(s)
		if tt.err != "" {
			require.EqualError(t, err, tt.err)
			continue
		}
		require.NoError(t, err)
		assert.Equal(t, tt.want, opts, tt.table)
	}
}

func TestSkipAll(t *testing.T) {
	t.Parallel()
	warnings, err := checkExample(t, mustLookup(t, "SecretInEnv").Bad, lint.Options{Skip: []string{lint.All}})
	require.NoError(t, err)
	assert.Empty(t, warnings)
}
