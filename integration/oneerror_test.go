package integration

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
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

// TestUVsWordsOnce: a step that fails is run again on the whole files, for uv's
// words. They are in the error, and in no log of a step, of which docker buildx
// prints each a second time.
func TestUVsWordsOnce(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	files := chained(t, locked{from: serveFile(t, wheel), data: wheel})
	for _, check := range []string{"unchecked", "checked"} {
		dir := newFunction(t, withSyntaxLines(replaced(files, fmt.Sprintf("size = %d", len(wheel)), "size = -1", `"unchecked"`, `"`+check+`"`)))
		for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
			result := door.Build(t, dir, "--progress", "plain")
			require.Error(t, result.Err)
			require.Equal(t, 1, strings.Count(result.Stderr, "invalid value: integer `-1`"), "%s: %s", door.Name, result.Stderr)
			require.NotContains(t, result.Stderr, "Using CPython", door.Name)
		}
	}
}
