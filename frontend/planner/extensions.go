package planner

import (
	"path"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

// Extension is a file that Lambda would start as an extension.
type Extension struct {
	// From is its place in the context, To its place in the function's image.
	From, To string
	// Executable is set when it can be run.
	Executable bool
	// At are the lines that ask for it.
	At plan.Location
}

// LocalExtensions are the extensions of the context, as far as the decision has
// seen the trees.
func (d *Decided) LocalExtensions() []Extension {
	var all []Extension
	for _, work := range plan.Each[plan.Files](d.Plan) {
		if work.Image != "" {
			continue
		}
		for _, c := range work.Copies {
			all = append(all, extensionsOf(c, d.planning.Listing)...)
		}
	}
	return all
}

// extensionsOf are the extensions that a copy brings.
func extensionsOf(c plan.Copy, l files.Listing) []Extension {
	var all []Extension
	eachCopied(c, l, func(from, to string, e files.Entry) {
		if e.Kind == files.Regular && path.Dir(to) == plan.Extensions {
			all = append(all, Extension{From: from, To: to, Executable: e.Executable, At: c.Source})
		}
	})
	return all
}

// eachCopied gives what a copy brings, with where it is and where it goes to.
func eachCopied(c plan.Copy, l files.Listing, yield func(from, to string, e files.Entry)) {
	at, e, known := l.Resolve(c.From)
	if !known {
		return
	}
	yield(at, c.To, e)
	for _, p := range l.Below(at) {
		rel, _ := relative(at, p)
		if left, err := files.Matches(c.Exclude, rel); err == nil && !left {
			yield(p, path.Join(c.To, rel), l.Entries[p])
		}
	}
}

// FileSource is an image that a file of the function is from.
type FileSource struct {
	Image string
	// At are the lines that ask for it.
	At plan.Location
}

// SourceOf gives the image that brings a place outside of the context: of several,
// the last.
func (d *Decided) SourceOf(to string) FileSource {
	var found FileSource
	for _, work := range plan.Each[plan.Files](d.Plan) {
		if work.Image == "" {
			continue
		}
		for _, c := range work.Copies {
			if files.Within(path.Clean(c.To), to) {
				found = FileSource{work.Image, c.Source}
			}
		}
	}
	return found
}
