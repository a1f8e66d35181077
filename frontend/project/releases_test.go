package project

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
)

// TestReleases holds that some release tells two ranges apart if and only if
// they allow other Pythons.
func TestReleases(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		a, b string
		same bool
	}{
		{">=3.13", ">= 3.13.0", true},
		{"==3.13.*", ">=3.13,<3.14", true},
		{"~=3.13.0", ">=3.13,<3.14", true},
		{">=3.13", "", false},
		{">=3.13", ">=3.13.5", false},
		{">=3.13.4", ">=3.13.5", false},
		{">=3.13", ">=3.13,<4", true}, // there is no Python 4 to tell them apart
		{">=3.13", ">=3.13,!=3.13.2", false},
		{">=3.12", ">=3.13", false},
	} {
		pair := specifiers(t, tt.a, tt.b)
		apart := slices.ContainsFunc(Releases(pair), func(release string) bool { return pair[0].Allows(release) != pair[1].Allows(release) })
		assert.Equal(t, tt.same, !apart, "%s %s", tt.a, tt.b)
	}
}
