package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// TestExcludeOfALinkedFile gives no pattern to the copy of a file.
func TestExcludeOfALinkedFile(t *testing.T) {
	t.Parallel()
	all := map[string]string{"app/__init__.py": "", "app/x": "../docs/notes", "docs/notes": ""}
	in := linkedInput(t, `exclude = ["docs/**", "**/drafts"]`, all)
	in.Listing = tree(all)
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	require.Len(t, decided.Plan.App.Copies, 2)
	assert.Equal(t, []string{"**/__pycache__", "**/*.pyc"}, decided.Plan.App.Copies[1].Exclude)
}
