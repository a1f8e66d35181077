package project

import (
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/pypi"

	"github.com/uvlambda/uvlambda/plan"
)

// List names one of a project's lists of requirements: a group or an extra, by its
// normalized name. With neither it is the list that is always installed.
type List struct{ Group, Extra string }

// Declares gives the lines on which a list asks for a package, through the
// groups that a group includes and the extras that an extra has of its own
// project (PEP 508, PEP 735). Where several lines are for the same package,
// the first whose marker holds in env counts, and without any the first.
func (p *Pyproject) Declares(name string, in List, env Environment) (plan.Location, bool) {
	s := requirementSearch{project: p, name: NormalizeName(name), env: env}
	s.list(in)
	switch {
	case len(s.held) > 0:
		return s.held[0], true
	case len(s.found) > 0:
		return s.found[0], true
	default:
		return plan.Location{}, false
	}
}

// Lists gives all lists of the project, the dependencies first.
func (p *Pyproject) Lists() []List {
	lists := []List{{}}
	for _, group := range p.Groups {
		lists = append(lists, List{Group: group})
	}
	for _, extra := range p.Doc.Keys("project", "optional-dependencies") {
		lists = append(lists, List{Extra: NormalizeName(extra)})
	}
	return lists
}

// requirementSearch looks for the lines that ask for one package.
type requirementSearch struct {
	project *Pyproject
	name    string
	env     Environment
	// seen are the lists that were searched: they may include one another.
	seen []List
	// found are the lines for the package, and held the lines with a marker that
	// holds.
	found, held []plan.Location
}

// list searches one list.
func (s *requirementSearch) list(in List) {
	if slices.Contains(s.seen, in) {
		return
	}
	s.seen = append(s.seen, in)
	for _, path := range s.project.listPaths(in) {
		items, _ := s.project.Doc.Value(path...).([]any)
		for i, item := range items {
			s.item(item, s.project.Doc.Locate(append(slices.Clone(path), strconv.Itoa(i))...))
		}
	}
}

// item looks at one entry of a list: a requirement or an included group.
func (s *requirementSearch) item(item any, loc plan.Location) {
	if table, ok := item.(map[string]any); ok {
		group, _ := table["include-group"].(string)
		s.list(List{Group: NormalizeName(group)})
		return
	}
	text, _ := item.(string)
	// The parser wants a space before the URL, PEP 508 does not.
	requirement, err := pypi.ParseDependency(strings.Replace(text, "@", " @", 1))
	if err != nil {
		return
	}
	switch NormalizeName(requirement.Name) {
	case s.name:
		s.found = append(s.found, loc)
		if ok, err := evaluateMarker(requirement.Environment, s.env, nil); ok && err == nil {
			s.held = append(s.held, loc)
		}
	case NormalizeName(s.project.Name):
		for extra := range strings.SplitSeq(requirement.Extras, ",") {
			s.list(List{Extra: NormalizeName(strings.TrimSpace(extra))})
		}
	}
}

// listPaths are where a list stands in the document; names are compared in
// their normalized form, and uv adds its older table to the group dev.
func (p *Pyproject) listPaths(in List) [][]string {
	switch {
	case in.Group == "dev":
		return append(p.keysNamed(in.Group, "dependency-groups"), []string{"tool", "uv", "dev-dependencies"})
	case in.Group != "":
		return p.keysNamed(in.Group, "dependency-groups")
	case in.Extra != "":
		return p.keysNamed(in.Extra, "project", "optional-dependencies")
	default:
		return [][]string{{"project", "dependencies"}}
	}
}

// keysNamed are the paths of the keys of a table that have a normalized name.
func (p *Pyproject) keysNamed(name string, table ...string) [][]string {
	var paths [][]string
	for _, key := range p.Doc.Keys(table...) {
		if NormalizeName(key) == name {
			paths = append(paths, append(slices.Clone(table), key))
		}
	}
	return paths
}
