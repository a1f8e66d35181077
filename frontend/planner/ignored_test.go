package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

func TestCheckIgnored(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		dir      string
		patterns []string
		read     map[string]string
		want     string
	}{
		{"nothing", ".", nil, nil, ""},
		{"others", ".", []string{"*.md", "docs/uv.lock"}, nil, ""},
		{"taken back", ".", []string{"**", "!uv.lock"}, nil, ""},
		{"hidden", ".", []string{"docs", "*.lock"}, map[string]string{".dockerignore": "# text\ndocs/\n\n*.lock\n"},
			`.dockerignore:4: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`},
		{"hidden again", ".", []string{"*", "!uv.lock", "uv.lock"}, map[string]string{".dockerignore": "*\n!uv.lock\nuv.lock\n"},
			`.dockerignore:3: "uv.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`},
		{"hidden with its folder", "svc", []string{"svc"}, map[string]string{".dockerignore": "svc\n"},
			`.dockerignore:1: "svc" hides svc/uv.lock, which the build needs: remove it, or add the line !svc/uv.lock`},
		{"by the build file's own", ".", []string{"*.lock"}, map[string]string{"pyproject.toml.dockerignore": "*.lock\n", ".dockerignore": "\n"},
			`pyproject.toml.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`},
		{"by a file that hides itself", ".", []string{"*"}, nil,
			`.dockerignore: "*" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w, err := planner.NewWorkspace(test.dir, contextOf(nil))
			require.NoError(t, err)
			err = planner.CheckIgnored(w, planner.Ignored{
				Patterns: test.patterns, Names: planner.IgnoreFiles("svc/pyproject.toml"), Read: contextOf(test.read),
			})
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.want)
			requireLocated(t, err)
		})
	}
}
