package planner

import (
	"fmt"

	"github.com/moby/patternmatcher"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// CheckIgnored explains a missing uv.lock that the patterns of .dockerignore
// hide.
func CheckIgnored(w *Workspace, patterns []string) error {
	m, err := patternmatcher.New(patterns)
	if err != nil {
		return fmt.Errorf("reading .dockerignore: %w", err)
	}
	hidden, err := m.MatchesOrParentMatches(w.LockName())
	if err != nil || !hidden {
		return err
	}
	return source.Errorf(plan.Location{File: ".dockerignore"}, "its patterns hide %s, which the build needs: remove the pattern, or add the line !%s", w.LockName(), w.LockName())
}
