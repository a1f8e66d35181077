package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestHasMember(t *testing.T) {
	t.Parallel()
	p := &Pyproject{
		Workspace:        true,
		WorkspaceMembers: []string{"library", "./tools/", "packages/*", "services/**/api", "[broken"},
		WorkspaceExclude: []string{"packages/old*"},
	}
	for dir, want := range map[string]bool{
		".":                  true,
		"library":            true,
		"library/src":        false,
		"tools":              true,
		"packages":           false,
		"packages/one":       true,
		"packages/one/two":   false,
		"packages/older":     false,
		"services/api":       true,
		"services/a/b/api":   true,
		"services/a/api/app": false,
		"[broken":            false,
	} {
		assert.Equal(t, want, p.HasMember(dir), dir)
	}
	assert.False(t, (&Pyproject{}).HasMember("."))
}
