package planner

import (
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// commandHandlers are the modules of a command in the form of handlers, of which
// only the module counts. A package may be run by its __main__.
func commandHandlers(s *spec.Spec) []string {
	var all []string
	for _, module := range s.CommandModules() {
		all = append(all, module+".main", module+".__main__.main")
	}
	return all
}

// commandFiles are the files of the context that words of a command may name.
func commandFiles(in Input) []string {
	var all []string
	for _, name := range in.Spec.CommandFiles() {
		all = append(all, path.Join(in.Workspace.Dir, name))
	}
	return all
}

// planCommand plans the copies of a function without a handler: what `include`
// copies, and what the words of its command name.
func (p *planning) planCommand(copies []plan.Copy) error {
	p.plan.Config = &plan.Config{Cmd: p.Spec.Command, Command: true}
	places := p.commandPlaces()
	for _, at := range places {
		if p.handlerFile == "" {
			p.handlerFile = at.file
		}
		if _, err := p.Workspace.module(at.file); err != nil {
			return err
		}
		if !p.isBuilt(at) {
			copies = p.withCopy(copies, path.Join(at.root, at.top()), at.top())
		}
	}
	for _, file := range commandFiles(p.Input) {
		if p.Workspace.Files[file].Kind == files.Regular {
			rel := fromFolder(p.Workspace.Dir, file)
			copies = p.withCopy(copies, path.Join(p.Workspace.Dir, first(rel)), first(rel))
		}
	}
	if len(copies) == 0 && len(places) == 0 {
		if err := p.noCommand(); err != nil {
			return err
		}
	}
	if err := clashes(copies); err != nil {
		return err
	}
	p.copies = copies
	if len(places) > 0 {
		if err := p.checkImports(places[0]); err != nil {
			return err
		}
	}
	return p.copyTrees()
}

// withCopy adds a copy for the command, unless another one brings the place.
func (p *planning) withCopy(copies []plan.Copy, from, to string) []plan.Copy {
	brought := func(c plan.Copy) bool { return files.Within(c.To, to) && (c.To != "." || p.bringsTop(c, to)) }
	if slices.ContainsFunc(copies, brought) {
		return copies
	}
	return append(copies, plan.Copy{From: from, To: to, Exclude: p.excludes(from), Source: p.Spec.Locate("command")})
}

// bringsTop tells whether a copy to the task root itself has a place at its top.
func (p *planning) bringsTop(c plan.Copy, to string) bool {
	name := path.Join(c.From, to)
	return slices.ContainsFunc(p.Workspace.Files.Existing(), func(file string) bool { return files.Within(name, file) })
}

// commandPlaces are the modules that words of the command name, as far as they
// are in the repository.
func (p *planning) commandPlaces() []found {
	var places []found
	for _, h := range commandHandlers(p.Spec) {
		module, _ := moduleOf(h)
		if _, included := p.included(module); included {
			continue
		}
		if at, ok := p.findModule(h); ok {
			places = append(places, at)
		}
	}
	return places
}

// findModule finds the module of a handler in the selected project and in the members
// that it is built with.
func (p *planning) findModule(handler string) (found, bool) {
	module, function := moduleOf(handler)
	for _, dir := range p.searchDirs() {
		for _, root := range p.Workspace.sourceRoots(dir) {
			for _, file := range moduleFiles(root, module) {
				if p.Workspace.Files[file].Kind == files.Regular && p.defines(file, function) {
					return found{handler: handler, file: file, root: root, dir: dir}, true
				}
			}
		}
	}
	return found{}, false
}

// noCommand is the error of a command that names a module or file of Python which
// is nowhere, nil when all of its words may mean something else.
func (p *planning) noCommand() error {
	for _, word := range p.Spec.Command {
		module, _, object := strings.Cut(word, ":")
		isFile := strings.HasSuffix(word, ".py")
		if !isFile && (!object || !slices.Contains(p.Spec.CommandModules(), module)) {
			continue
		}
		if p.isInstalled(strings.ReplaceAll(module, ".", "/")) {
			continue
		}
		return source.Errorf(p.Spec.Locate("command"), "command: %s is in neither the build context nor a package of the function: create it, correct the command, or copy it with `include` (and check that .dockerignore does not hide it)", module).Of(RuleHandlerNotFound)
	}
	return nil
}
