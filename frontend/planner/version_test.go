package planner_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// A package whose version git tells is built with a file that says what git says, and
// so are the checks that build it. Git is asked only for packages that need it.
func TestVersionsFromGit(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(scmWorkspace()), client{})
	require.NoError(t, err)
	_, err = planned(in)
	var unknown *planner.Unknown
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, []string{"numbers", "words"}, slices.Sorted(maps.Keys(unknown.Versions)))

	commit := &project.Commit{Hash: "0123456789abcdef0123456789abcdef01234567", Short: "0123456", Time: time.Unix(1700000000, 0).UTC(), Tag: "v1.2.0", Distance: 3}
	in.Described = map[string]planner.Described{"words": {Commit: commit}, "numbers": {Problem: "the clone is shallow: fetch more"}}
	p, err := planned(in)
	require.NoError(t, err)
	members := map[string]*plan.Member{}
	for _, m := range plan.Each[plan.Member](p) {
		members[m.Name] = m
	}
	text := plan.File{Path: "words/.git_archival.txt", Content: "node: 0123456789abcdef0123456789abcdef01234567\ndescribe-name: v1.2.0-3-g012345678\n"}
	assert.Equal(t, []plan.File{text}, members["big-words"].Written)
	assert.Empty(t, members["numbers"].Written)
	assert.Equal(t, "the clone is shallow: fetch more", members["numbers"].Unversioned)
	assert.Empty(t, members["fixed"].Written)
	// The dependencies of numbers are dynamic, so the check of the lock builds it.
	in.Described["numbers"] = planner.Described{Commit: commit}
	p, err = planned(in)
	require.NoError(t, err)
	text.Path = "numbers/.git_archival.txt"
	assert.Equal(t, []plan.File{text}, plan.First[plan.LockCheck](p).Written)

	// A version that the client gives counts instead, and asks git for nothing.
	in.Described, in.BuildArgs = nil, map[string]string{"SETUPTOOLS_SCM_PRETEND_VERSION": "1.5"}
	p, err = planned(in)
	require.NoError(t, err)
	assert.Empty(t, plan.All[plan.Member](p)[0].Written)
}

// A context without a repository is told from one whose repository is hidden.
func TestWhyGitTellsNothing(t *testing.T) {
	t.Parallel()
	for ignored, want := range map[string]string{
		"":     "the build context has no .git",
		".git": ".dockerignore hides .git: take it out there",
	} {
		in, err := newInput(contextOf(scmWorkspace()), client{})
		require.NoError(t, err)
		if ignored != "" {
			in.Workspace.Ignored = planner.IgnoreFile{Name: ".dockerignore", Patterns: []string{ignored}}
		}
		in.Described = map[string]planner.Described{"words": {}, "numbers": {}}
		p, err := planned(in)
		require.NoError(t, err)
		assert.Equal(t, want, plan.All[plan.Member](p)[0].Unversioned)
	}
}
