package planner

import (
	"cmp"
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// compiled are left out of every application: bytecode of another machine is
// never the same twice.
func compiled() []string { return []string{"**/__pycache__", "**/*.pyc"} }

// planApp plans the copies of the application's files: the files of `include`, and
// the handler's own top-level package or module when nothing else brings it.
func (p *planning) planApp() error {
	var err error
	if p.exclude, err = files.ParsePatterns(append(compiled(), p.Spec.Exclude...)); err != nil {
		return source.Errorf(p.Spec.Locate("exclude"), "exclude: %w", err)
	}
	copies, err := p.includes()
	if err != nil {
		return err
	}
	if len(p.Spec.Command) > 0 {
		return p.planCommand(copies)
	}
	h, err := p.findHandler()
	if err != nil {
		return err
	}
	p.handlerFile = cmp.Or(h.file, h.included)
	if err := p.readHandler(h); err != nil {
		return err
	}
	if p.Output != plan.OutputLayer {
		p.handler = h.handler
	}
	p.plan.Config = &plan.Config{Cmd: []string{h.handler}}
	built := h.file != "" && p.isBuilt(h)
	// The archive of an application has no packages from elsewhere: they are in a
	// layer.
	foreign := p.handlerFile == "" && p.Output != plan.OutputApp
	p.place, p.fromWheel = h, p.handler != "" && (built || foreign)
	if h.file != "" && !built {
		from := path.Join(h.root, h.top())
		copies = append(copies, plan.Copy{From: from, To: h.top(), Exclude: p.excludes(from), Source: p.Spec.Locate("handler")})
	}
	if err := clashes(copies); err != nil {
		return err
	}
	p.copies = copies
	if err := p.checkImports(h); err != nil {
		return err
	}
	return p.copyTrees()
}

// copyTrees makes the copies of the application, and of other places of the
// context, what the trees need that they are copied from.
func (p *planning) copyTrees() error {
	copies, err := p.followLinks(slices.DeleteFunc(slices.Clone(p.copies), func(c plan.Copy) bool { return !p.brings(c) }))
	if err != nil {
		return err
	}
	p.work.app, p.work.files = nil, p.imageFiles()
	outside := &plan.Files{}
	for _, c := range copies {
		switch {
		case path.IsAbs(c.To):
			outside.Copies = append(outside.Copies, c)
		case p.work.app == nil:
			p.work.app = &plan.App{}
			fallthrough
		default:
			p.work.app.Copies = append(p.work.app.Copies, c)
		}
	}
	if len(outside.Copies) > 0 {
		p.work.files = append(p.work.files, outside)
	}
	return nil
}

// isBuilt tells whether the handler's module comes out of a wheel of a local
// package. Where the table of the build backend does not say what the wheel
// holds, it does for members, and for a packaged project when the module is the
// package's own, below src/ or of its name.
func (p *planning) isBuilt(h found) bool {
	member := h.dir != p.rootDir
	if !member && !p.closure.RootInstalled {
		return false
	}
	if layout := p.Workspace.pyproject(h.dir).Layout(); layout.Known {
		module, _ := moduleOf(h.handler)
		return layout.Holds(module)
	}
	if member {
		return true
	}
	own := project.NormalizeName(strings.TrimSuffix(h.top(), ".py")) == project.NormalizeName(p.root.Name)
	return own || h.root != h.dir
}

// includes are the copies of the context that `include` asks for. What goes
// outside of the task root has an absolute place.
func (p *planning) includes() ([]plan.Copy, error) {
	var copies []plan.Copy
	var errs []error
	for _, inc := range p.Spec.LocalIncludes() {
		from, to := p.includePaths(inc)
		if err := p.checkInclude(from, inc.From, inc.Source); err != nil {
			errs = append(errs, err)
			continue
		}
		if p.Workspace.Files[from].Kind == files.Regular && isFolder(inc.To) {
			to = path.Join(to, path.Base(from))
		}
		copies = append(copies, plan.Copy{From: from, To: to, Exclude: p.excludes(from), Source: inc.Source})
	}
	return copies, errors.Join(errs...)
}

// includePaths gives an include's place in the context and in the task root. Its
// paths are relative to the build file's folder. A file above that folder has no
// such path in the task root, so it goes there by its name.
func (p *planning) includePaths(inc spec.Include) (from, to string) {
	from, to = path.Join(p.Workspace.Dir, inc.From), path.Clean(inc.From)
	switch {
	case inc.To != "":
		to = path.Clean(inc.To)
	case Outside(to):
		to = path.Base(to)
	}
	return from, to
}

// excludes are the patterns of `exclude` that can match below from, relative to it.
// The patterns are relative to the build file's folder, as the patterns of
// .dockerignore are relative to the context. A pattern that matches from itself, or
// a folder above it, does not count: somebody asked for from by name. For a file no
// pattern counts: BuildKit would copy the file all the same, and, with a pattern
// that matches everything, would not see when it changes.
func (p *planning) excludes(from string) []string {
	if p.Workspace.Files[from].Kind == files.Regular || p.Listing.Entries[from].Kind == files.Regular {
		return compiled()
	}
	return files.Below(p.exclude, fromFolder(p.Workspace.Dir, from))
}

// clashes refuses two copies to one place in the task root.
func clashes(copies []plan.Copy) error {
	at := map[string]plan.Copy{}
	for _, c := range copies {
		if other, taken := at[c.To]; taken && c.To != "." {
			return source.Errorf(c.Source, "%s and %s would both be copied to %s: give one of them another `to`", other.From, c.From, c.To)
		}
		at[c.To] = c
	}
	return nil
}
