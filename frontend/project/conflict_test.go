package project

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestConflicts(t *testing.T) {
	t.Parallel()
	lock := loadLock(t, "conflicts.lock")
	env := TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64")
	tests := []struct{ groups, extras, want string }{
		{"", "cpu", ""},
		{"old", "cpu", ""},
		{"", "cpu gpu", `extra "cpu" and extra "gpu" of package "my-app" exclude one another by [tool.uv] conflicts: choose one`},
		{"old new", "", `group "new" and group "old" of package "my-app" exclude one another by [tool.uv] conflicts: choose one`},
	}
	for _, tt := range tests {
		_, err := lock.Closure("my-app", strings.Fields(tt.groups), strings.Fields(tt.extras), env)
		if tt.want == "" {
			assert.NoError(t, err)
		} else {
			assert.EqualError(t, err, tt.want)
		}
	}
}
