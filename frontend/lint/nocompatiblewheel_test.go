package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestNoCompatibleWheel(t *testing.T) {
	t.Parallel()
	missing := mustLookup(t, "NoCompatibleWheel").Bad
	_, err := checkExample(t, missing, lint.Options{Skip: []string{lint.All}})
	require.ErrorContains(t, err, "fast-json 2.1.0 <- your dependencies, line 5 of pyproject.toml: it has wheels for macosx_11_0_arm64")
	assert.Equal(t, []string{"NoCompatibleWheel"}, rulesOf(err))

	// One error has the mistakes of several rules.
	missing.Files += "-- app.py --\n"
	_, err = checkExample(t, missing, lint.Options{})
	assert.Equal(t, []string{"NoCompatibleWheel", "HandlerNotFound"}, rulesOf(err))
}
