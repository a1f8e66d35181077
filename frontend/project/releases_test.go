package project_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/project"
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
		told := false
		for _, release := range project.Releases([]string{tt.a, tt.b}) {
			told = told || project.AllowsRelease(tt.a, release) != project.AllowsRelease(tt.b, release)
		}
		assert.Equal(t, tt.same, !told, "%s %s", tt.a, tt.b)
	}
}
