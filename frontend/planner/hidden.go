package planner

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// Unseen are the paths that a plan wants to know of when an ignore file hides
// them, beside the files that are read: what is included, and of packages the
// modules and the files that their metadata names. There are none, and nothing
// has to be looked at, while no pattern hides one.
func Unseen(in Input) ([]string, error) {
	w := in.Workspace
	ignore, err := files.NewIgnore(w.Ignored.Patterns)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, group := range (&planning{Input: in}).hideable() {
		hidden := false
		for _, name := range group {
			h, err := ignore.Hides(name)
			if err != nil {
				return nil, err
			}
			hidden = hidden || h
		}
		if hidden {
			all = append(all, group...)
		}
	}
	all = slices.DeleteFunc(all, func(name string) bool { return Outside(name) || w.Files[name].Kind != files.Missing })
	slices.Sort(all)
	return slices.Compact(all), nil
}

// MarkEmptied notes the included folders from which an ignore file hides
// everything. The empty folder is sent.
func MarkEmptied(in Input) error {
	w := in.Workspace
	p := &planning{Input: in}
	for _, inc := range in.Spec.LocalIncludes() {
		from, _ := p.includePaths(inc)
		if from == "." || w.Files[from].Kind != files.Folder {
			continue
		}
		h, err := w.Ignored.Hides(from + everything)
		if err != nil {
			return err
		}
		if h != nil {
			w.Files[from+everything] = files.Entry{Kind: files.Hidden}
		}
	}
	return nil
}

// hideable are groups of paths. Whether one of a group is hidden counts only
// together with what the others are.
func (p *planning) hideable() [][]string {
	w := p.Workspace
	var groups [][]string
	for _, inc := range p.Spec.LocalIncludes() {
		from, _ := p.includePaths(inc)
		groups = append(groups, []string{from})
	}
	if w.Lock == nil {
		return groups
	}
	for i := range w.Lock.Packages {
		for _, local := range w.Lock.Packages[i].LocalFiles() {
			groups = append(groups, []string{w.fromRoot(local)})
		}
	}
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if pkg.Source.Virtual != "" || Outside(dir) || w.Files.Hidden(pathOf(dir)) {
			continue
		}
		groups = append(groups, w.packageModules(dir, pkg.Name))
		for _, named := range NamedFiles(w.Members[dir]) {
			groups = append(groups, []string{path.Join(dir, named.File)})
		}
	}
	return groups
}

// packageModules are the places of the module that a package is usually built
// from: below each source root a folder, its first file, and a single file.
func (w *Workspace) packageModules(dir, name string) []string {
	var places []string
	for _, root := range w.sourceRoots(dir) {
		place := path.Join(root, moduleName(name))
		places = append(places, place, path.Join(place, "__init__.py"), place+".py")
	}
	return places
}

// moduleName is the name of the module that a package of that name has when
// nobody says another.
func moduleName(name string) string {
	return strings.ReplaceAll(project.NormalizeName(name), "-", "_")
}

// checkHiddenProject refuses a hidden lock, and hidden files of the project
// that it is of.
func (p *planning) checkHiddenProject() error {
	w := p.Workspace
	const why = "which the build needs"
	locked, top := w.refuse(w.LockName(), why, w.Root), w.refuse(pathOf(w.Root), why, w.Root)
	if locked != nil && top != nil && locked.Error() == top.Error() {
		// Their folder is hidden.
		return top
	}
	return errors.Join(locked, top)
}

// checkHiddenSources refuses to build a package when an ignore file hides the
// modules of its wheel.
func (p *planning) checkHiddenSources(pkg *project.Package, dir string) error {
	w := p.Workspace
	why := fmt.Sprintf("the package %s, which %s needs", pkg.Name, p.root.Name)
	if pkg == p.root {
		why = "the package " + pkg.Name
	}
	py := w.Members[dir]
	if err := w.refuse(pathOf(dir), why, dir); err != nil {
		return err
	}
	if usesSetuptools(py) {
		for _, name := range []string{"setup.py", "setup.cfg"} {
			if err := w.refuse(path.Join(dir, name), "which "+pkg.Name+" is built by", dir); err != nil {
				return err
			}
		}
	}
	if err := p.checkHiddenModule(pkg, dir); err != nil {
		return err
	}
	return w.checkHiddenMetadata(pkg, dir)
}

// checkHiddenModule refuses to build a package without its module. A package
// that has one at another place is let through.
func (p *planning) checkHiddenModule(pkg *project.Package, dir string) error {
	w := p.Workspace
	why := fmt.Sprintf("the module %s of the package %s", moduleName(pkg.Name), pkg.Name)
	var refused error
	for _, root := range p.Workspace.sourceRoots(dir) {
		place := path.Join(root, moduleName(pkg.Name))
		first, single := path.Join(place, "__init__.py"), place+".py"
		if w.Files.Exists(first) || w.Files.Exists(single) {
			return nil
		}
		around := []string{dir, root, place, place + everything}
		if refused == nil && !saysModules(w.Members[dir]) {
			refused = w.refuse(single, why, dir, root)
		}
		for _, name := range []string{first, place} {
			if refused == nil {
				refused = w.refuse(name, why, around...)
			}
		}
	}
	return refused
}

// saysModules reports whether a pyproject.toml says which modules its build
// backend takes. A file that has the package's name may be a script then.
func saysModules(py *project.Pyproject) bool {
	if py == nil {
		return false
	}
	for _, table := range [][]string{
		{"flit", "module"}, {"hatch", "build"}, {"maturin"}, {"pdm", "build"}, {"poetry", "packages"}, {"setuptools"}, {"uv", "build-backend"},
	} {
		if py.Doc.Has(append([]string{"tool"}, table...)...) {
			return true
		}
	}
	return false
}

// checkHiddenMetadata refuses to build a package when a file is hidden that its
// build backend needs.
func (w *Workspace) checkHiddenMetadata(pkg *project.Package, dir string) error {
	py := w.Members[dir]
	backend := Backend(py)
	var errs []error
	for _, named := range NamedFiles(py) {
		if named.neededBy(backend) {
			why := fmt.Sprintf("the %s of %s, which its build backend %s wants", named.Key, pkg.Name, backend)
			errs = append(errs, w.refuse(path.Join(dir, named.File), why))
		}
	}
	return errors.Join(errs...)
}

// NamedFile is a file that a key of [project] names.
type NamedFile struct{ Key, File string }

// NamedFiles are the files that a build backend reads for the metadata:
// https://packaging.python.org/en/latest/specifications/pyproject-toml/
func NamedFiles(py *project.Pyproject) []NamedFile {
	if py == nil {
		return nil
	}
	var all []NamedFile
	add := func(path ...string) {
		file, _ := py.Doc.Value(path...).(string)
		if file != "" && !strings.ContainsAny(file, "*?[") {
			all = append(all, NamedFile{path[1], file})
		}
	}
	add("project", "readme")
	add("project", "readme", "file")
	add("project", "license", "file")
	named, _ := py.Doc.Value("project", "license-files").([]any)
	for i := range named {
		add("project", "license-files", strconv.Itoa(i))
	}
	return all
}

// neededBy reports whether a build backend is known to fail without the file.
// setuptools only warns, and hatchling takes license-files for patterns that
// need not match.
func (n NamedFile) neededBy(backend string) bool {
	switch tool, _, _ := strings.Cut(backend, "."); tool {
	case "flit_core", "maturin", "pdm", "poetry", "uv_build":
		return true
	case "hatchling":
		return n.Key != "license-files"
	}
	return false
}

// Backend is the build backend that a pyproject.toml names, setuptools when it
// names none: https://peps.python.org/pep-0517/#build-backend
func Backend(py *project.Pyproject) string {
	const legacy = "setuptools.build_meta"
	if py == nil {
		return legacy
	}
	if name, _ := py.Doc.Value("build-system", "build-backend").(string); name != "" {
		return name
	}
	return legacy
}

// usesSetuptools reports whether setup.py and setup.cfg say how a package is
// built.
func usesSetuptools(py *project.Pyproject) bool { return strings.HasPrefix(Backend(py), "setuptools") }
