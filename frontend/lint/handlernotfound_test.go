package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestHandlerNotFound(t *testing.T) {
	t.Parallel()
	_, err := checkExample(t, mustLookup(t, "HandlerNotFound").Bad, lint.Options{Skip: []string{lint.All}})
	require.ErrorContains(t, err, `pyproject.toml:7: handler "api.handler": its module is not in the build context`)
	assert.Equal(t, []string{"HandlerNotFound"}, rulesOf(err))

	_, err = checkExample(t, table("", "-- app.py --\n"), lint.Options{})
	require.ErrorContains(t, err, "pyproject.toml:6: no handler was found")
	assert.Equal(t, []string{"HandlerNotFound"}, rulesOf(err))
}
