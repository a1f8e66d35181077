package planner

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// planLockCheck plans the check that uv.lock is up to date. It reads all that
// was locked, not only what the function needs.
func (p *planning) planLockCheck() error {
	if p.Spec.Lock == spec.LockUnchecked {
		return nil
	}
	w := p.Workspace
	check := &plan.LockCheck{Root: w.Root, Files: p.checkedFiles(), Source: p.projectLocation()}
	var errs []error
	for i := range w.Lock.Packages {
		pkg := &w.Lock.Packages[i]
		if file := w.fromRoot(pkg.Source.Path); isArchive(pkg) && !Outside(file) {
			errs = append(errs, w.refuse(file, "which uv reads to check uv.lock"))
			check.Archives = append(check.Archives, file)
		}
	}
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if !Outside(dir) && !declaresDependencies(w.Members[dir]) {
			check.Builds = append(check.Builds, plan.Folder{Path: dir, Exclude: w.notSources(dir)})
			check.Secrets = p.secrets()
			errs = append(errs, w.checkHiddenBuild(pkg, dir))
		}
	}
	for _, folder := range check.Builds {
		for _, beside := range w.buildTree(folder.Path).beside {
			taken := func(f plan.Folder) bool { return f.Path == beside.Path }
			if !IsIgnoreFile(beside.Path) && !slices.ContainsFunc(slices.Concat(check.Builds, check.Beside), taken) {
				check.Beside = append(check.Beside, beside)
			}
		}
	}
	if check.Whole = p.WholeCheck && len(check.Builds) > 0; check.Whole {
		check.Beside = []plan.Folder{{Path: ".", Exclude: unresolved()}}
	}
	built := func(name string) bool {
		is := func(f plan.Folder) bool { return f.Path == path.Dir(name) }
		return check.Whole || slices.ContainsFunc(slices.Concat(check.Builds, check.Beside), is)
	}
	check.Reduced = p.reduced(slices.DeleteFunc(slices.Clone(check.Files), built), true)
	check.Hidden = w.hiddenFiles(check.Files)
	p.plan.LockCheck = check
	return errors.Join(errs...)
}

// checkHiddenBuild refuses a check of uv.lock that has to build a package whose
// project files are hidden.
func (w *Workspace) checkHiddenBuild(pkg *project.Package, dir string) error {
	why := "the package " + pkg.Name + ", which uv builds to check uv.lock, since its dependencies are dynamic"
	for _, name := range MetadataFiles() {
		if err := w.refuse(path.Join(dir, name), why, dir); err != nil {
			return err
		}
	}
	return nil
}

// hiddenFiles are the files among those that an ignore file hides.
func (w *Workspace) hiddenFiles(names []string) []plan.File {
	var hidden []plan.File
	for _, name := range names {
		if w.Files.Hidden(name) {
			hidden = append(hidden, plan.File{Path: name, Content: string(w.Files[name].Data)})
		}
	}
	return hidden
}

// reduced are the project files among those in a shorter form, with or without
// dependency groups.
func (p *planning) reduced(names []string, groups bool) []plan.File {
	w := p.Workspace
	var files []plan.File
	for _, name := range names {
		dir := path.Dir(name)
		py := w.Members[dir]
		switch dir {
		case w.Root:
			py = w.Top
		case w.Dir:
			py = w.Own
		}
		if py == nil || name != pathOf(dir) {
			continue
		}
		if text, ok := py.Reduced(groups); ok {
			files = append(files, plan.File{Path: name, Content: text})
		}
	}
	return files
}

// checkedFiles are the project files of all local packages.
func (p *planning) checkedFiles() []string {
	w := p.Workspace
	read := []string{w.LockName(), pathOf(w.Root)}
	for dir := range w.Members {
		read = append(read, pathOf(dir))
	}
	for name := range w.Files {
		if _, ok := w.Files.Content(name); !ok {
			continue
		}
		if strings.HasSuffix(name, "setup.cfg") || strings.HasSuffix(name, "setup.py") {
			read = append(read, name)
		}
	}
	slices.Sort(read)
	return slices.Compact(read)
}

// declaresDependencies tells whether a package's dependencies stand in its
// pyproject.toml. If not, uv builds the package to know them.
func declaresDependencies(py *project.Pyproject) bool {
	return py != nil && py.HasProject &&
		!slices.Contains(py.Dynamic, "dependencies") && !slices.Contains(py.Dynamic, "optional-dependencies")
}
