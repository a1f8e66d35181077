package planner

import (
	"slices"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// planDependencies plans the installation of third-party packages. What cannot
// be installed is known from the lock, before any download.
func (p *planning) planDependencies() error {
	third := p.thirdParty()
	if err := p.checkSources(third); err != nil {
		return err
	}
	if err := p.checkWheels(); err != nil {
		return err
	}
	if len(third) == 0 {
		return nil
	}
	install := p.install()
	apart, git := p.apart(third), fromGit(third)
	for _, pkg := range apart {
		if err := p.planPackage(pkg, install); err != nil {
			return err
		}
	}
	if err := p.planGit(git, install); err != nil {
		return err
	}
	alone := slices.Concat(apart, git)
	read := p.exportFiles()
	export := &plan.Export{
		Root:    p.Workspace.Root,
		Files:   read,
		Reduced: p.reduced(read, len(p.Spec.Groups) > 0),
		Args:    p.exportArgs(alone),
	}
	switch {
	case len(git) == len(third):
		return nil
	case len(alone) == len(third):
		p.plan.Export = export
		return nil
	}
	args := []string{"--only-binary", ":all:"}
	for _, pkg := range p.closure.SourceOnly(p.runtime, p.Platform.Architecture, p.Workspace.Top.BuildSettings()) {
		if !slices.Contains(alone, pkg) {
			args = append(args, "--no-binary", pkg.Name)
			install.InBuilder = p.plan.Builder != nil
		}
	}
	install.Args, install.Settings = args, p.settings
	p.work.export = export
	p.work.dependencies = &plan.Dependencies{Packages: len(third) - len(alone), Install: install}
	return nil
}

// install is how all packages are installed.
func (p *planning) install() plan.Install {
	install := plan.Install{
		Scripts:         p.Spec.Scripts(),
		CompileBytecode: p.Spec.CompileBytecode,
		Slim:            p.Spec.Slim,
		Limit:           plan.LimitImage,
		Pack:            p.pack(),
		Variables:       p.indexVariables(),
	}
	if p.runtime.NewerPlatform() {
		install.Glibc = p.runtime.GlibcMinor
	}
	return install
}

// thirdParty are the packages that the export lists. Wheels and sdists of the context
// are installed like members.
func (p *planning) thirdParty() []*project.Package {
	return slices.DeleteFunc(slices.Clone(p.closure.Packages), isLocalFile)
}

// isLocalFile tells a wheel or sdist that is a file of the repository.
func isLocalFile(pkg *project.Package) bool {
	_, folder := pkg.Source.Folder()
	return folder || pkg.Source.Path != ""
}

// checkSources refuses packages that the builder has no means to fetch, or to
// know for those that were locked.
func (p *planning) checkSources(third []*project.Package) error {
	for _, pkg := range third {
		if !pkg.HasFile(func(f project.File) bool { return !f.Hashed }) {
			continue
		}
		origin, _ := p.origins().Of(pkg)
		return source.ErrorAt(origin.Locations(), "%s has files without a hash (%s), since its index gives none, so what is downloaded could not be checked: "+
			"publish hashes with the index's links, and lock again", pkg.Name, origin)
	}
	return nil
}

// readSettings takes the entries of the workspace's [tool.uv] that uv installs
// and builds with.
func (p *planning) readSettings() (err error) {
	p.settings, err = p.Workspace.Top.InstallSettings(p.installation(), p.Workspace.others()...)
	return err
}

// secrets are the credentials of the named indexes, as uv reads them.
func (p *planning) secrets() []plan.Secret {
	var secrets []plan.Secret
	for _, index := range p.NamedIndexes() {
		secrets = append(secrets, indexSecrets(index)...)
	}
	return secrets
}

// indexSecrets are the credentials of an index.
func indexSecrets(index project.NamedIndex) []plan.Secret {
	var secrets []plan.Secret
	for _, field := range []string{"USERNAME", "PASSWORD"} {
		env := "UV_INDEX_" + project.EnvName(index.Name) + "_" + field
		secrets = append(secrets, plan.Secret{ID: env, Env: env, Source: index.Source})
	}
	return secrets
}
