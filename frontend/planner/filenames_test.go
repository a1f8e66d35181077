package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// TestNamesThatAreNotUTF8 refuses the files of an application by their names,
// unless a pattern leaves them out.
func TestNamesThatAreNotUTF8(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"app/\ufffd.md":        "",
		"app/a/\xff.txt":       "",
		"app/drafts/\xff.md":   "",
		"other/\xff":           "",
		"app/a/caf\xe9 [1].md": `pyproject.toml:8: the name of the file "app/a/caf\xe9 [1].md" is not UTF-8: rename it, or leave it out by the line app/a/caf? [\[]1[\]].md in .dockerignore`,
	} {
		all := map[string]string{"app/__init__.py": "", "app/main.py": "", name: ""}
		in := linkedInput(t, `exclude = ["app/drafts", "**/?.txt"]`, all)
		in.Listing = tree(all)
		_, err := planner.Decide(in)
		if want == "" {
			require.NoError(t, err, "%q", name)
			continue
		}
		assert.EqualError(t, err, want, "%q", name)
	}
}

// TestExcludeOfALinkedFile gives no pattern to the copy of a file.
func TestExcludeOfALinkedFile(t *testing.T) {
	t.Parallel()
	all := map[string]string{"app/__init__.py": "", "app/x": "../docs/notes", "docs/notes": ""}
	in := linkedInput(t, `exclude = ["docs/**", "**/drafts"]`, all)
	in.Listing = tree(all)
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	require.Len(t, plan.First[plan.App](decided.Plan).Copies, 2)
	assert.Equal(t, []string{"**/__pycache__", "**/*.pyc"}, plan.First[plan.App](decided.Plan).Copies[1].Exclude)
}
