package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSchema prints the schemas that docs publishes.
func TestSchema(t *testing.T) {
	t.Parallel()
	for file, args := range map[string][]string{
		"uvlambda.schema.json":  {"schema"},
		"pyproject.schema.json": {"schema", "--pyproject"},
	} {
		want, err := os.ReadFile("../../docs/" + file)
		require.NoError(t, err)
		out, err := run(t, args...)
		require.NoError(t, err)
		assert.Equal(t, string(want), out, file)
	}
}
