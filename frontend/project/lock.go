package project

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/pelletier/go-toml/v2"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	// lockVersion is the schema version of uv.lock that is read. Revisions add
	// fields, and are all readable.
	lockVersion = 1
	// maxLockSize is the largest lock that is read, in bytes: ten times that of
	// a lock of 3,000 packages.
	maxLockSize = 64 << 20
)

// Lock is a uv.lock of schema version 1
// (https://docs.astral.sh/uv/concepts/projects/layout/#the-lockfile).
type Lock struct {
	// Name is the file's path in the context.
	Name           string `toml:"-"`
	Version        int    `toml:"version"`
	Revision       int    `toml:"revision"`
	RequiresPython string `toml:"requires-python"`
	// SupportedMarkers are [tool.uv] environments: the lock is only for targets
	// in which one of them holds, or for all when there is none.
	SupportedMarkers []string `toml:"supported-markers"`
	// Conflicts are the sets of extras and groups that exclude one another.
	Conflicts [][]Conflict `toml:"conflicts"`
	Manifest  Manifest     `toml:"manifest"`
	Packages  []Package    `toml:"package"`

	lines lockLines
}

// Manifest is what the lock was made from.
type Manifest struct {
	// Members are the names of the workspace's packages.
	Members []string `toml:"members"`
}

// Package is one [[package]] of a lock.
type Package struct {
	Name string `toml:"name"`
	// Version is empty for local packages with a dynamic version.
	Version string `toml:"version"`
	Source  Source `toml:"source"`
	// ResolutionMarkers say where this version is the one, when the lock holds
	// several of the same name.
	ResolutionMarkers    []string                `toml:"resolution-markers"`
	Dependencies         []Dependency            `toml:"dependencies"`
	OptionalDependencies map[string][]Dependency `toml:"optional-dependencies"`
	DevDependencies      map[string][]Dependency `toml:"dev-dependencies"`
	Metadata             Metadata                `toml:"metadata"`
	Sdist                *File                   `toml:"sdist"`
	Wheels               []File                  `toml:"wheels"`
	// Line is that of the package's header in the lock, EndLine the last of
	// those that say which package it is.
	Line    int `toml:"-"`
	EndLine int `toml:"-"`
}

// Metadata is what a local package declared when it was locked.
type Metadata struct {
	ProvidesExtras []string                 `toml:"provides-extras"`
	RequiresDist   []Requirement            `toml:"requires-dist"`
	RequiresDev    map[string][]Requirement `toml:"requires-dev"`
}

// Requirement is one entry of what a package declared, with its marker left
// out. The specifier of one that comes from elsewhere than an index is not in
// the lock.
type Requirement struct {
	Name      string   `toml:"name"`
	Extras    []string `toml:"extras"`
	Specifier string   `toml:"specifier"`
	URL       string   `toml:"url"`
	Git       string   `toml:"git"`
	Path      string   `toml:"path"`
	Directory string   `toml:"directory"`
	Editable  string   `toml:"editable"`
	Virtual   string   `toml:"virtual"`
}

// Source says where a package comes from: one of its fields is set, and
// Subdirectory may be.
type Source struct {
	Registry     string `toml:"registry"`
	URL          string `toml:"url"`
	Git          string `toml:"git"`
	Path         string `toml:"path"`
	Directory    string `toml:"directory"`
	Editable     string `toml:"editable"`
	Virtual      string `toml:"virtual"`
	Subdirectory string `toml:"subdirectory"`
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
	Name    string   `toml:"name"`
	Version string   `toml:"version"`
	Source  Source   `toml:"source"`
	Extra   []string `toml:"extra"`
	Marker  string   `toml:"marker"`
}

// File is a wheel or a source distribution.
type File struct {
	// Filename is the last element of the file's URL or path where the lock
	// does not give it.
	Filename string `toml:"filename"`
	URL      string `toml:"url"`
	Path     string `toml:"path"`
	// Hash is "algorithm:hex".
	Hash string `toml:"hash"`
	// Size is in bytes, 0 when the lock does not say.
	Size int64 `toml:"size"`
}

// ParseLock reads a uv.lock. Its errors are of type *source.Error.
func ParseLock(name string, data []byte) (*Lock, error) {
	if len(data) > maxLockSize {
		return nil, source.Errorf(plan.Location{File: name},
			"the lock is %.1f MiB, over the limit of %d MiB: check that it is a uv.lock",
			float64(len(data))/(1<<20), maxLockSize>>20)
	}
	lock := &Lock{Name: name}
	decodeErr := toml.Unmarshal(data, lock)
	if err := checkLockVersion(name, data, lock.Version, decodeErr); err != nil {
		return nil, err
	}
	lock.lines = readLockLines(data)
	for i := range lock.Packages {
		p := &lock.Packages[i]
		if i < len(lock.lines.packages) {
			p.Line, p.EndLine = lock.lines.packages[i][0], lock.lines.packages[i][1]
		}
		if p.Name == "" {
			return nil, source.Errorf(lock.Locate(p), "a [[package]] has no name: write the lock again with `uv lock`")
		}
		p.nameFiles()
	}
	return lock, nil
}

// checkLockVersion reports what kept the lock from being decoded. A lock of
// another schema may well fail to decode, and then its version is the reason.
func checkLockVersion(name string, data []byte, version int, decodeErr error) error {
	loc := plan.Location{File: name, Line: 1, EndLine: 1}
	if decodeErr != nil && version == 0 {
		var header struct {
			Version int `toml:"version"`
		}
		if toml.Unmarshal(data, &header) == nil {
			version = header.Version
		}
	}
	if version != 0 && version != lockVersion {
		return source.Errorf(loc, "the lock has schema version %d, and only version %d is known: "+
			"write it again with `uv lock` of a uv that writes version %d", version, lockVersion, lockVersion)
	}
	if decode, ok := errors.AsType[*toml.DecodeError](decodeErr); ok {
		loc.Line, _ = decode.Position()
		loc.EndLine = loc.Line
	}
	switch {
	case decodeErr != nil:
		return source.Errorf(loc, "malformed lock: %s: write it again with `uv lock`",
			strings.TrimPrefix(decodeErr.Error(), "toml: "))
	case version == 0:
		return source.Errorf(loc, "the lock has no schema version: write it again with `uv lock`")
	default:
		return nil
	}
}

// nameFiles fills in the file names that the lock leaves to the URLs and paths.
func (p *Package) nameFiles() {
	if p.Sdist != nil {
		p.Sdist.setName(p.Source)
	}
	for i := range p.Wheels {
		p.Wheels[i].setName(p.Source)
	}
}

func (f *File) setName(from Source) {
	for _, location := range []string{f.Filename, f.URL, f.Path, from.URL, from.Path} {
		if location != "" {
			location, _, _ = strings.Cut(location, "#")
			location, _, _ = strings.Cut(location, "?")
			f.Filename = path.Base(location)
			return
		}
	}
}

// Files gives the package's wheels and its source distribution.
func (p *Package) Files() []File {
	files := slices.Clone(p.Wheels)
	if p.Sdist != nil {
		files = append(files, *p.Sdist)
	}
	return files
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
