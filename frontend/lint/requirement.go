package lint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"deps.dev/util/pypi"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// requirement is an entry of a list in pyproject.toml (PEP 508).
type requirement struct {
	name      string
	extras    []string
	specifier string
	// marker holds the extra too that the requirement is of.
	marker string
	// text is what was written, at the line where.
	text string
	at   plan.Location
}

// group is a dependency group with the groups that it includes (PEP 735).
type group struct {
	items []requirement
	at    plan.Location
}

// requirementsOf gives the dependencies of a project and of its extras, which a lock
// has in one list.
func requirementsOf(py *project.Pyproject) []requirement {
	all := readList(py, "project", "dependencies")
	for _, extra := range py.Doc.Keys("project", "optional-dependencies") {
		for _, r := range readList(py, "project", "optional-dependencies", extra) {
			if r.marker != "" {
				r.marker += " and "
			}
			r.marker += fmt.Sprintf("extra == '%s'", project.NormalizeName(extra))
			all = append(all, r)
		}
	}
	return all
}

// groupsOf are the groups of a project by their normalized names. uv adds its
// older table to the group dev.
func groupsOf(py *project.Pyproject) map[string]group {
	groups := map[string]group{}
	for _, key := range py.Doc.Keys("dependency-groups") {
		groups[project.NormalizeName(key)] = group{readGroup(py, key, nil), py.Doc.Locate("dependency-groups", key)}
	}
	if older := []string{"tool", "uv", "dev-dependencies"}; py.Doc.Has(older...) {
		dev, there := groups[devGroup]
		if !there {
			dev.at = py.Doc.Locate(older...)
		}
		dev.items = append(dev.items, readList(py, older...)...)
		groups[devGroup] = dev
	}
	return groups
}

// readGroup reads a group and the groups that it includes. It follows no group of
// the path so far again.
func readGroup(py *project.Pyproject, key string, path []string) []requirement {
	all := readList(py, "dependency-groups", key)
	items, _ := py.Doc.Value("dependency-groups", key).([]any)
	for _, item := range items {
		table, _ := item.(map[string]any)
		included, _ := table["include-group"].(string)
		for _, other := range py.Doc.Keys("dependency-groups") {
			if project.NormalizeName(other) == project.NormalizeName(included) && !slices.Contains(path, other) {
				all = append(all, readGroup(py, other, append(path, key))...)
			}
		}
	}
	return all
}

// readList reads the requirements of one list. uv reports items that are none.
func readList(py *project.Pyproject, path ...string) []requirement {
	var all []requirement
	items, _ := py.Doc.Value(path...).([]any)
	for i, item := range items {
		text, _ := item.(string)
		// The parser wants a space before the URL, PEP 508 does not.
		read, err := pypi.ParseDependency(strings.Replace(text, "@", " @", 1))
		if err != nil {
			continue
		}
		r := requirement{name: project.NormalizeName(read.Name), marker: read.Environment, text: text, at: py.Doc.Locate(append(slices.Clone(path), strconv.Itoa(i))...)}
		if read.Extras != "" {
			r.extras = strings.Split(read.Extras, ",")
		}
		if !strings.HasPrefix(read.Constraint, "@") {
			r.specifier = read.Constraint
		}
		all = append(all, r)
	}
	return all
}

// sourced are the names of the requirements that are locked from elsewhere than an
// index. The lock does not say for which versions.
func sourced(locked []project.Requirement) []string {
	var names []string
	for _, r := range locked {
		if r.URL != "" || r.Git != "" || r.Path != "" || r.Directory != "" || r.Editable != "" || r.Virtual != "" {
			names = append(names, r.Name)
		}
	}
	return names
}

// keyOf is equal for requirements that ask for the same, as far as is compared.
func keyOf(name string, extras []string, specifier string, sourced []string) string {
	var parts []string
	for _, extra := range extras {
		parts = append(parts, project.NormalizeName(strings.TrimSpace(extra)))
	}
	slices.Sort(parts)
	key := name + "[" + strings.Join(parts, ",") + "]"
	if slices.Contains(sourced, name) {
		return key
	}
	return key + canonical(specifier)
}

// canonical writes a version specifier in one way: clauses sorted, versions
// without what makes no difference (PEP 440).
func canonical(specifier string) string {
	var clauses []string
	for clause := range strings.SplitSeq(specifier, ",") {
		clause = strings.Join(strings.Fields(clause), "")
		version := strings.TrimLeft(clause, "<>=!~")
		if clause != "" {
			clauses = append(clauses, clause[:len(clause)-len(version)]+pypi.CanonVersion(version))
		}
	}
	slices.Sort(clauses)
	return strings.Join(clauses, ",")
}
