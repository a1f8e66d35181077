package contexts

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/history"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// Describe asks the git repository of a context what it says of the commit that is
// checked out, for the tags that count for each package.
func Describe(ctx context.Context, c Context, packages map[string]project.Tags) (map[string]planner.Described, error) {
	repository, err := c.Repository(ctx)
	if err != nil {
		return nil, Reading(err, ".git")
	}
	all := map[string]planner.Described{}
	if repository == nil {
		for dir := range packages {
			all[dir] = planner.Described{}
		}
		return all, nil
	}
	defer repository.Close()
	known := map[string]planner.Described{}
	for _, dir := range slices.Sorted(maps.Keys(packages)) {
		key := fmt.Sprintf("%#v", packages[dir])
		if _, ok := known[key]; !ok {
			known[key] = described(repository.Describe(packages[dir]))
		}
		all[dir] = known[key]
	}
	return all, nil
}

// described says for people why git says nothing, and what mends that.
func described(commit *project.Commit, err error) planner.Described {
	switch {
	case err == nil:
		return planner.Described{Commit: commit}
	case errors.Is(err, history.ErrShallow):
		return planner.Described{Problem: err.Error() + ": fetch them with `git fetch --unshallow --tags`"}
	case errors.Is(err, history.ErrNoTag):
		return planner.Described{Problem: err.Error() + ": tag one, or fetch the tags with `git fetch --tags`"}
	default:
		return planner.Described{Problem: err.Error()}
	}
}
