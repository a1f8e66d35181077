package project

import (
	"slices"

	"github.com/uvlambda/uvlambda/plan"
)

// Lock is a uv.lock of schema version 1
// (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile).
type Lock struct {
	// Name is the file's path in the context.
	Name           string
	Version        int64
	RequiresPython string
	// SupportedMarkers are [tool.uv] environments: the lock is only for targets
	// in which one of them holds, or for all when there is none.
	SupportedMarkers []string
	// RequiredMarkers are [tool.uv] required-environments.
	RequiredMarkers []string
	// Conflicts are the sets of extras and groups that exclude one another.
	Conflicts [][]Conflict
	Options   LockOptions
	Manifest  Manifest
	Packages  []Package

	// keys are the lines of the keys above the first table.
	keys map[string]int
}

// LockOptions are the settings of the resolution that made a lock. A setting
// that has its default is not in the lock.
type LockOptions struct {
	ResolutionMode string
	PrereleaseMode string
	ForkStrategy   string
	// ExcludeNewer is a point in time, ExcludeNewerSpan a duration before the
	// day of the resolution (ISO 8601).
	ExcludeNewer     string
	ExcludeNewerSpan string
}

// Manifest is what the workspace as a whole asked for when it was locked.
type Manifest struct {
	Members          []string
	Constraints      []Requirement
	Overrides        []Requirement
	BuildConstraints []Requirement
	Excludes         []string
}

// Package is one [[package]] of a lock.
type Package struct {
	Name string
	// Version is empty for local packages with a dynamic version.
	Version string
	Source  Source
	// ResolutionMarkers say where this version is the one, when the lock holds
	// several of the same name.
	ResolutionMarkers    []string
	Dependencies         []Dependency
	OptionalDependencies map[string][]Dependency
	DevDependencies      map[string][]Dependency
	Metadata             Metadata
	Sdist                *File
	Wheels               []File
	// Line is the line of the package's header in the lock, EndLine the last line
	// that says which package it is.
	Line    int
	EndLine int
}

// Metadata is what a local package declared when it was locked.
type Metadata struct {
	ProvidesExtras []string
	RequiresDist   []Requirement
	RequiresDev    map[string][]Requirement
}

// Requirement is one entry of what a package declared. The specifier of one
// that comes from elsewhere than an index is not in the lock.
type Requirement struct {
	Name      string
	Extras    []string
	Specifier string
	Marker    string
	// Index is the address of the index that the requirement is tied to.
	Index string
	Source
}

// Source says where a package comes from: one of its fields is set, and
// Subdirectory may be.
type Source struct {
	Registry     string
	URL          string
	Git          string
	Path         string
	Directory    string
	Editable     string
	Virtual      string
	Subdirectory string
}

// Local gives the folder, relative to the lock's, of a package that is part of
// the repository.
func (s Source) Local() (dir string, ok bool) {
	for _, dir := range []string{s.Editable, s.Directory, s.Virtual} {
		if dir != "" {
			return dir, true
		}
	}
	return "", false
}

// Dependency is an edge of the lock. Version and Source are set when the name
// alone is ambiguous.
type Dependency struct {
	Name    string
	Version string
	Source  Source
	Extra   []string
	Marker  string
}

// File is a wheel or a source distribution.
type File struct {
	// Filename is the last element of the file's URL or path where the lock
	// does not give it.
	Filename string
	// Host is the host of the file's URL, empty when it has none.
	Host string
	// Path is the place of a file in an index that is a folder: relative to that
	// folder, or absolute.
	Path string
	// Hashed is set when the lock has a hash to check the file by.
	Hashed bool
	// Size is in bytes, 0 when the lock does not say.
	Size int64
	// URL and Hash, "sha256:...", are kept of source distributions, of large wheels
	// and of the wheel of a package that comes from a URL: see keptWheel.
	URL, Hash string
}

// Locate gives the lines that say which package an entry is for.
func (l *Lock) Locate(p *Package) plan.Location {
	return plan.Location{File: l.Name, Line: p.Line, EndLine: p.EndLine}
}

// LocateKey gives the line of a key above the first table, such as
// requires-python, or of an option, and the first line when there is no such key.
func (l *Lock) LocateKey(key string) plan.Location {
	line := max(l.keys[key], 1)
	return plan.Location{File: l.Name, Line: line, EndLine: line}
}

// HasFile reports whether one of the package's wheels, or its source
// distribution, satisfies is.
func (p *Package) HasFile(is func(File) bool) bool {
	return slices.ContainsFunc(p.Wheels, is) || p.Sdist != nil && is(*p.Sdist)
}

// AllDependencies gives the dependencies of the package, of its extras and of its
// groups.
func (p *Package) AllDependencies() []Dependency {
	all := slices.Clone(p.Dependencies)
	for _, list := range p.OptionalDependencies {
		all = append(all, list...)
	}
	for _, list := range p.DevDependencies {
		all = append(all, list...)
	}
	return all
}

// Find gives the first package of that name, nil when there is none.
func (l *Lock) Find(name string) *Package {
	name = NormalizeName(name)
	for i := range l.Packages {
		if l.Packages[i].Name == name {
			return &l.Packages[i]
		}
	}
	return nil
}

// Local gives the packages that are part of the repository, in lock order.
func (l *Lock) Local() []*Package {
	var local []*Package
	for i := range l.Packages {
		if _, ok := l.Packages[i].Source.Local(); ok {
			local = append(local, &l.Packages[i])
		}
	}
	return local
}

// Supports reports whether the lock was resolved for a target: uv installs
// nothing for others, some versions of it without a word.
func (l *Lock) Supports(env Environment) (bool, error) {
	for _, text := range l.SupportedMarkers {
		if ok, err := evaluateMarker(text, env, nil); ok || err != nil {
			return ok, err
		}
	}
	return len(l.SupportedMarkers) == 0, nil
}

// Extras gives the sorted names of a package's extras.
func (p *Package) Extras() []string {
	names := slices.Clone(p.Metadata.ProvidesExtras)
	for name := range p.OptionalDependencies {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Groups gives the sorted names of a package's dependency groups.
func (p *Package) Groups() []string {
	var names []string
	for name := range p.Metadata.RequiresDev {
		names = append(names, name)
	}
	for name := range p.DevDependencies {
		names = append(names, name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}
