package project

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// Closure is all that one package needs on a target, in lock order.
type Closure struct {
	Root *Package
	// Packages are third-party.
	Packages []*Package
	// Members are the local packages that get installed, the root excluded.
	Members []*Package
	// Virtual are the local packages that are never built, the root excluded.
	Virtual []*Package
	// RootInstalled is set when the root itself is built and installed.
	RootInstalled bool

	// dependents has, for each package but the root, the one nearest to the
	// root that depends on it.
	dependents map[*Package]dependent
	env        Environment
}

// dependent is a package that depends on another, by one of its lists.
type dependent struct {
	pkg  *Package
	list List
}

// Closure follows the lock from the package root with the chosen groups and
// extras of that package. Default groups are not among them unless chosen.
func (l *Lock) Closure(root string, groups, extras []string, env Environment) (*Closure, error) {
	pkg := l.Find(root)
	if pkg == nil {
		return nil, fmt.Errorf("%s has no package %q: run `uv lock`", l.Name, root)
	}
	start := selection{pkg: pkg, groups: normalized(groups), extras: normalized(extras)}
	if err := start.check(); err != nil {
		return nil, err
	}
	if err := l.checkConflicts(start); err != nil {
		return nil, err
	}
	w := newWalk(l, env)
	w.activate("project", pkg.Name, "")
	for _, group := range start.groups {
		w.activate("group", pkg.Name, group)
	}
	for _, extra := range start.extras {
		w.activate("extra", pkg.Name, extra)
	}
	// Following an edge may choose an extra that a marker elsewhere asks about,
	// so the walk is repeated until it chooses nothing new.
	for {
		known := len(w.active)
		if err := w.run(start); err != nil {
			return nil, err
		}
		if len(l.Conflicts) == 0 || len(w.active) == known {
			return w.closure(pkg), nil
		}
	}
}

// selection is a package with its chosen extras and groups.
type selection struct {
	pkg            *Package
	groups, extras []string
}

func normalized(names []string) []string {
	list := slices.Clone(names)
	for i, name := range list {
		list[i] = NormalizeName(name)
	}
	return list
}

// check refuses groups and extras that the package does not have.
func (s selection) check() error {
	for _, kind := range []struct {
		name          string
		chosen, known []string
	}{
		{"dependency group", s.groups, s.pkg.Groups()},
		{"extra", s.extras, s.pkg.Extras()},
	} {
		for _, name := range kind.chosen {
			if !slices.Contains(kind.known, name) {
				otherwise := "it has " + cmp.Or(suggest.List(kind.known), "none")
				return fmt.Errorf("package %q has no %s %q: %s",
					s.pkg.Name, kind.name, name, suggest.OneOf(name, kind.known, otherwise))
			}
		}
	}
	return nil
}

// lists names the selected lists of dependencies.
func (s selection) lists() []List {
	lists := []List{{}}
	for _, group := range s.groups {
		lists = append(lists, List{Group: group})
	}
	for _, extra := range s.extras {
		lists = append(lists, List{Extra: extra})
	}
	return lists
}

// dependencies gives the dependencies of one list.
func (p *Package) dependencies(list List) []Dependency {
	switch {
	case list.Group != "":
		return p.DevDependencies[list.Group]
	case list.Extra != "":
		return p.OptionalDependencies[list.Extra]
	default:
		return p.Dependencies
	}
}

// walk is one breadth-first traversal of the lock.
type walk struct {
	lock   *Lock
	env    Environment
	byName map[string][]*Package
	// active are the names for which `extra == name` holds: uv writes extras and
	// groups that conflict as extras too, with the name of their package.
	active map[string]bool

	queue      []selection
	extras     map[*Package]map[string]bool
	dependents map[*Package]dependent
}

func newWalk(l *Lock, env Environment) *walk {
	w := &walk{lock: l, env: env, byName: map[string][]*Package{}, active: map[string]bool{}}
	for i := range l.Packages {
		p := &l.Packages[i]
		w.byName[p.Name] = append(w.byName[p.Name], p)
	}
	return w
}

// activate records a choice under the name that uv's conflict markers have for
// it: KIND-LENGTH-PACKAGE-NAME, with the length of the package's name.
func (w *walk) activate(kind, pkg, name string) {
	encoded := fmt.Sprintf("%s-%d-%s", kind, len(pkg), pkg)
	if name != "" {
		encoded += "-" + name
	}
	w.active[encoded] = true
}

func (w *walk) run(start selection) error {
	w.extras = map[*Package]map[string]bool{start.pkg: {}}
	w.dependents = map[*Package]dependent{}
	for _, extra := range start.extras {
		w.extras[start.pkg][extra] = true
	}
	w.queue = []selection{start}
	for len(w.queue) > 0 {
		from := w.queue[0]
		w.queue = w.queue[1:]
		for _, list := range from.lists() {
			for _, edge := range from.pkg.dependencies(list) {
				if err := w.follow(dependent{from.pkg, list}, edge); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// follow visits the target of an edge whose marker holds. The target is queued
// again for each extra that was not chosen of it before.
func (w *walk) follow(from dependent, edge Dependency) error {
	ok, err := evaluateMarker(edge.Marker, w.env, w.active)
	if err != nil {
		return source.Errorf(w.lock.Locate(from.pkg), "%w: write the lock again with `uv lock`", err)
	}
	if !ok {
		return nil
	}
	pkg, err := w.resolve(from.pkg, edge)
	if err != nil {
		return err
	}
	if _, local := pkg.Source.Local(); local {
		w.activate("project", pkg.Name, "")
	}
	chosen, visited := w.extras[pkg]
	if !visited {
		chosen = map[string]bool{}
		w.extras[pkg] = chosen
		w.dependents[pkg] = from
	}
	var added []string
	for _, extra := range edge.Extra {
		if !chosen[extra] {
			chosen[extra] = true
			added = append(added, extra)
			w.activate("extra", pkg.Name, extra)
		}
	}
	if !visited || len(added) > 0 {
		w.queue = append(w.queue, selection{pkg: pkg, extras: added})
	}
	return nil
}

// resolve finds the package that an edge leads to. Where the lock holds several
// of that name, the edge has the version and the source, or else the packages
// have markers.
func (w *walk) resolve(from *Package, edge Dependency) (*Package, error) {
	for _, p := range w.byName[edge.Name] {
		if edge.Version != "" && p.Version != edge.Version {
			continue
		}
		if edge.Source != (Source{}) && p.Source != edge.Source {
			continue
		}
		holds, err := w.anyHolds(p.ResolutionMarkers)
		if err != nil {
			return nil, source.Errorf(w.lock.Locate(p), "%w: write the lock again with `uv lock`", err)
		}
		if edge.Version != "" || holds {
			return p, nil
		}
	}
	return nil, source.Errorf(w.lock.Locate(from),
		"%s depends on %s, which the lock does not have for this target: write it again with `uv lock`",
		from.Name, strings.TrimSpace(edge.Name+" "+edge.Version))
}

func (w *walk) anyHolds(markers []string) (bool, error) {
	for _, text := range markers {
		if ok, err := evaluateMarker(text, w.env, w.active); ok || err != nil {
			return ok, err
		}
	}
	return len(markers) == 0, nil
}

// closure sorts what the walk has visited.
func (w *walk) closure(root *Package) *Closure {
	c := &Closure{Root: root, RootInstalled: root.Source.Virtual == "", dependents: w.dependents, env: w.env}
	for i := range w.lock.Packages {
		p := &w.lock.Packages[i]
		if _, visited := w.extras[p]; !visited || p == root {
			continue
		}
		_, local := p.Source.Local()
		switch {
		case p.Source.Virtual != "":
			c.Virtual = append(c.Virtual, p)
		case local:
			c.Members = append(c.Members, p)
		default:
			c.Packages = append(c.Packages, p)
		}
	}
	return c
}
