package main

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestFirstStepsFitOnAScreen checks what no arguments print. That its commands
// work is checked where there are builders.
func TestFirstStepsFitOnAScreen(t *testing.T) {
	t.Parallel()
	out, err := run(t)
	require.NoError(t, err)
	assert.Equal(t, firstSteps, out)
	lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
	assert.LessOrEqual(t, len(lines), 24)
	for _, line := range lines {
		assert.LessOrEqual(t, len(line), 80, line)
	}
}
