package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// unusedInclude finds includes that change nothing.
func unusedInclude() Rule {
	return Rule{
		Name:        "UnusedInclude",
		Description: "An include should bring something that is not there without it",
		Why: "The handler's own top-level package or module is copied by itself, with all that is in it, and so is a folder that `include` names. An include of a part of them, to the same place, does nothing. " +
			"One that brings back what `exclude` leaves out does.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.main.handler"
include = ["app/templates"]
-- app/main.py --
def handler(event, context):
    return "hello"
-- app/templates/hello.txt --
hello
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.main.handler"
include = ["templates"]
-- app/main.py --
def handler(event, context):
    return "hello"
-- templates/hello.txt --
hello
`},
		find: findUnused,
	}
}

// findUnused looks at the application's copies: only they come from includes.
func findUnused(in *Input) []finding {
	app := plan.First[plan.App](in.Plan)
	if app == nil {
		return nil
	}
	var all []finding
	// The copies of includes come first, one for each.
	includes := slices.DeleteFunc(in.Spec.LocalIncludes(), func(i spec.Include) bool { return path.IsAbs(i.To) })
	for i, c := range app.Copies[:len(includes)] {
		for j, other := range app.Copies {
			if i != j && covers(other, c) {
				all = append(all, finding{fmt.Sprintf("%s is copied with %s already: remove the include", c.From, other.From), c.Source})
				break
			}
		}
	}
	return all
}

// covers tells whether one copy brings all of another, to the same place. Of
// two that are the same, neither does: that is an error elsewhere.
func covers(outer, inner plan.Copy) bool {
	rel, ok := strings.CutPrefix(inner.From, outer.From+"/")
	if outer.From == "." {
		rel, ok = inner.From, inner.From != "."
	}
	if !ok || path.Join(outer.To, rel) != inner.To {
		return false
	}
	excluded, err := files.Matches(outer.Exclude, rel)
	return err == nil && !excluded
}
