package integration

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestOneErrorOfAStaleLock: uv says once that the lock is old, and what ends the
// build is the one error that says what mends it.
func TestOneErrorOfAStaleLock(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": strings.Replace(projectTable, "dependencies = []", `dependencies = ["example-dist"]`, 1) + handlerTable,
	})
	for _, progress := range []string{"plain", "quiet"} {
		command := env.Command(t.Context(), env.Binary("uvlambda"), "build", "--progress", progress, dir)
		var stderr bytes.Buffer
		command.Stderr = &stderr
		require.Error(t, command.Run())
		text := stderr.String()
		lines := strings.Split(strings.TrimSpace(text), "\n")
		require.Regexp(t, `^ERROR: pyproject.toml:\d+: uv.lock `, lines[len(lines)-1])
		require.NotContains(t, text, "\n------\n", "the log of the step is repeated")
	}
}
