package project

import (
	"fmt"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// Conflict is an extra or a group of a package, in a set whose entries exclude
// one another
// (https://docs.astral.sh/uv/concepts/projects/config/#conflicting-dependencies).
type Conflict struct {
	Package string
	Extra   string
	Group   string
}

// checkConflicts refuses a selection with two entries of one set.
func (l *Lock) checkConflicts(s selection) error {
	for _, set := range l.Conflicts {
		var chosen []string
		for _, c := range set {
			switch {
			case c.Package != s.pkg.Name:
			case slices.Contains(s.extras, c.Extra):
				chosen = append(chosen, fmt.Sprintf("extra %q", c.Extra))
			case slices.Contains(s.groups, c.Group):
				chosen = append(chosen, fmt.Sprintf("group %q", c.Group))
			}
		}
		if len(chosen) > 1 {
			return fmt.Errorf("%s of package %q exclude one another by [tool.uv] conflicts: choose one",
				suggest.And(chosen), s.pkg.Name)
		}
	}
	return nil
}
