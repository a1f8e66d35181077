package project

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// Origins know why each package of a closure is there.
type Origins struct {
	Lock    *Lock
	Closure *Closure
	// Projects are the pyproject.toml files of the repository's packages, by
	// the name that the lock has for them.
	Projects map[string]*Pyproject
}

// Origin is why a package is there: the shortest chain of dependencies that
// leads to it, from a line that somebody wrote.
type Origin struct {
	Package *Package
	// Entry are the lines of the lock that say which package it is.
	Entry plan.Location
	// Declared is the line that asks for the last of the chain. Its Line is 0
	// when only a build backend knows it.
	Declared plan.Location

	// chain are the packages from Package to the one that is asked for.
	chain []*Package
	// by is the package of the repository that asks for it, in its list.
	by   dependent
	root bool
}

// Of gives the origin of a package of the closure other than its root.
func (o *Origins) Of(pkg *Package) (Origin, bool) {
	origin := Origin{Package: pkg, Entry: o.Lock.Locate(pkg)}
	for {
		by, ok := o.Closure.dependents[pkg]
		if !ok {
			return Origin{}, false
		}
		origin.chain = append(origin.chain, pkg)
		if _, local := by.pkg.Source.Local(); !local {
			pkg = by.pkg
			continue
		}
		origin.by, origin.root = by, by.pkg == o.Closure.Root
		if project := o.Projects[by.pkg.Name]; project != nil {
			origin.Declared, _ = project.Declares(pkg.Name, by.list, o.Closure.env)
		}
		return origin, true
	}
}

// Find gives the origin of the package of that name, and of that version
// unless it is empty.
func (o *Origins) Find(name, version string) (Origin, bool) {
	return o.first(func(p *Package) bool {
		return p.Name == NormalizeName(name) && (version == "" || p.Version == version)
	})
}

// FindFile gives the origin of the package that has a wheel or a source
// distribution of that name.
func (o *Origins) FindFile(filename string) (Origin, bool) {
	return o.first(func(p *Package) bool {
		return p.HasFile(func(f File) bool { return f.Filename == filename })
	})
}

// first gives the origin of the first package that is, and that has one.
func (o *Origins) first(is func(*Package) bool) (Origin, bool) {
	for i := range o.Lock.Packages {
		if p := &o.Lock.Packages[i]; is(p) {
			if origin, ok := o.Of(p); ok {
				return origin, true
			}
		}
	}
	return Origin{}, false
}

// String is the chain for people: "numpy 2.4 <- pandas <- your dependencies,
// line 12 of pyproject.toml".
func (o Origin) String() string {
	var b strings.Builder
	b.WriteString(strings.TrimSpace(o.Package.Name + " " + o.Package.Version))
	for _, p := range o.chain[1:] {
		b.WriteString(" <- " + p.Name)
	}
	b.WriteString(" <- " + o.asks())
	if o.Declared.Line > 0 {
		fmt.Fprintf(&b, ", line %d of %s", o.Declared.Line, o.Declared.File)
	}
	return b.String()
}

// asks names the list at the chain's end. A list of the package to build belongs to
// the reader.
func (o Origin) asks() string {
	list := "dependencies"
	switch {
	case o.by.list.Group != "":
		list = fmt.Sprintf("group %q", o.by.list.Group)
	case o.by.list.Extra != "":
		list = fmt.Sprintf("extra %q", o.by.list.Extra)
	}
	if o.root {
		return "your " + list
	}
	return list + " of " + o.by.pkg.Name
}

// Locations are the lines to show: the entry, and what asks for it.
func (o Origin) Locations() []plan.Location {
	if o.Declared.Line == 0 {
		return []plan.Location{o.Entry}
	}
	return []plan.Location{o.Entry, o.Declared}
}
