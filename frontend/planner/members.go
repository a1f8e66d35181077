package planner

import (
	"errors"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// leftovers are what tools leave in a project's folder. They are not part of
// its sources, and an old build folder would bring removed modules back.
func leftovers() []string {
	return []string{
		"**/__pycache__", "**/*.pyc", "**/*.egg-info", ".git", ".venv", ".mypy_cache", ".pytest_cache", ".ruff_cache",
		"build/bdist.*", "build/lib", "build/lib.*", "build/temp.*", "dist", "node_modules", "uv.lock",
	}
}

// planMembers plans the packages of the repository in the closure, the
// selected one included when it is packaged.
func (p *planning) planMembers() error {
	local := slices.Clone(p.closure.Members)
	if p.closure.RootInstalled {
		local = append(local, p.root)
	}
	for _, pkg := range p.closure.Packages {
		// checkWheels names the others.
		if _, ok := p.localFile(pkg); ok {
			local = append(local, pkg)
		}
	}
	slices.SortFunc(local, func(a, b *project.Package) int { return strings.Compare(a.Name, b.Name) })

	var errs []error
	for _, pkg := range local {
		m, at, err := p.member(pkg)
		errs = append(errs, err)
		m.Settings, m.CompileBytecode, m.Scripts = p.settings, p.Spec.CompileBytecode, p.Spec.Scripts()
		if !strings.HasSuffix(m.Path, ".whl") {
			m.Variables = p.buildVariables(foldersOf(&m)...)
			p.planVersions(&m)
			m.PackageBuild = p.Workspace.Top.ForPackage(pkg.Name)
		}
		p.members, p.membersAt = append(p.members, m), append(p.membersAt, at)
	}
	p.work.members = p.members
	p.followMembers()
	return errors.Join(errs...)
}

// followMembers adds to what members are built from what the symbolic links in
// it lead to, as far as that is in the context. The build says what it makes of
// other links.
func (p *planning) followMembers() {
	if len(p.work.members) == 0 {
		return
	}
	p.work.members = slices.Clone(p.members)
	for i := range p.work.members {
		if m := &p.work.members[i]; !m.IsFile && !m.Whole {
			m.Beside = p.withLinked(append([]plan.Folder{{Path: m.Path, Exclude: m.Exclude}}, m.Beside...))[1:]
		}
	}
}

// withLinked gives folders with what the symbolic links in them lead to.
func (p *planning) withLinked(folders []plan.Folder) []plan.Folder {
	f := following{planning: p}
	for i := 0; i < len(folders); i++ {
		at, e, known := f.resolve(folders[i].Path)
		left, err := files.Matcher(folders[i].Exclude)
		if !known || e.Kind != files.Folder || err != nil {
			continue
		}
		for _, link := range p.Listing.Below(at) {
			if p.Listing.Entries[link].Kind != files.Link {
				continue
			}
			rel, _ := relative(at, link)
			to := path.Join(path.Dir(link), p.Listing.Entries[link].Link)
			if excluded, err := left(rel); excluded || err != nil || Outside(to) || brings(folders, to) {
				continue
			}
			if _, e, known := f.resolve(to); known && (e.Kind == files.Regular || e.Kind == files.Folder) {
				folders = append(folders, plan.Folder{Path: to, Exclude: compiled()})
			}
		}
	}
	return folders
}

// brings tells whether what stands at a path is in one of the folders.
func brings(folders []plan.Folder, name string) bool {
	return slices.ContainsFunc(folders, func(f plan.Folder) bool {
		rel, ok := relative(f.Path, name)
		if !ok || rel == "." {
			return ok
		}
		excluded, err := files.Matches(f.Exclude, rel)
		return err == nil && !excluded
	})
}

// localFile is the file of the repository that a package is installed from.
func (p *planning) localFile(pkg *project.Package) (string, bool) {
	return pkg.LocalFile(p.runtime, p.Platform.Architecture, p.Workspace.Top.BuildSettings())
}

// member plans one package of the repository, and gives the lines that asked for
// it.
func (p *planning) member(pkg *project.Package) (m plan.Member, at plan.Location, err error) {
	m = plan.Member{Name: pkg.Name, Limit: plan.LimitImage}
	if file, ok := p.localFile(pkg); ok {
		m.Path, m.IsFile = p.Workspace.fromRoot(file), true
	} else {
		m.Path, _ = p.Workspace.PackageDir(pkg)
	}
	at = p.Workspace.Lock.Locate(pkg)
	if m.IsFile && path.IsAbs(m.Path) {
		return m, at, source.Errorf(at, "%s is in %s, an absolute path, which a build does not have: name it relative to pyproject.toml in [tool.uv], and lock again", pkg.Name, path.Dir(m.Path))
	}
	if Outside(m.Path) {
		return m, at, source.Errorf(at, "%s is in %s, outside of the build context: build with a context that holds it, and -f for this project", pkg.Name, m.Path)
	}
	if m.IsFile {
		if p.Workspace.Files.Hidden(m.Path) {
			return m, at, p.Workspace.refuse(m.Path, "the package "+pkg.Name)
		}
		if p.isAbsent(m.Path) {
			return m, at, source.Errorf(at, "%s is in the file %s, which the build context does not have: put it there", pkg.Name, m.Path)
		}
		return m, at, nil
	}
	if err := p.checkHiddenSources(pkg, m.Path); err != nil {
		return m, at, err
	}
	p.addTree(&m)
	m.InBuilder = p.plan.Builder != nil
	py := p.Workspace.Members[m.Path]
	m.LegacySetuptools = py == nil || !py.BuildSystem
	switch {
	case py != nil && py.BuildSystem:
		at = py.Doc.Locate("build-system", "build-backend")
	case py != nil:
		at = py.Doc.Locate("project")
	}
	return m, at, nil
}

// addTree says what a package is built from: its folder and what is read beside
// it, or else the whole context.
func (p *planning) addTree(m *plan.Member) {
	if slices.Contains(p.Whole, m.Name) {
		m.Whole, m.Exclude = true, wholeExcept(m.Path)
	} else {
		t := p.Workspace.buildTree(m.Path)
		m.Exclude, m.Beside, m.Written = p.Workspace.notSources(m.Path), t.beside, t.written
	}
	if py := p.Workspace.Members[m.Path]; py != nil {
		contents := py.Contents()
		m.Modules, m.FoundModule = contents.Modules, contents.Found
		m.SomeModule = contents.Some || contents.Found && p.hidesModules(m.Path, py)
	}
}

// hidesModules tells whether .dockerignore hides a place where a package's
// modules usually are. Its wheel may then be as good as empty, which some
// backends build without a word.
func (p *planning) hidesModules(dir string, py *project.Pyproject) bool {
	return slices.ContainsFunc(py.ModulePlaces(), func(place string) bool {
		hiding, err := p.Workspace.Ignored.Hides(path.Join(dir, place))
		return err == nil && hiding != nil
	})
}

// wholeExcept are the patterns of what no build of the package in a folder
// reads, in the whole context.
func wholeExcept(dir string) []string {
	patterns := append(unresolved(), "**/*.egg-info", "**/*.pyc")
	for _, name := range []string{"build/bdist.*", "build/lib", "build/lib.*", "build/temp.*", "dist"} {
		patterns = append(patterns, path.Join(files.Exactly(dir), name))
	}
	return patterns
}

// notSources are the patterns of what is in a package's folder and not part of
// its sources, relative to it.
func (w *Workspace) notSources(dir string) []string {
	return append(leftovers(), w.nested(dir)...)
}

// nested are the patterns of the folders of other packages below dir, relative
// to it: what changes in them does not concern it.
func (w *Workspace) nested(dir string) []string {
	var below []string
	for other := range w.Members {
		if rel, ok := relative(dir, other); ok && rel != "." {
			below = append(below, files.Exactly(rel))
		}
	}
	slices.Sort(below)
	return below
}

// relative gives p relative to dir when it is in or below it.
func relative(dir, p string) (string, bool) {
	switch {
	case dir == p:
		return ".", true
	case dir == ".":
		return p, true
	case strings.HasPrefix(p, dir+"/"):
		return p[len(dir)+1:], true
	}
	return "", false
}

// fromFolder gives p relative to dir, through the folders above it if need be.
func fromFolder(dir, p string) string {
	up := ""
	for {
		if rel, ok := relative(dir, p); ok {
			return path.Join(up, rel)
		}
		dir, up = path.Dir(dir), path.Join(up, "..")
	}
}

// pathOf is the pyproject.toml of a folder.
func pathOf(dir string) string { return path.Join(dir, "pyproject.toml") }
