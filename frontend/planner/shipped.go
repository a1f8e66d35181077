package planner

import (
	"path"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Shipped gives the sorted paths below the task root of what the plan's
// application copies there, as far as the decision has seen the trees.
func (d *Decided) Shipped() ([]string, error) {
	app := plan.First[plan.App](d.Plan)
	if app == nil {
		return nil, nil
	}
	return Shipped(app.Copies, d.planning.Listing)
}

// CopyOf gives the lines that bring a file of the application to a path below
// the task root, or the lines of the whole application. Without an application
// they are the lines of the base image, which the file is then part of.
func CopyOf(p *plan.Plan, file string) plan.Location {
	for st, app := range plan.Each[plan.App](p) {
		for _, c := range app.Copies {
			if files.Within(c.To, file) {
				return c.Source
			}
		}
		return st.Source
	}
	return p.Base.Source
}

// Shipped gives the sorted paths below the task root of the files and links that
// an application copies there, as far as a listing knows the trees that it is
// copied from.
func Shipped(copies []plan.Copy, l files.Listing) ([]string, error) {
	var shipped []string
	for _, c := range copies {
		left, err := files.Matcher(c.Exclude)
		if err != nil {
			return nil, source.Errorf(c.Source, "%w", err)
		}
		at, e, known := l.Resolve(c.From)
		if known && e.Kind == files.Regular {
			shipped = append(shipped, c.To)
			continue
		}
		for _, p := range l.Below(at) {
			rel, _ := relative(at, p)
			if l.Entries[p].Kind == files.Folder {
				continue
			}
			excluded, err := left(rel)
			if err != nil {
				return nil, source.Errorf(c.Source, "%w", err)
			}
			if !excluded {
				shipped = append(shipped, path.Join(c.To, rel))
			}
		}
	}
	slices.Sort(shipped)
	return slices.Compact(shipped), nil
}
