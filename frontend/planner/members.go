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
		if isArchive(pkg) {
			local = append(local, pkg)
		}
	}
	slices.SortFunc(local, func(a, b *project.Package) int { return strings.Compare(a.Name, b.Name) })

	var errs []error
	for _, pkg := range local {
		m, err := p.member(pkg)
		errs = append(errs, err)
		m.Settings, m.CompileBytecode, m.Secrets = p.settings, p.Spec.CompileBytecode, p.secrets()
		p.plan.Members = append(p.plan.Members, m)
	}
	return errors.Join(errs...)
}

// member plans one package of the repository.
func (p *planning) member(pkg *project.Package) (plan.Member, error) {
	m := plan.Member{Name: pkg.Name, Limit: plan.LimitImage}
	if isArchive(pkg) {
		m.Path, m.Archive = p.Workspace.fromRoot(pkg.Source.Path), true
	} else {
		m.Path, _ = p.Workspace.PackageDir(pkg)
	}
	m.Source = p.Workspace.Lock.Locate(pkg)
	if Outside(m.Path) {
		return m, source.Errorf(m.Source, "%s is in %s, outside of the build context: build with a context that holds it, and -f for this project", pkg.Name, m.Path)
	}
	if m.Archive {
		return m, p.Workspace.refuse(m.Path, "the package "+pkg.Name)
	}
	if err := p.checkHiddenSources(pkg, m.Path); err != nil {
		return m, err
	}
	m.Exclude = p.notSources(m.Path)
	py := p.Workspace.Members[m.Path]
	m.LegacySetuptools = py == nil || !py.BuildSystem
	switch {
	case py != nil && py.BuildSystem:
		m.Source = py.Doc.Locate("build-system", "build-backend")
	case py != nil:
		m.Source = py.Doc.Locate("project")
	}
	return m, nil
}

// notSources are the patterns of what is in a package's folder and not part of
// its sources, relative to it.
func (p *planning) notSources(dir string) []string {
	return append(leftovers(), p.nested(dir)...)
}

// nested are the patterns of the folders of other packages below dir, relative
// to it: what changes in them does not concern it.
func (p *planning) nested(dir string) []string {
	var below []string
	for other := range p.Workspace.Members {
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
