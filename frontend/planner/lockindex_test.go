package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// A lock that ties a package to a folder by its place elsewhere is checked by the place
// that the folder has in a build.
func TestLockOfAFolderElsewhere(t *testing.T) {
	t.Parallel()
	lock := func(place string) string {
		return baseLock + "\n[package.metadata]\nrequires-dist = [{ name = \"x\", index = \"" + place + "\" }]\n" + `
[[package]]
name = "x"
version = "1.0"
source = { registry = "wheel house" }
wheels = [{ path = "x-1.0-py3-none-any.whl" }]
`
	}
	for _, tt := range []struct{ place, want string }{
		{"file:///home/me/shop/wheel%20house", "file:///src/wheel%20house"},
		{"file:///src/wheel%20house", ""},
		{"file:///home/me/shop/wheels", ""},
		{"https://packages.example.com/wheel%20house", ""},
	} {
		p, err := newPlan(contextOf(change(map[string]string{"uv.lock": lock(tt.place)})), client{})
		require.NoError(t, err)
		var placed []plan.File
		for _, f := range plan.First[plan.LockCheck](p).Reduced {
			if f.Path == "uv.lock" {
				placed = append(placed, f)
			}
		}
		if tt.want == "" {
			assert.Empty(t, placed, tt.place)
			continue
		}
		assert.Equal(t, []plan.File{{Path: "uv.lock", Content: lock(tt.want), Altered: true}}, placed)
	}
}
