package project

import (
	"bytes"
	"errors"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	// lockVersion is the schema version of uv.lock that is read. Revisions add
	// fields, and are all readable.
	lockVersion = 1
	// MaxLockSize is the largest lock that is read, in bytes: five times the size of
	// a lock of 3,000 packages with many wheels.
	MaxLockSize = 64 << 20
)

// ParseLock reads a uv.lock. Its errors are of type *source.Error.
func ParseLock(name string, data []byte) (*Lock, error) {
	if len(data) > MaxLockSize {
		return nil, source.Errorf(plan.Location{File: name},
			"the lock is over the limit of %d MiB: check that it is a uv.lock", MaxLockSize>>20)
	}
	if err := passwordInLock(name, data); err != nil {
		return nil, err
	}
	r := newLockReader(name, data)
	err := r.read()
	first := plan.Location{File: name, Line: 1, EndLine: 1}
	// A lock of another schema may well be malformed by this one, and then its
	// version is the reason.
	switch version := r.lock.Version; {
	case version != 0 && version != lockVersion:
		return nil, source.Errorf(first, "the lock has schema version %d, and only version %d is known: "+
			"write it again with `uv lock` of a uv that writes version %d", version, lockVersion, lockVersion)
	case err != nil:
		return nil, source.Errorf(r.locate(), "malformed lock: %w: write it again with `uv lock`", err)
	case version == 0:
		return nil, source.Errorf(first, "the lock has no schema version: write it again with `uv lock`")
	}
	for i := range r.lock.Packages {
		p := &r.lock.Packages[i]
		if p.Name == "" {
			return nil, source.Errorf(r.lock.Locate(p), "a [[package]] has no name: write the lock again with `uv lock`")
		}
		p.nameFiles()
	}
	return r.lock, nil
}

func (r *lockReader) lockField(l *Lock, key []byte, v value) (err error) {
	if len(r.header) == 0 {
		l.keys[string(key)] = r.line(r.raw.Offset)
	}
	switch string(key) {
	case "version":
		l.Version, err = v.integer()
		return err
	case "requires-python":
		return r.text(&l.RequiresPython, v)
	case "supported-markers":
		return list(r, &l.SupportedMarkers, v, (*lockReader).text)
	case "required-markers":
		return list(r, &l.RequiredMarkers, v, (*lockReader).text)
	case "options":
		return table(r, &l.Options, v, (*lockReader).optionsField)
	case "manifest":
		return table(r, &l.Manifest, v, (*lockReader).manifestField)
	case "conflicts":
		return list(r, &l.Conflicts, v, (*lockReader).conflicts)
	case "package":
		if len(v.path) == 0 || len(l.Packages) == 0 {
			return errors.New("this is not an array of tables")
		}
		return table(r, &l.Packages[len(l.Packages)-1], v, (*lockReader).packageField)
	}
	return nil
}

func (r *lockReader) optionsField(o *LockOptions, key []byte, v value) error {
	r.lock.keys[string(key)] = r.line(r.raw.Offset)
	switch string(key) {
	case "resolution-mode":
		return r.text(&o.ResolutionMode, v)
	case "prerelease-mode":
		return r.text(&o.PrereleaseMode, v)
	case "fork-strategy":
		return r.text(&o.ForkStrategy, v)
	case "exclude-newer":
		return r.text(&o.ExcludeNewer, v)
	case "exclude-newer-span":
		return r.text(&o.ExcludeNewerSpan, v)
	}
	return nil
}

func (r *lockReader) manifestField(m *Manifest, key []byte, v value) error {
	switch string(key) {
	case "members":
		return list(r, &m.Members, v, (*lockReader).text)
	case "constraints":
		return list(r, &m.Constraints, v, (*lockReader).requirement)
	case "overrides":
		return list(r, &m.Overrides, v, (*lockReader).requirement)
	case "build-constraints":
		return list(r, &m.BuildConstraints, v, (*lockReader).requirement)
	case "excludes":
		return list(r, &m.Excludes, v, (*lockReader).text)
	}
	return nil
}

func (r *lockReader) conflicts(set *[]Conflict, v value) error {
	return list(r, set, v, func(r *lockReader, c *Conflict, v value) error {
		return table(r, c, v, (*lockReader).conflictField)
	})
}

func (r *lockReader) conflictField(c *Conflict, key []byte, v value) error {
	switch string(key) {
	case "package":
		return r.text(&c.Package, v)
	case "extra":
		return r.text(&c.Extra, v)
	case "group":
		return r.text(&c.Group, v)
	}
	return nil
}

func (r *lockReader) packageField(p *Package, key []byte, v value) error {
	switch string(key) {
	case "name", "version", "source":
		p.EndLine = r.line(r.raw.Offset + r.raw.Length)
	}
	switch string(key) {
	case "name":
		return r.text(&p.Name, v)
	case "version":
		return r.text(&p.Version, v)
	case "source":
		return r.source(&p.Source, v)
	case "resolution-markers":
		return list(r, &p.ResolutionMarkers, v, (*lockReader).text)
	case "dependencies":
		return list(r, &p.Dependencies, v, (*lockReader).dependency)
	case "optional-dependencies":
		return namedLists(r, &p.OptionalDependencies, v, (*lockReader).dependency)
	case "dev-dependencies":
		return namedLists(r, &p.DevDependencies, v, (*lockReader).dependency)
	case "metadata":
		return table(r, &p.Metadata, v, (*lockReader).metadataField)
	case "sdist":
		if p.Sdist == nil {
			p.Sdist = &File{}
		}
		return r.only(p.Sdist, v)
	case "wheels":
		if p.Source.URL != "" {
			return list(r, &p.Wheels, v, (*lockReader).only)
		}
		return list(r, &p.Wheels, v, (*lockReader).wheel)
	}
	return nil
}

func (r *lockReader) metadataField(m *Metadata, key []byte, v value) error {
	switch string(key) {
	case "provides-extras":
		return list(r, &m.ProvidesExtras, v, (*lockReader).text)
	case "requires-dist":
		return list(r, &m.RequiresDist, v, (*lockReader).requirement)
	case "requires-dev":
		return namedLists(r, &m.RequiresDev, v, (*lockReader).requirement)
	}
	return nil
}

func (r *lockReader) requirement(q *Requirement, v value) error {
	return table(r, q, v, (*lockReader).requirementField)
}

func (r *lockReader) requirementField(q *Requirement, key []byte, v value) error {
	switch string(key) {
	case "name":
		return r.text(&q.Name, v)
	case "extras":
		return list(r, &q.Extras, v, (*lockReader).text)
	case "specifier":
		return r.text(&q.Specifier, v)
	case "marker":
		return r.text(&q.Marker, v)
	case "index":
		return r.text(&q.Index, v)
	}
	return r.sourceField(&q.Source, key, v)
}

func (r *lockReader) dependency(d *Dependency, v value) error {
	return table(r, d, v, (*lockReader).dependencyField)
}

func (r *lockReader) dependencyField(d *Dependency, key []byte, v value) error {
	switch string(key) {
	case "name":
		return r.text(&d.Name, v)
	case "version":
		return r.text(&d.Version, v)
	case "source":
		return r.source(&d.Source, v)
	case "extra":
		return list(r, &d.Extra, v, (*lockReader).text)
	case "marker":
		return r.text(&d.Marker, v)
	}
	return nil
}

func (r *lockReader) source(s *Source, v value) error {
	return table(r, s, v, (*lockReader).sourceField)
}

func (r *lockReader) sourceField(s *Source, key []byte, v value) error {
	switch string(key) {
	case "registry":
		return r.text(&s.Registry, v)
	case "url":
		return r.text(&s.URL, v)
	case "git":
		return r.text(&s.Git, v)
	case "path":
		return r.text(&s.Path, v)
	case "directory":
		return r.text(&s.Directory, v)
	case "editable":
		return r.text(&s.Editable, v)
	case "virtual":
		return r.text(&s.Virtual, v)
	case "subdirectory":
		return r.text(&s.Subdirectory, v)
	}
	return nil
}

// wheel reads a wheel of a package. Of the thousands in a lock few are large.
func (r *lockReader) wheel(f *File, v value) error {
	err := r.file(f, v)
	if f.Size >= keptWheel {
		f.URL, f.Hash = string(r.url), string(r.hash)
	}
	return err
}

// only reads the one file that a package is made of: its source distribution, or
// what is at the address that it comes from. Its keys may be dotted, each a table
// of its own.
func (r *lockReader) only(f *File, v value) error {
	err := r.file(f, v)
	if r.url != nil {
		f.URL = string(r.url)
	}
	if r.hash != nil {
		f.Hash = string(r.hash)
	}
	return err
}

// file reads a file of a package.
func (r *lockReader) file(f *File, v value) error {
	r.url, r.hash = nil, nil
	return table(r, f, v, (*lockReader).fileField)
}

func (r *lockReader) fileField(f *File, key []byte, v value) (err error) {
	var text []byte
	switch string(key) {
	case "size":
		f.Size, err = v.integer()
	case "filename":
		text, err = v.text()
		f.Filename = string(text)
	case "hash":
		text, err = v.text()
		f.Hashed, r.hash = len(text) > 0, text
	case "url":
		text, err = v.text()
		f.Host, r.url = r.shared(hostOf(text)), text
		f.nameAfter(text)
	case "path":
		text, err = v.text()
		f.Path = string(text)
		f.nameAfter(text)
	}
	return err
}

// hostOf gives the host of a URL, and its port.
func hostOf(url []byte) []byte {
	_, rest, _ := bytes.Cut(url, []byte("://"))
	host, _, _ := bytes.Cut(rest, []byte("/"))
	return host[bytes.LastIndexByte(host, '@')+1:]
}

// nameFiles names the files that have neither name nor place of their own after
// where the package comes from.
func (p *Package) nameFiles() {
	from := []byte(p.Source.URL + p.Source.Path)
	if p.Sdist != nil {
		p.Sdist.nameAfter(from)
	}
	for i := range p.Wheels {
		p.Wheels[i].nameAfter(from)
	}
}

// nameAfter names a file that has no name after its URL or its path.
func (f *File) nameAfter(location []byte) {
	if f.Filename == "" {
		location, _, _ = bytes.Cut(location, []byte("#"))
		location, _, _ = bytes.Cut(location, []byte("?"))
		f.Filename = string(location[bytes.LastIndexByte(location, '/')+1:])
	}
}
