package planner

import (
	"errors"
	"path"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// LeftOut is a symbolic link of the application that leads to nothing.
type LeftOut struct {
	// Path is the link's place in the context, Link what it says, and Target
	// where in the context that is.
	Path, Link, Target string
	// Source are the lines that asked for the folder with the link.
	Source plan.Location
}

// following are the copies of an application while their links are followed.
type following struct {
	*planning
	copies []followed
	errs   []error
}

// followed is a copy whose links are followed.
type followed struct {
	plan.Copy
	// via are the folders that the copies before this one were made of: this
	// copy is there because of a link in the last of them.
	via []string
}

// followLinks replaces the symbolic links of an application. A link that leads
// to the same file in the task root stays a link; any other that leads to a
// place in the context becomes a copy of that place. What leads out of the
// context is an error, what leads to nothing is left out. Without a listing of
// a place, the place is noted as unlisted.
func (p *planning) followLinks(copies []plan.Copy) ([]plan.Copy, error) {
	f := &following{planning: p}
	for _, c := range copies {
		f.copies = append(f.copies, followed{Copy: c})
	}
	for i := 0; i < len(f.copies); i++ {
		f.follow(i)
	}
	var all []plan.Copy
	for _, c := range f.copies {
		all = append(all, c.Copy)
	}
	return all, errors.Join(f.errs...)
}

// follow follows the links of one copy, which may add copies.
func (f *following) follow(i int) {
	c := f.copies[i]
	at, e, known := f.resolve(c.From)
	if !known || e.Kind == files.Missing || e.Kind == files.Outside {
		// What is missing or outside was refused before, where it was asked for.
		return
	}
	if e.Kind == files.Special {
		f.refuse(c.From, c.Source)
		return
	}
	if at != c.From {
		c.Exclude = append(slices.Clone(c.Exclude), f.excludes(at)...)
		c.From = at
		f.copies[i] = c
	}
	if e.Kind != files.Folder {
		return
	}
	left, err := files.Matcher(c.Exclude)
	if err != nil {
		f.errs = append(f.errs, source.Errorf(c.Source, "%w", err))
		return
	}
	for _, p := range f.Listing.Below(at) {
		kind, wrong := f.Listing.Entries[p].Kind, WrongName(p, c.Source)
		if kind != files.Link && kind != files.Special && wrong == nil {
			continue
		}
		rel, _ := relative(at, p)
		if excluded, err := left(rel); excluded || err != nil {
			continue
		}
		switch {
		case wrong != nil:
			f.errs = append(f.errs, wrong)
		case kind == files.Special:
			f.refuse(p, c.Source)
		default:
			f.followLink(i, p, rel)
		}
	}
}

// resolve follows the links of a path. What the listing does not say is noted.
func (f *following) resolve(p string) (string, files.Entry, bool) {
	at, e, known := f.Listing.Resolve(p)
	if known && (e.Kind == files.Folder || e.Kind == files.Regular) && !f.Listing.Covers(at) {
		known = false
	}
	if !known && !slices.Contains(f.unlisted, at) {
		f.unlisted = append(f.unlisted, at)
	}
	return at, e, known
}

// followLink follows a link that stands at a path of the context, and at rel in
// the copy.
func (f *following) followLink(i int, p, rel string) {
	c := &f.copies[i]
	link := f.Listing.Entries[p].Link
	at, e, known := f.resolve(p)
	switch {
	case !known:
		return
	case e.Kind == files.Outside:
		f.errs = append(f.errs, source.Errorf(c.Source, "%s is a symbolic link to %s, outside of the build context: copy the files into the context, or leave the link out with `exclude`", p, link))
		return
	case e.Kind == files.Special:
		f.refuse(p, c.Source)
		return
	case e.Kind != files.Missing && f.keeps(p, path.Join(c.To, rel), 0):
		return
	}
	c.Exclude = append(slices.Clone(c.Exclude), files.Exactly(rel))
	if e.Kind == files.Missing {
		f.leftOut = append(f.leftOut, LeftOut{Path: p, Link: link, Target: at, Source: c.Source})
		return
	}
	if slices.Contains(c.via, at) || at == c.From {
		f.errs = append(f.errs, source.Errorf(c.Source, "%s is a symbolic link to %s, so that %s would hold itself without end: leave the link out with `exclude`", p, link, at))
		return
	}
	exclude := f.excludes(at)
	if e.Kind == files.Folder {
		exclude = append(exclude, f.ownExcludes(p)...)
	}
	f.copies = append(f.copies, followed{
		Copy: plan.Copy{From: at, To: path.Join(c.To, rel), Exclude: exclude, Source: c.Source},
		via:  append(slices.Clone(c.via), c.From),
	})
}

// ownExcludes are the patterns of `exclude` that match below a folder, without
// those that hold for every copy.
func (p *planning) ownExcludes(from string) []string {
	return p.excludes(from)[len(compiled()):]
}

// keeps reports whether a link of the context, copied as it is to a place in
// the task root, leads there to the copy of what it leads to in the context.
func (f *following) keeps(p, to string, links int) bool {
	link := f.Listing.Entries[p].Link
	next, target := path.Join(path.Dir(p), link), path.Join(path.Dir(to), link)
	if !f.ships(next, target) {
		return false
	}
	switch f.Listing.Entries[next].Kind {
	case files.Link:
		return links < mostLinks && f.keeps(next, target, links+1)
	case files.Regular, files.Folder:
		return true
	default:
		return next == "."
	}
}

// mostLinks is how many links in a row are kept.
const mostLinks = 40

// ships reports whether some copy brings what stands at a path of the context
// to a place in the task root.
func (f *following) ships(p, to string) bool {
	for _, c := range f.copies {
		rel, ok := relative(c.From, p)
		if !ok || path.Join(c.To, rel) != to {
			continue
		}
		if excluded, err := files.Matches(c.Exclude, rel); err == nil && !excluded {
			return true
		}
	}
	return false
}

// refuse is the error of what is no file.
func (f *following) refuse(p string, at plan.Location) {
	f.errs = append(f.errs, source.Errorf(at, "%s is a named pipe, a socket or a device, which no function can hold: remove it, or leave it out with `exclude`", p))
}
