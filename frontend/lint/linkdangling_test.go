package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

// The warning distinguishes a link to a hidden file from a link to nothing.
func TestLinkToHiddenFile(t *testing.T) {
	t.Parallel()
	bad := mustLookup(t, "LinkDangling").Bad
	ignored := lint.Example{Links: bad.Links, Files: bad.Files + "-- .dockerignore --\ndocs\nconfig/\n"}
	assert.Equal(t, []string{"pyproject.toml:7: app/settings.toml is a symbolic link to ../config/prod.toml, which the line \"config/\" of .dockerignore hides, " +
		"so that the link is left out: remove it, or add the line !config at the end"}, messages(t, ignored))
}
