package main

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSchema prints what is published in docs.
func TestSchema(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("../../docs/uvlambda.schema.json")
	require.NoError(t, err)
	out, err := run(t, "schema")
	require.NoError(t, err)
	assert.Equal(t, string(want), out)
}
