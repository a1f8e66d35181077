package planner

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/python"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Import is an import of the application whose module is in no file that is
// copied, and in no package that is known to have it.
type Import struct {
	// Module is the top-level module.
	Module string
	// At is the line of the import.
	At plan.Location
	// remedy says what to do.
	remedy string
	// needed is set when the module is a file of the repository, or a package
	// that is locked: without it, the function does not start.
	needed bool
}

// String says what is wrong.
func (i Import) String() string {
	return fmt.Sprintf("%s is imported here and is not in the function: %s", i.Module, i.remedy)
}

// Err is the mistake of an import that is surely needed and not there, nil when
// something that is not known may have it.
func (i Import) Err() error {
	if !i.needed {
		return nil
	}
	return source.Errorf(i.At, "%s", i).Of(RuleImportNotFound)
}

// imports resolves the imports that run when the function starts.
type imports struct {
	*planning
	*follow
	resolved      map[string]bool
	unfound, open []Import
	errs          []error
}

// checkImports finds imports of modules that neither a copy nor a package
// brings. A layer has no modules of the application.
func (p *planning) checkImports(h found) error {
	if p.handlerFile == "" || p.Output == plan.OutputLayer {
		return nil
	}
	var roots []string
	if h.root != "" {
		roots = []string{h.root}
	}
	i := &imports{planning: p, follow: p.follow(roots...), resolved: map[string]bool{}}
	i.visit = i.resolve
	name, _ := moduleOf(h.handler)
	i.run(module{p.handlerFile, name})
	if i.anywhere {
		return nil
	}
	p.unfound, p.open = i.unfound, i.open
	return errors.Join(i.errs...)
}

// resolve decides where an import's module comes from.
func (i *imports) resolve(from module, written python.Import, names []string) {
	top := first(names[0])
	if written.Level > 0 || i.resolved[top] {
		return
	}
	if i.isCopied(top, names) || i.isInstalled(names[0]) || i.isInWheel(top) {
		return
	}
	i.resolved[top] = true
	at := plan.Location{File: from.file, Line: written.At.Line, EndLine: written.At.Line}
	missing := Import{Module: top, At: at}
	file := i.inRepository(names)
	list, optional := i.optional(top)
	switch {
	case file != "":
		missing.remedy, missing.needed = i.includeRemedy(file, names), true
		if i.mayBeInWheel(file) {
			i.open = append(i.open, missing)
			return
		}
	case optional:
		missing.remedy = list
		// A layer of the account or another base may have what is not installed.
		missing.needed = i.Spec.Base == "" && (i.Output == plan.OutputImage || i.Output == plan.OutputTest)
	default:
		missing.remedy = "add the package that has it to the dependencies, or copy the file with `include`"
		if i.mayBeElsewhere(names) {
			i.open = append(i.open, missing)
			return
		}
	}
	if err := missing.Err(); err != nil {
		i.errs = append(i.errs, err)
		return
	}
	i.unfound = append(i.unfound, missing)
}

// isCopied tells whether a copy brings a module.
func (i *imports) isCopied(top string, names []string) bool {
	for _, c := range i.copies {
		if c.To == "." {
			below := &follow{places: []place{{c.From, "."}}}
			if slices.ContainsFunc(below.allFilesOf(names), i.Workspace.Files.Exists) {
				return true
			}
			continue
		}
		name, rest, _ := strings.Cut(c.To, "/")
		if name == top || rest == "" && strings.TrimSuffix(name, ".py") == top {
			return true
		}
	}
	return false
}

// isInWheel tells whether the table of a local package says that its wheel has
// a module.
func (i *imports) isInWheel(top string) bool {
	for dir, pkg := range i.builtDirs() {
		if pkg.Provides(top) {
			return true
		}
		layout := i.Workspace.pyproject(dir).Layout()
		if slices.ContainsFunc(layout.Modules, func(m string) bool { return first(m) == top }) {
			return true
		}
	}
	return false
}

// mayBeInWheel tells whether a file may be in the wheel of a local package
// whose table does not say what the wheel has.
func (i *imports) mayBeInWheel(file string) bool {
	for dir := range i.builtDirs() {
		if _, inside := relative(dir, file); inside && !i.Workspace.pyproject(dir).Layout().Known {
			return true
		}
	}
	return false
}

// builtDirs are the folders of the local packages that are built.
func (p *planning) builtDirs() map[string]*project.Package {
	built := slices.Clone(p.closure.Members)
	if p.closure.RootInstalled {
		built = append(built, p.root)
	}
	dirs := map[string]*project.Package{}
	for _, pkg := range built {
		dir, _ := p.Workspace.PackageDir(pkg)
		dirs[dir] = pkg
	}
	return dirs
}

// mayBeElsewhere tells whether something that is not known may have a module: a
// package whose modules have other names than the package, a base that is not
// AWS's, files of another image, or a part of the context that was not read.
func (i *imports) mayBeElsewhere(names []string) bool {
	if len(i.closure.Packages) > 0 || i.Spec.Base != "" || slices.ContainsFunc(i.Spec.Include, inTaskRootOfImage) {
		return true
	}
	for dir := range i.builtDirs() {
		if !i.Workspace.pyproject(dir).Layout().Known {
			return true
		}
	}
	if slices.ContainsFunc(i.copies, func(c plan.Copy) bool { return c.To == "." }) {
		return true
	}
	return slices.ContainsFunc(i.allFilesOf(names), func(file string) bool {
		_, read := i.Workspace.Files[file]
		return !read
	})
}

// inRepository gives the file of the repository that would be a module.
func (i *imports) inRepository(names []string) string {
	for _, file := range i.allFilesOf(names) {
		if i.Workspace.Files[file].Kind == files.Regular {
			return file
		}
	}
	return ""
}

// includeRemedy says how to include a module of the repository. It is in one of the
// places that are looked at.
func (i *imports) includeRemedy(file string, names []string) string {
	at := slices.IndexFunc(i.places, func(at place) bool {
		one := &follow{places: []place{at}}
		return slices.Contains(one.allFilesOf(names), file)
	})
	return fmt.Sprintf("%s is in the repository, and nothing copies it: %s", file, i.includeHint(i.places[at], file))
}

// includeHint says how to include the top-level module of a file, whose name
// starts at a place.
func (p *planning) includeHint(at place, file string) string {
	rel, _ := relative(at.from, file)
	to := first(rel)
	from, inside := relative(p.Workspace.Dir, path.Join(at.from, to))
	if !inside {
		return fmt.Sprintf("move it below %s, or make it a package of the workspace", folderName(p.Workspace.Dir))
	}
	entry := fmt.Sprintf("%q", from)
	if to != from {
		entry = fmt.Sprintf("{ from = %q, to = %q }", from, to)
	}
	if len(p.Spec.Include) > 0 {
		return "add " + entry + " to include"
	}
	return "add include = [" + entry + "] to [tool.uvlambda]"
}

// optional finds a module in the extras and groups of the selected package that
// are not chosen.
func (i *imports) optional(top string) (remedy string, found bool) {
	provides := func(d project.Dependency) bool {
		pkg := i.Workspace.Lock.Find(d.Name)
		return pkg != nil && pkg.Provides(top)
	}
	for _, list := range []struct {
		key    string
		of     map[string][]project.Dependency
		chosen []string
	}{
		{"extras", i.root.OptionalDependencies, i.Spec.Extras},
		{"groups", i.root.DevDependencies, i.Spec.Groups},
	} {
		for _, name := range slices.Sorted(maps.Keys(list.of)) {
			if slices.Contains(list.chosen, name) || !slices.ContainsFunc(list.of[name], provides) {
				continue
			}
			all := append(slices.Clone(list.chosen), name)
			return fmt.Sprintf("only the %s %q has it: set %s = [%s] in [tool.uvlambda], or add it to the dependencies",
				strings.TrimSuffix(list.key, "s"), name, list.key, quoted(all)), true
		}
	}
	return "", false
}

// quoted joins names as the elements of a TOML array.
func quoted(names []string) string {
	var all []string
	for _, name := range names {
		all = append(all, fmt.Sprintf("%q", name))
	}
	return strings.Join(all, ", ")
}
