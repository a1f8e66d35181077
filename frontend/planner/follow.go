package planner

import (
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/python"
)

// place is a folder or file of the context, and where in the task root its
// modules would be.
type place struct{ from, to string }

// module is a file of the application that is imported by a name, a path in the
// task root without an ending.
type module struct{ file, name string }

// follow walks through the repository's own modules that run when the function
// starts, by their imports.
type follow struct {
	workspace *Workspace
	places    []place
	// skips tells imports that are not followed, by their top-level module.
	skips func(i python.Import, top string) bool
	// visit gets each import that runs, and the modules that it may need. It needs
	// the first of them for sure.
	visit func(from module, i python.Import, names []string)

	// anywhere is set when a module changes where Python looks for modules.
	anywhere bool

	seen  map[string]bool
	queue []module
}

// run follows the imports of modules, and of the packages that they are in.
func (f *follow) run(starts ...module) {
	f.seen = map[string]bool{}
	for _, start := range starts {
		f.queue = append(f.queue, start)
		f.reach(path.Dir(start.name))
	}
	for len(f.queue) > 0 {
		m := f.queue[0]
		f.queue = f.queue[1:]
		if f.seen[m.file] {
			continue
		}
		f.seen[m.file] = true
		read, err := f.workspace.module(m.file)
		if err != nil || read == nil {
			continue
		}
		f.anywhere = f.anywhere || read.ChangesPath
		for _, i := range read.Imports {
			if i.Guard == 0 {
				f.each(m, i)
			}
		}
	}
}

// each follows one import.
func (f *follow) each(from module, i python.Import) {
	names := from.needs(i)
	if f.skips(i, first(names[0])) {
		return
	}
	f.visit(from, i, names)
	for _, name := range names {
		f.reach(name)
	}
}

// needs are the modules that an import may need. In `from a import b`, b may be a
// module too.
func (m module) needs(i python.Import) []string {
	base := strings.ReplaceAll(i.Module, ".", "/")
	if i.Level > 0 {
		folder := m.name
		if path.Base(m.file) != "__init__.py" {
			folder = path.Dir(folder)
		}
		for range i.Level - 1 {
			folder = path.Dir(folder)
		}
		base = path.Join(folder, base)
	}
	names := []string{base}
	for _, name := range i.Names {
		if name != "*" {
			names = append(names, path.Join(base, name))
		}
	}
	return names
}

// reach queues a module and the packages that it is in.
func (f *follow) reach(name string) {
	for ; name != "."; name = path.Dir(name) {
		for _, file := range f.filesOf(name) {
			if f.workspace.Files[file].Kind == files.Regular {
				f.queue = append(f.queue, module{file, name})
				break
			}
		}
	}
}

// filesOf are the files of the context that would be a module.
func (f *follow) filesOf(name string) []string {
	var all []string
	for _, at := range f.places {
		for _, file := range moduleFiles(".", name) {
			if rel, ok := relative(at.to, file); ok {
				all = append(all, path.Join(at.from, rel))
			}
		}
	}
	return all
}

// allFilesOf are the files of modules and of the packages that they are in.
func (f *follow) allFilesOf(names []string) []string {
	var all []string
	for _, name := range names {
		for ; name != "."; name = path.Dir(name) {
			all = append(all, f.filesOf(name)...)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// first is the first element of a path.
func first(p string) string {
	top, _, _ := strings.Cut(p, "/")
	return top
}

// ImportFiles are the files to read to know whether the modules that the handler
// imports are in the repository. Modules that were read lead to more. When they are
// not near, each read is a transfer: what is in the handler's own package, which is
// in the function as a whole, is then not looked at.
func ImportFiles(in Input, near bool) []string {
	if in.Workspace.Lock == nil || in.Workspace.Top == nil {
		return nil
	}
	p := &planning{Input: in, rootDir: in.Workspace.Dir}
	if pkg := in.Workspace.Lock.Find(in.Spec.Package); pkg != nil {
		p.rootDir, _ = in.Workspace.PackageDir(pkg)
	}
	starts, roots := p.handlerModules()
	var paths []string
	f := p.follow(roots...)
	f.skips = func(i python.Import, top string) bool {
		own := slices.ContainsFunc(starts, func(start module) bool { return first(start.name) == top })
		return p.isForeign(i, top) || own && !near || !own && p.isLocked(top)
	}
	f.visit = func(_ module, _ python.Import, names []string) { paths = append(paths, f.allFilesOf(names)...) }
	f.run(starts...)
	slices.Sort(paths)
	return slices.DeleteFunc(slices.Compact(paths), Outside)
}

// handlerModules are the files that were read and may be the handler's module,
// and the roots that they are below.
func (p *planning) handlerModules() (starts []module, roots []string) {
	dirs := []string{p.rootDir}
	for _, pkg := range p.Workspace.Lock.Local() {
		dir, _ := p.Workspace.PackageDir(pkg)
		dirs = append(dirs, dir)
	}
	for _, h := range Handlers(p.Spec) {
		name, _ := moduleOf(h)
		if file, ok := p.included(name); ok {
			starts = append(starts, module{file, name})
		}
		for _, dir := range dirs {
			for _, root := range p.Workspace.sourceRoots(dir) {
				for _, file := range moduleFiles(root, name) {
					if p.Workspace.Files[file].Kind == files.Regular {
						starts, roots = append(starts, module{file, name}), append(roots, root)
					}
				}
			}
		}
	}
	return starts, roots
}

// follow makes a walk through the modules of the selected package and of the
// build file's folder, of what is included, and of more roots.
func (p *planning) follow(roots ...string) *follow {
	f := &follow{workspace: p.Workspace, skips: p.isForeign}
	for _, inc := range p.Spec.LocalIncludes() {
		from, to := p.includePaths(inc)
		f.places = append(f.places, place{from, to})
	}
	roots = slices.Concat(roots, p.Workspace.sourceRoots(p.Workspace.Dir), p.Workspace.sourceRoots(p.rootDir))
	for _, root := range roots {
		if at := (place{root, "."}); !slices.Contains(f.places, at) && !Outside(root) {
			f.places = append(f.places, at)
		}
	}
	return f
}

// isForeign tells modules of Python and of AWS's base.
func (p *planning) isForeign(i python.Import, top string) bool {
	return i.Level == 0 && (project.MayBeStandardModule(top) || p.Spec.Base == "" && project.IsRuntimeModule(top))
}

// isLocked tells modules of the packages that uv.lock has from elsewhere.
func (p *planning) isLocked(top string) bool {
	return slices.ContainsFunc(p.Workspace.Lock.Packages, func(pkg project.Package) bool {
		_, local := pkg.Source.Local()
		return !local && pkg.Provides(top)
	})
}
