package planner

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// imageFiles are the files of other images, for each image what its includes ask
// for, in the order in which the images are first named.
func (p *planning) imageFiles() []*plan.Files {
	var all []*plan.Files
	for _, inc := range p.Spec.Include {
		c := plan.Copy{From: inc.From, To: inc.To, Source: inc.Source}
		if inc.Image == "" || !p.brings(c) {
			continue
		}
		if !path.IsAbs(c.To) {
			c.To = path.Join(plan.TaskRoot, c.To)
		}
		if isFolder(inc.To) {
			c.To = path.Clean(c.To) + "/"
		}
		i := slices.IndexFunc(all, func(f *plan.Files) bool { return f.Image == inc.Image })
		if i < 0 {
			i, all = len(all), append(all, &plan.Files{Image: inc.Image})
		}
		all[i].Copies = append(all[i].Copies, c)
	}
	return all
}

// isFolder tells whether a file goes into a place by its own name: into the task
// root, into the folders that every image has, and where a slash is at the end.
func isFolder(to string) bool {
	return to == "." || strings.HasSuffix(to, "/") || slices.Contains(spec.Places(), to)
}

// brings tells whether the output has the place that a copy goes to. Archives have
// the task root, and layers what Lambda unpacks below LayerRoot.
func (p *planning) brings(c plan.Copy) bool {
	switch p.plan.Output {
	case plan.OutputLayer:
		return c.Below(plan.LayerRoot)
	case plan.OutputApp, plan.OutputDir:
		return !path.IsAbs(c.To)
	}
	return true
}

// checkPlaces refuses places that an archive cannot have, and tells of those that a
// folder does not have.
func (p *planning) checkPlaces() error {
	var errs []error
	for _, inc := range p.Spec.Include {
		if !path.IsAbs(inc.To) {
			continue
		}
		below := plan.Copy{To: path.Clean(inc.To)}.Below(plan.LayerRoot)
		switch {
		case p.plan.Output.IsArchive() && !below:
			errs = append(errs, source.Errorf(inc.Source, "%s is out of reach of an archive, since Lambda unpacks archives to %s and layers to %s: choose a place there, or build an image", inc.To, plan.TaskRoot, plan.LayerRoot))
		case p.plan.Output == plan.OutputDir:
			remedy := "build an image"
			if below {
				remedy = "--target zip writes it to the layer " + p.layerOfFiles() + ".zip"
			}
			p.plan.Warnings = append(p.plan.Warnings, plan.Warning{
				Message: inc.To + " is no part of the task root, and left out: " + remedy, Source: inc.Source,
			})
		}
	}
	return errors.Join(errs...)
}

// layerOfFiles is the name of the archive with the files below LayerRoot.
func (p *planning) layerOfFiles() string {
	return cmp.Or(p.plan.Function, p.plan.Project) + "-opt"
}

// hasFiles tells whether there are files of other images, or of other places, below
// a folder.
func (w *work) hasFiles(dir string) bool {
	return slices.ContainsFunc(w.files, func(f *plan.Files) bool { return f.Below(dir) })
}

// compressFiles adds the steps that compress files for an archive.
func (p *planning) compressFiles() {
	for _, pack := range []plan.Compress{
		{Root: plan.TaskRoot, Pack: plan.Pack{Prefix: p.work.archive.Prefix}},
		{Root: plan.LayerRoot},
	} {
		if p.work.hasFiles(pack.Root) {
			p.plan.AddCompressFiles(&pack, p.work.files[0].Copies[0].Source)
		}
	}
}

// inTaskRootOfImage tells an include that brings files of an image to the task
// root.
func inTaskRootOfImage(inc spec.Include) bool { return inc.Image != "" && !path.IsAbs(inc.To) }
