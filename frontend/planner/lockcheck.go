package planner

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// planLockCheck plans the check that uv.lock is up to date. The check reads the
// files of all locked projects, not only of the projects that the function needs.
func (p *planning) planLockCheck() error {
	if p.Spec.Lock == spec.LockUnchecked {
		return nil
	}
	w := p.Workspace
	check := &plan.LockCheck{Root: w.Root, Files: p.checkedFiles()}
	var errs []error
	for i := range w.Lock.Packages {
		pkg := &w.Lock.Packages[i]
		for _, local := range pkg.LocalFiles() {
			switch file := w.fromRoot(local); {
			case p.isAbsent(file) && pkg.Source.Path == "":
				// uv does not miss a file of an index.
			case p.isAbsent(file) && strings.HasSuffix(file, ".whl"):
				check.Stubs = append(check.Stubs, plan.Stub{Path: file, Metadata: metadataOf(pkg)})
			case !Outside(file):
				errs = append(errs, w.refuse(file, "which uv reads to check uv.lock"))
				check.LocalFiles = append(check.LocalFiles, file)
			}
		}
	}
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if !Outside(dir) && !declaresDependencies(w.Members[dir]) {
			check.Builds = append(check.Builds, plan.Folder{Path: dir, Exclude: w.notSources(dir), Package: pkg.Name})
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
	check.Variables = p.buildVariables(pathsOf(check.Builds)...)
	check.Written = p.archivals(pathsOf(slices.Concat(check.Builds, check.Beside)), check.Variables)
	if check.Whole = p.WholeCheck && len(check.Builds) > 0; check.Whole {
		check.Beside = []plan.Folder{{Path: ".", Exclude: unresolved()}}
	}
	built := func(name string) bool {
		is := func(f plan.Folder) bool { return f.Path == path.Dir(name) }
		return check.Whole || slices.ContainsFunc(slices.Concat(check.Builds, check.Beside), is)
	}
	check.Reduced = append(p.reduced(slices.DeleteFunc(slices.Clone(check.Files), built), true), w.placedLock()...)
	check.Hidden = w.hiddenFiles(check.Files)
	p.work.lockCheck = check
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

// isAbsent tells a file that the context is known not to have: it is outside, not
// there, or ignored, as wheels for other platforms often are.
func (p *planning) isAbsent(file string) bool {
	entry, known := p.Workspace.Files[file]
	return Outside(file) || known && (entry.Kind == files.Missing || entry.Kind == files.Hidden)
}

// metadataOf is the core metadata of a package as the lock has it on record
// (https://packaging.python.org/en/latest/specifications/core-metadata/).
func metadataOf(pkg *project.Package) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Metadata-Version: 2.1\nName: %s\nVersion: %s\n", pkg.Name, pkg.Version)
	for _, extra := range pkg.Metadata.ProvidesExtras {
		fmt.Fprintf(&b, "Provides-Extra: %s\n", extra)
	}
	for _, r := range pkg.Metadata.RequiresDist {
		b.WriteString("Requires-Dist: " + r.Name)
		if len(r.Extras) > 0 {
			b.WriteString("[" + strings.Join(r.Extras, ",") + "]")
		}
		if r.URL != "" {
			b.WriteString(" @ " + r.URL + " ")
		}
		b.WriteString(r.Specifier)
		if r.Marker != "" {
			b.WriteString(" ; " + r.Marker)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// reduced are the project files among those in a shorter form, with or without
// dependency groups. They have the versions of the lock: another version of a
// package of the repository makes uv refuse the lock, and changes nothing of
// what gets installed from elsewhere.
func (p *planning) reduced(names []string, groups bool) []plan.File {
	w := p.Workspace
	versions := map[string]*string{}
	for _, other := range w.OtherVersions() {
		dir, _ := w.PackageDir(other.Package)
		versions[dir] = &other.Package.Version
	}
	var reduced []plan.File
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
		if text, altered, ok := py.Reduced(groups, versions[dir], w.lockedFolders(dir)); ok {
			reduced = append(reduced, plan.File{Path: name, Content: text, Altered: altered || versions[dir] != nil})
		}
	}
	return reduced
}

// lockedFolders are the folders that are indexes and that have files in the lock.
// They are relative to a folder of the context.
func (w *Workspace) lockedFolders(dir string) []string {
	var folders []string
	for i := range w.Lock.Packages {
		folder, ok := w.Lock.Packages[i].Source.Folder()
		if !ok || path.IsAbs(folder) {
			continue
		}
		if rel := fromFolder(dir, w.fromRoot(folder)); !slices.Contains(folders, rel) {
			folders = append(folders, rel)
		}
	}
	return folders
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
