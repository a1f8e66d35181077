package contexts

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// A lock is resolved from the project files of all members, hidden ones too, and
// from no others that are hidden.
func TestLockReadsPastIgnored(t *testing.T) {
	t.Parallel()
	patterns := append(pastIgnored([]string{"other", "*.lock", ".venv", "**/*.md"}), notProjects...)
	ignore, err := files.NewIgnore(patterns)
	require.NoError(t, err)
	for name, want := range map[string]bool{
		"uv.lock": true, "poetry.lock": false, "other/pyproject.toml": true, "other/deep/setup.py": true, "other/src/a.py": false,
		"README.md": false, "lib/a.py": true, ".venv/lib/a/pyproject.toml": false, "web/node_modules/a/setup.py": false,
	} {
		hidden, err := ignore.Hides(name)
		require.NoError(t, err)
		assert.Equal(t, want, !hidden, name)
	}
	assert.Empty(t, pastIgnored(nil))
}
