package files

import (
	"maps"
	"path"
	"slices"
	"strings"
)

// Listing says what stands at some places of a context and below them, without
// contents. Its symbolic links are entries of their own: see Resolve.
type Listing struct {
	// Roots are the places that were listed.
	Roots []string
	// Entries are what stands at the roots, below them, and on the way to them.
	// A path without an entry is not there.
	Entries Set
}

// With is the listing with the places of another one.
func (l Listing) With(other Listing) Listing {
	entries := maps.Clone(l.Entries)
	if entries == nil {
		entries = Set{}
	}
	maps.Copy(entries, other.Entries)
	roots := append(slices.Clone(l.Roots), other.Roots...)
	slices.Sort(roots)
	return Listing{Roots: slices.Compact(roots), Entries: entries}
}

// Knows reports whether the listing says what stands at a path.
func (l Listing) Knows(p string) bool {
	return p == "." || slices.ContainsFunc(l.Roots, func(root string) bool { return Within(root, p) || Within(p, root) })
}

// Covers reports whether the listing says what stands at a path and below it.
func (l Listing) Covers(p string) bool {
	return slices.ContainsFunc(l.Roots, func(root string) bool { return Within(root, p) })
}

// Below gives the sorted paths of all entries below a folder.
func (l Listing) Below(dir string) []string {
	var below []string
	for p, e := range l.Entries {
		if e.Kind != Missing && p != dir && p != "." && Within(dir, p) {
			below = append(below, p)
		}
	}
	slices.Sort(below)
	return below
}

// Within reports whether a path is a folder or below it; "." holds all paths.
func Within(dir, p string) bool {
	return dir == "." || p == dir || strings.HasPrefix(p, dir+"/")
}

// mostLinks is how many links a path may lead through, as in Linux (path_resolution(7)).
const mostLinks = 40

// Resolve follows the symbolic links of a path. It gives the place that the path
// leads to and the entry there: Missing, when nothing does or when the links go
// round in circles, and Outside, when a link leads out of the context. When the
// listing does not say, known is false and at is the place to list.
func (l Listing) Resolve(p string) (at string, e Entry, known bool) {
	pending := strings.Split(p, "/")
	at, e = ".", Entry{Kind: Folder}
	for links := 0; len(pending) > 0; {
		name := pending[0]
		pending = pending[1:]
		next := path.Join(at, name)
		switch {
		case name == "" || name == ".":
			continue
		case next == "..":
			return p, Entry{Kind: Outside}, true
		case name == "..":
			at, e = next, Entry{Kind: Folder}
			continue
		case !l.Knows(next):
			if whole := path.Join(append([]string{next}, pending...)...); whole != ".." && !strings.HasPrefix(whole, "../") {
				return whole, Entry{}, false
			}
			return next, Entry{}, false
		}
		switch e = l.Entries[next]; e.Kind {
		case Missing:
			return next, e, true
		case Link:
			if links++; links > mostLinks {
				return next, Entry{}, true
			}
			if path.IsAbs(e.Link) {
				return p, Entry{Kind: Outside, Link: e.Link}, true
			}
			pending = append(strings.Split(e.Link, "/"), pending...)
			continue
		default:
			at = next
		}
	}
	return at, e, true
}
