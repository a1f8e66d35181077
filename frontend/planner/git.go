package planner

import (
	"errors"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// fromGit are the packages that are built from a git repository, in the order of
// their names.
func fromGit(third []*project.Package) []*project.Package {
	packages := slices.DeleteFunc(slices.Clone(third), func(pkg *project.Package) bool { return pkg.Source.Git == "" })
	slices.SortFunc(packages, func(a, b *project.Package) int { return strings.Compare(a.Name, b.Name) })
	return packages
}

// planGit plans the builds of the packages that are from git.
func (p *planning) planGit(packages []*project.Package, install plan.Install) error {
	var errs []error
	for _, pkg := range packages {
		errs = append(errs, p.planCheckout(pkg, install))
	}
	return errors.Join(errs...)
}

// planCheckout plans the build of one package from git. Its version is the
// lock's, so no history is needed to tell it.
func (p *planning) planCheckout(pkg *project.Package, install plan.Install) error {
	origin, _ := p.origins().Of(pkg)
	refuse := func(problem string, args ...any) error {
		return source.ErrorAt(origin.Locations(), "%s comes from git (%s), "+problem, append([]any{pkg.Name, origin}, args...)...)
	}
	from, ok := pkg.Source.Repository()
	switch {
	case !ok:
		return refuse("and uv.lock has no commit for it: lock again")
	case !from.Fetchable():
		return refuse("by the protocol %s, by which no builder reaches it: give the repository a URL with %s, and lock again", from.Scheme, suggest.List(project.GitSchemes()))
	case from.LFS:
		return refuse("with `lfs = true`, and a builder fetches no files of Git LFS: leave `lfs` out if the package needs none of them, or depend on a release")
	}
	// uv is told the wheel by its path, not by tags.
	install.Args, install.Settings, install.Glibc = []string{}, p.settings, 0
	install.Variables = p.checkoutVariables(pkg)
	install.InBuilder = p.plan.Builder != nil
	at := p.projectLocation()
	if origin.Declared.Line > 0 {
		at = origin.Declared
	}
	p.work.git = append(p.work.git, gitWork{
		Git: plan.Git{
			Name: pkg.Name, Version: pkg.Version,
			Repository: from.Repository, Commit: from.Commit, Folder: from.Folder,
			Install: install, PackageBuild: p.Workspace.Top.ForPackage(pkg.Name),
		},
		at: at,
	})
	return nil
}

// checkoutVariables are the variables of a step that builds a package from git:
// the places of what it is built with, and its version, which build backends
// would otherwise ask git for.
func (p *planning) checkoutVariables(pkg *project.Package) map[string]string {
	variables := p.indexVariables()
	if pkg.Version == "" {
		return variables
	}
	if variables == nil {
		variables = map[string]string{}
	}
	for _, name := range project.VersionVariables() {
		variables[name] = pkg.Version
	}
	return variables
}

// gitWork is the build of a package from git.
type gitWork struct {
	plan.Git
	at plan.Location
}
