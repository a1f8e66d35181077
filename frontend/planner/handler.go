package planner

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// UsualHandlers are tried, in this order, when the project names no handler:
// the console's default name, the guide's, and the names of common templates.
func UsualHandlers() []string {
	return []string{
		"lambda_function.lambda_handler",
		"app.main.handler",
		"main.handler",
		"app.handler",
		"handler.handler",
	}
}

// moduleOf splits a handler as the runtime does: at the last dot, with slashes
// for dots (https://github.com/aws/aws-lambda-python-runtime-interface-client).
func moduleOf(handler string) (module, function string) {
	i := strings.LastIndexByte(handler, '.')
	return strings.ReplaceAll(handler[:i], ".", "/"), handler[i+1:]
}

// moduleFiles are the files that can be a module, below a folder.
func moduleFiles(dir, module string) []string {
	return []string{path.Join(dir, module+".py"), path.Join(dir, module, "__init__.py")}
}

// SourceRoots are the folders that may hold modules of a project: the folders in
// the table of its build backend, and the usual folders. The pyproject.toml of the
// folder may be nil.
func SourceRoots(dir string, own *project.Pyproject) []string {
	var roots []string
	for _, root := range own.Layout().Roots {
		roots = append(roots, path.Join(dir, root))
	}
	return roots
}

// sourceRoots are the SourceRoots of a folder of the workspace.
func (w *Workspace) sourceRoots(dir string) []string { return SourceRoots(dir, w.pyproject(dir)) }

// Handlers are the handlers to look for: the project's, those that a command
// comes to, or the usual ones.
func Handlers(s *spec.Spec) []string {
	switch {
	case s.Handler != "":
		return []string{s.Handler}
	case len(s.Command) > 0:
		return commandHandlers(s)
	}
	return UsualHandlers()
}

// HandlerFiles are the files to read to find one of some handlers in a project
// with these SourceRoots.
func HandlerFiles(handlers []string, roots ...string) []string {
	var paths []string
	for _, h := range handlers {
		module, _ := moduleOf(h)
		for _, root := range roots {
			paths = append(paths, moduleFiles(root, module)...)
		}
	}
	return paths
}

// found is where the handler's module is.
type found struct {
	handler string
	// file is the module's file in the context; it is empty when the module
	// belongs to an installed third-party package.
	file string
	// root is the folder that the module's name starts from.
	root string
	// dir is the project that root belongs to.
	dir string
	// included is the module's file when an include brings it.
	included string
}

// top is the handler's top-level package or module, as a path below root.
func (f found) top() string {
	rel, _ := relative(f.root, f.file)
	return first(rel)
}

// findHandler looks for the handler where the image will have it: in what
// `include` copies, in the selected project, in the members it is built with,
// and in the packages it installs.
func (p *planning) findHandler() (found, error) {
	for _, h := range Handlers(p.Spec) {
		module, function := moduleOf(h)
		if file, ok := p.included(module); ok && p.defines(file, function) {
			return found{handler: h, included: file}, nil
		}
		if at, ok := p.findModule(h); ok {
			return at, nil
		}
		if p.Spec.Handler != "" && p.isInstalled(module) {
			return found{handler: h}, nil
		}
	}
	if err := p.hiddenHandler(); err != nil {
		return found{}, err
	}
	if p.Spec.Handler == "" && p.unreadable != nil {
		return found{}, p.unreadable
	}
	if p.Spec.Handler == "" {
		return found{}, source.Errorf(p.Spec.Locate(), "no handler was found (looked for %s): set `handler = \"module.function\"` in [tool.uvlambda], or `command` for a web server", strings.Join(UsualHandlers(), ", ")).Of(RuleHandlerNotFound)
	}
	return found{}, p.noHandler()
}

// hiddenHandler is the error when an ignore file hides the handler's module. For a
// module in a package, the whole package is copied.
func (p *planning) hiddenHandler() error {
	for _, h := range Handlers(p.Spec) {
		module, function := moduleOf(h)
		why := "the module of the handler " + h
		for _, name := range p.includedFiles(module) {
			if p.Workspace.Files.Hidden(name) && p.defines(name, function) {
				return p.Workspace.refuse(name, why)
			}
		}
		for _, dir := range p.searchDirs() {
			for _, root := range p.Workspace.sourceRoots(dir) {
				for _, file := range moduleFiles(root, module) {
					if !p.Workspace.Files.Hidden(file) || !p.defines(file, function) {
						continue
					}
					around := []string{dir, root}
					if top := path.Join(root, found{file: file, root: root}.top()); top != file {
						around = append(around, top, top+everything)
					}
					return p.Workspace.refuse(file, why, around...)
				}
			}
		}
	}
	return nil
}

// noHandler is the error of a handler whose module is nowhere.
func (p *planning) noHandler() error {
	module, _ := moduleOf(p.Spec.Handler)
	if strings.HasSuffix(module, "/py") {
		return source.Errorf(p.Spec.Locate("handler"), "handler %q has the name of a file in it, and Lambda wants the module's: leave out .py, as in %q",
			p.Spec.Handler, strings.Replace(p.Spec.Handler, ".py.", ".", 1)).Of(RuleHandlerNotFound)
	}
	var looked []string
	for _, root := range p.Workspace.sourceRoots(p.rootDir) {
		looked = append(looked, moduleFiles(root, module)...)
	}
	return source.Errorf(p.Spec.Locate("handler"), "handler %q: its module is not in the build context: there is no %s; create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)",
		p.Spec.Handler, strings.Join(looked, ", ")).Of(RuleHandlerNotFound)
}

// handlerMissing is the error of a handler that no installed package has.
func (p *planning) handlerMissing() error {
	module, _ := moduleOf(p.handler)
	at := p.Spec.Locate("handler")
	if p.handlerFile == "" {
		return source.Errorf(at, "handler %q: no installed package has the module %s: correct the handler", p.handler, strings.ReplaceAll(module, "/", ".")).Of(RuleHandlerNotFound)
	}
	return source.Errorf(at, "handler %q: the wheel that is built of %s does not hold %s: have its build backend include the file, or %s",
		p.handler, folderName(p.place.dir), p.handlerFile, p.includeHint(place{p.place.root, "."}, p.handlerFile)).Of(RuleHandlerNotFound)
}

// searchDirs are the folders of the selected project and of the members built
// for it.
func (p *planning) searchDirs() []string {
	dirs := []string{p.rootDir}
	for _, m := range p.closure.Members {
		dir, _ := p.Workspace.PackageDir(m)
		dirs = append(dirs, dir)
	}
	return dirs
}

// defines tells whether a usual handler's file has the function; a handler
// that the project names is taken at its word.
func (p *planning) defines(file, function string) bool {
	if p.Spec.Handler != "" || len(p.Spec.Command) > 0 {
		return true
	}
	m, err := p.Workspace.module(file)
	if err != nil && p.unreadable == nil {
		p.unreadable = err
	}
	return m != nil && definesFunction(m, function)
}

// isInstalled tells whether a module's top-level name is the name of a third-party
// package, as with wrappers of monitoring services.
func (p *planning) isInstalled(module string) bool {
	return slices.ContainsFunc(p.closure.Packages, func(pkg *project.Package) bool { return pkg.Provides(first(module)) })
}

// included finds the file that an include puts where the module is looked for.
func (p *planning) included(module string) (string, bool) {
	for _, src := range p.includedFiles(module) {
		if p.Workspace.Files[src].Kind == files.Regular {
			return src, true
		}
	}
	return "", false
}

// includedFiles are the files that includes put where the module is looked for,
// if they exist.
func (p *planning) includedFiles(module string) []string {
	var all []string
	for _, inc := range p.Spec.LocalIncludes() {
		from, to := p.includePaths(inc)
		for _, file := range moduleFiles(".", module) {
			rel, ok := relative(to, file)
			if !ok {
				continue
			}
			all = append(all, path.Join(from, rel))
		}
	}
	return all
}

// IncludeFiles are the files to read to know whether an include provides the
// handler, and the includes themselves, to be looked at.
func IncludeFiles(in Input) (read, stat []string) {
	p := &planning{Input: in}
	stat = commandFiles(in)
	if name := DockerfileOf(in); name != "" && !Outside(name) {
		read = append(read, name)
	}
	for _, inc := range in.Spec.LocalIncludes() {
		from, to := p.includePaths(inc)
		if Outside(from) {
			continue
		}
		stat = append(stat, from)
		for _, h := range Handlers(in.Spec) {
			module, _ := moduleOf(h)
			for _, file := range moduleFiles(".", module) {
				if rel, ok := relative(to, file); ok {
					read = append(read, path.Join(from, rel))
				}
			}
		}
	}
	return read, stat
}

// checkInclude refuses an include that does not exist, or that leads out of the
// context.
func (p *planning) checkInclude(from, written string, loc plan.Location) error {
	if Outside(from) {
		return source.Errorf(loc, "include %q leads out of the build context: build with a context that holds it and -f for this build file, or copy the files into the context", written)
	}
	if err := p.hiddenInclude(from); err != nil {
		return err
	}
	switch e := p.Workspace.Files[from]; {
	case from == "." || e.Kind == files.Regular || e.Kind == files.Folder:
		return nil
	case e.Kind == files.Outside:
		return source.Errorf(loc, "include %q is a symbolic link to %s, outside of the build context: copy the files into the context", written, e.Link)
	default:
		if strings.ContainsRune(written, '\\') {
			return source.Errorf(loc, "include %q is not in the build context: separate folders with /", written)
		}
		return source.Errorf(loc, "include %q is not in the build context: correct the path (it is relative to %s), and check that .dockerignore does not hide it", written, folderName(p.Workspace.Dir))
	}
}

// hiddenInclude refuses an include that an ignore file hides, or empties.
func (p *planning) hiddenInclude(from string) error {
	w := p.Workspace
	const why = "which is named by include"
	if err := w.refuse(from+everything, why); err != nil {
		return err
	}
	return w.refuse(from, why)
}

// folderName is a folder for people.
func folderName(dir string) string {
	if dir == "." {
		return "the context's root"
	}
	return fmt.Sprintf("%s/", dir)
}
