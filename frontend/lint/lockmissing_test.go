package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestLockMissing(t *testing.T) {
	t.Parallel()
	_, err := checkExample(t, mustLookup(t, "LockMissing").Bad, lint.Options{Skip: []string{lint.All}})
	require.EqualError(t, err, "pyproject.toml:1: uv.lock is missing: write it with `uv lock`, or without uv by `uvlambda build --target lock -o . .`")
	assert.Equal(t, []string{"LockMissing"}, rulesOf(err))
}
