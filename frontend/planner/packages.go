package planner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// mostLayers is how many large packages get a layer of their own; the smallest
// of more join the other packages. Docker's engine refuses an image of more than
// 127 layers (maxLayerDepth in moby's layer package), of which a base and further
// images on top of this one need some.
const mostLayers = 40

// large are the packages that get a layer of their own, in the order of their
// names.
func (p *planning) large(third []*project.Package) []*project.Package {
	arch, settings := p.Platform.Architecture, p.Workspace.Top.BuildSettings()
	versions := map[string]int{}
	for _, pkg := range third {
		versions[pkg.Name]++
	}
	var large []*project.Package
	for _, pkg := range third {
		// The export leaves packages out by their name.
		if versions[pkg.Name] == 1 && pkg.Large(p.runtime, arch, settings) {
			large = append(large, pkg)
		}
	}
	byName := func(a, b *project.Package) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(large, func(a, b *project.Package) int {
		return cmp.Or(cmp.Compare(b.DownloadSize(p.runtime, arch), a.DownloadSize(p.runtime, arch)), byName(a, b))
	})
	large = large[:min(len(large), mostLayers)]
	slices.SortFunc(large, byName)
	return large
}

// planPackage plans the installation of a large package by itself: how other
// packages are installed is left out of it.
func (p *planning) planPackage(pkg *project.Package, install plan.Install) error {
	arch := p.Platform.Architecture
	pylock, err := pkg.Pylock(p.runtime, arch)
	if err != nil {
		return source.Errorf(p.Workspace.Lock.Locate(pkg), "listing %s: %w", pkg.Name, err)
	}
	settings, indexes, err := p.Workspace.Top.WheelSettings(pkg, p.installation(), p.Workspace.others()...)
	if err != nil {
		return err
	}
	install.Args, install.Settings = []string{"--only-binary", ":all:"}, settings
	var secrets []plan.Secret
	for _, index := range p.Workspace.NamedIndexes() {
		if slices.Contains(indexes, index.Name) {
			secrets = append(secrets, indexSecrets(index)...)
		}
	}
	install.Variables = nil
	for _, index := range p.IndexesOfArgs() {
		if strings.TrimSuffix(index.URL, "/") == strings.TrimSuffix(pkg.Source.Registry, "/") {
			install.Variables = p.indexVariables()
			if index.Name != "" && !slices.Contains(indexes, index.Name) {
				secrets = append(secrets, indexSecrets(index)...)
			}
		}
	}
	at := p.projectLocation()
	if origin, ok := p.origins().Of(pkg); ok && origin.Declared.Line > 0 {
		at = origin.Declared
	}
	p.work.packages = append(p.work.packages, packageWork{
		Package: plan.Package{
			Name: pkg.Name, Version: pkg.Version, Size: pkg.DownloadSize(p.runtime, arch), Pylock: pylock, Install: install,
		},
		secrets: secrets, at: at,
	})
	return nil
}

// packageWork is the installation of a large package.
type packageWork struct {
	plan.Package
	secrets []plan.Secret
	at      plan.Location
}

// installs tells whether the function has third-party packages.
func (w *work) installs() bool {
	return w.dependencies != nil || len(w.packages) > 0 || len(w.git) > 0
}
