package planner

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// LockCommand is the command that writes or refreshes uv.lock on a machine
// without uv or Python: this very build, with another target.
func (in Input) LockCommand() string {
	folder := cmp.Or(in.BuildContext, ".")
	return in.BuildCommand + in.typed() + " --target lock -o " + folder + " " + folder
}

// selectPackage finds the package to build in the lock.
func (p *planning) selectPackage() error {
	w := p.Workspace
	if own := w.Own; own != nil && !own.HasProject && !own.Workspace && p.Spec.Package == "" {
		return source.Errorf(p.Spec.Locate(), "there is no [project] table, so there is nothing to build: add one, as `uv init` writes it")
	}
	if err := p.checkHiddenProject(); err != nil {
		return err
	}
	if w.Lock == nil {
		return p.lockMissing()
	}
	name := p.Spec.Package
	if name == "" {
		if err := p.checkOwnProject(); err != nil {
			return err
		}
		name = w.Own.Name
	}
	name = project.NormalizeName(name)
	pkg, dir, ok := p.findLocal(name)
	if !ok {
		return p.noSuchPackage(name)
	}
	if !p.isMember(dir) && p.Spec.Package != "" {
		return p.notMember(dir)
	}
	p.root, p.rootDir, p.rootProject = pkg, dir, w.Members[dir]
	if p.rootProject == nil {
		return source.Errorf(p.Spec.Locate("package"), "package %q has no pyproject.toml in %s, which %s says it is in: restore it, or lock again", name, dir, w.Lock.Name)
	}
	return w.refuse(pathOf(dir), "which the build needs", dir)
}

// notMember is the error of a package of the repository that uv does not export.
func (p *planning) notMember(dir string) error {
	remedy := fmt.Sprintf("move this table to %s, lock that project with `uv lock --project %s`, and build with -f %s", pathOf(dir), dir, pathOf(dir))
	if rel, below := relative(p.Workspace.Root, dir); below {
		remedy = fmt.Sprintf("make it one, with %q among `members` of [tool.uv.workspace] and `%s = { workspace = true }` in [tool.uv.sources], and lock again, or ", rel, p.Spec.Package) + remedy
	}
	return source.Errorf(p.Spec.Locate("package"), "package %q is a path dependency in %s and no member of the workspace, and uv exports members only: %s", p.Spec.Package, dir, remedy)
}

// lockMissing is the error of a project without a lock. A context that is fixed
// can be a member's folder, for which no lock would ever be in it.
func (p *planning) lockMissing() error {
	w := p.Workspace
	if err := p.checkMember(); err != nil {
		return err
	}
	member := ""
	if p.BuildContext == "" && w.Own != nil && !w.Own.Workspace && w.Root == "." {
		member = fmt.Sprintf("; for a member of a workspace run `%s .` in the workspace's root instead", p.memberCommand())
	}
	return source.Errorf(p.projectLocation(), "%s is missing: write it with `uv lock`, or without uv by `%s`%s", w.LockName(), p.LockCommand(), member).Of(RuleLockMissing)
}

// checkMember refuses a project that takes packages from a workspace and is in
// none.
func (p *planning) checkMember() error {
	w := p.Workspace
	if w.Own == nil || w.Own.Workspace || w.Root != w.Dir {
		return nil
	}
	sources := w.Own.WorkspaceSources()
	if len(sources) == 0 {
		return nil
	}
	at := w.Own.Doc.Locate("tool", "uv", "sources", sources[0])
	if p.BuildContext != "" {
		return source.Errorf(at, "%s comes from a workspace, and no workspace above has this project as a member: add its folder to `members` in [tool.uv.workspace] of the root's pyproject.toml", sources[0])
	}
	return source.Errorf(at, "%s comes from a workspace, whose root is not in the build context: run `%s .` in the workspace's root", sources[0], p.memberCommand())
}

// memberCommand is BuildCommand for a member, from the root of its workspace.
func (p *planning) memberCommand() string {
	file := " -f " + p.Spec.Doc.Name
	return strings.Replace(p.BuildCommand, file, "", 1) + " -f PATH-OF-THE-MEMBER/" + path.Base(p.Spec.Doc.Name)
}

// checkOwnProject refuses a workspace root that stands for all its members or
// for none: an image of everything, or of nothing, is never what was meant.
func (p *planning) checkOwnProject() error {
	own := p.Workspace.Own
	switch {
	case own == nil:
		return source.Errorf(p.Spec.Locate(), "there is no pyproject.toml beside %s: put it into the project's folder", p.Spec.Doc.Name)
	case !own.HasProject:
		return source.Errorf(p.Spec.Locate(), "this workspace root has no [project] table: say which member the function is with `package`: %s", p.memberNames())
	case own.Workspace && len(own.Dependencies) == 0 && len(p.localNames()) > 1:
		return source.Errorf(p.Spec.Locate(), "this workspace root has no dependencies, so its image would be empty: say which package the function is with `package`: %s", p.memberNames())
	}
	return nil
}

// findLocal finds a local package of the lock by its normalized name.
func (p *planning) findLocal(name string) (*project.Package, string, bool) {
	for _, pkg := range p.Workspace.Lock.Local() {
		if project.NormalizeName(pkg.Name) == name {
			dir, _ := p.Workspace.PackageDir(pkg)
			return pkg, dir, true
		}
	}
	return nil, "", false
}

// noSuchPackage is the error of a package that the lock does not hold.
func (p *planning) noSuchPackage(name string) error {
	if p.Spec.Package == "" {
		return source.Errorf(p.projectLocation(), "%s does not hold %q, so it is not up to date: refresh it with `uv lock`, or without uv by `%s`", p.Workspace.Lock.Name, name, p.LockCommand())
	}
	return source.Errorf(p.Spec.Locate("package"), "package %q is not in the workspace: %s", p.Spec.Package,
		suggest.OneOf(name, p.localNames(), "its packages are "+p.memberNames()))
}

// isMember tells members of the workspace from path dependencies: only those can
// be exported.
func (p *planning) isMember(dir string) bool {
	rel, err := filepath.Rel(p.Workspace.Root, dir)
	return err == nil && (rel == "." || p.Workspace.Top.HasMember(filepath.ToSlash(rel)))
}

// localNames are the sorted names of the workspace's packages.
func (p *planning) localNames() []string {
	var names []string
	for _, pkg := range p.Workspace.Lock.Local() {
		if dir, _ := p.Workspace.PackageDir(pkg); p.isMember(dir) {
			names = append(names, pkg.Name)
		}
	}
	slices.Sort(names)
	return names
}

func (p *planning) memberNames() string { return suggest.List(p.localNames()) }

// checkSelections refuses groups and extras that the package does not have.
func (p *planning) checkSelections() error {
	var errs []error
	errs = append(errs, p.checkNames("group", "groups", p.Spec.Groups, p.rootProject.Groups)...)
	extras := slices.Sorted(maps.Keys(p.rootProject.OptionalDependencies))
	errs = append(errs, p.checkNames("extra", "extras", p.Spec.Extras, extras)...)
	return errors.Join(errs...)
}

func (p *planning) checkNames(kind, key string, chosen, known []string) []error {
	var errs []error
	for i, name := range chosen {
		same := func(k string) bool { return project.NormalizeName(k) == project.NormalizeName(name) }
		if slices.ContainsFunc(known, same) {
			continue
		}
		otherwise := fmt.Sprintf("it has none; define it in %s, or remove it here", p.rootProject.Doc.Name)
		if len(known) > 0 {
			otherwise = fmt.Sprintf("its %s are %s", key, suggest.List(known))
		}
		errs = append(errs, source.Errorf(p.Spec.Locate(key, fmt.Sprint(i)), "%s %q does not exist in package %s: %s",
			kind, name, p.root.Name, suggest.OneOf(name, known, otherwise)))
	}
	return errs
}

// resolveClosure follows the lock from the selected package.
func (p *planning) resolveClosure() error {
	env := project.TargetEnvironment(p.python, p.Platform.Architecture)
	closure, err := p.Workspace.Lock.Closure(p.root.Name, p.Spec.Groups, p.Spec.Extras, env)
	if err != nil {
		return p.located(err)
	}
	p.closure = closure
	p.installable = closure.Installable(p.runtime, p.Platform.Architecture, p.Workspace.Top.BuildSettings())
	return nil
}

// located points an error without a line at the choice of
// groups and extras: it is what the lock does not allow.
func (p *planning) located(err error) error {
	if _, ok := errors.AsType[*source.Error](err); ok {
		return err
	}
	key := "groups"
	if len(p.Spec.Groups) == 0 {
		key = "extras"
	}
	return source.Errorf(p.Spec.Locate(key), "%w", err)
}

// checkLockedMarkers refuses a lock that was resolved for other environments
// only: some versions of uv would install nothing and report success.
func (p *planning) checkLockedMarkers() error {
	env := project.TargetEnvironment(p.python, p.Platform.Architecture)
	lock := p.Workspace.Lock
	ok, err := lock.Supports(env)
	if err != nil {
		return source.Errorf(lock.LocateKey("supported-markers"), "supported-markers: %w: write the lock again with `uv lock`", err)
	}
	if ok {
		return nil
	}
	return source.Errorf(p.Workspace.Top.Doc.Locate("tool", "uv", "environments"),
		"[tool.uv] environments leaves out %s with Python %s: add \"sys_platform == 'linux'\" to it and lock again", p.plan.Platform, p.python)
}

// exportArgs choose what `uv export` exports. Packages with a step of their own are
// left out, so that the list does not change with them.
func (p *planning) exportArgs(alone []*project.Package) []string {
	args := []string{}
	if p.rootDir != p.Workspace.Root {
		args = append(args, "--package", p.root.Name)
	}
	for _, g := range p.Spec.Groups {
		args = append(args, "--group", g)
	}
	for _, e := range p.Spec.Extras {
		args = append(args, "--extra", e)
	}
	for _, pkg := range p.closure.Packages {
		if _, folder := pkg.Source.Folder(); folder {
			// To uv it is from an index, and no local package.
			args = append(args, "--no-emit-package", pkg.Name)
		}
	}
	for _, pkg := range alone {
		args = append(args, "--no-emit-package", pkg.Name)
	}
	return args
}

// exportFiles are what `uv export --frozen` reads: with --package, uv 0.12.2
// and later want that member's pyproject.toml too.
func (p *planning) exportFiles() []string {
	read := []string{p.Workspace.LockName(), path.Join(p.Workspace.Root, "pyproject.toml")}
	if p.rootDir != p.Workspace.Root {
		read = append(read, path.Join(p.rootDir, "pyproject.toml"))
	}
	slices.Sort(read)
	return read
}
