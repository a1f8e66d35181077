package planner

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// mostLayers is how many packages get a layer of their own; of more, the smallest
// that are not built join the other packages. Docker's engine refuses an image of
// more than 127 layers (maxLayerDepth in moby's layer package), of which a base and
// further images on top of this one need some.
const mostLayers = 40

// apart are the packages of indexes and URLs that get a layer of their own, in the
// order of their names. To build one again takes longer than to install a wheel of
// any size.
func (p *planning) apart(third []*project.Package) []*project.Package {
	arch, settings := p.Platform.Architecture, p.Workspace.Top.BuildSettings()
	versions := map[string]int{}
	for _, pkg := range third {
		versions[pkg.Name]++
	}
	var apart []*project.Package
	for _, pkg := range third {
		// The export leaves packages out by their name.
		if versions[pkg.Name] == 1 && pkg.Alone(p.runtime, arch, settings) {
			apart = append(apart, pkg)
		}
	}
	byName := func(a, b *project.Package) int { return strings.Compare(a.Name, b.Name) }
	weight := func(pkg *project.Package) int64 {
		if pkg.Built(p.runtime, arch, settings) {
			return math.MaxInt64
		}
		return pkg.DownloadSize(p.runtime, arch)
	}
	slices.SortFunc(apart, func(a, b *project.Package) int { return cmp.Or(cmp.Compare(weight(b), weight(a)), byName(a, b)) })
	apart = apart[:min(len(apart), mostLayers)]
	slices.SortFunc(apart, byName)
	return apart
}

// planPackage plans the installation of a package by itself: how other packages
// are installed is left out of it. To build one takes the settings of the project,
// since what it is built with comes from any index.
func (p *planning) planPackage(pkg *project.Package, install plan.Install) error {
	arch, may := p.Platform.Architecture, p.Workspace.Top.BuildSettings()
	pylock, err := pkg.Pylock(p.runtime, arch, may)
	if err != nil {
		return source.Errorf(p.Workspace.Lock.Locate(pkg), "listing %s: %w", pkg.Name, err)
	}
	work := packageWork{Package: plan.Package{
		Name: pkg.Name, Version: pkg.Version, Size: pkg.DownloadSize(p.runtime, arch), Pylock: pylock, Install: install,
		Built: pkg.Built(p.runtime, arch, may),
	}, at: p.projectLocation()}
	work.Args = []string{"--only-binary", ":all:"}
	if work.Built {
		work.Args = append(work.Args, "--no-binary", pkg.Name)
		work.Settings, work.secrets, work.InBuilder = p.settings, p.secrets(), p.plan.Builder != nil
	} else if err := p.forWheel(pkg, &work); err != nil {
		return err
	}
	if origin, ok := p.origins().Of(pkg); ok && origin.Declared.Line > 0 {
		work.at = origin.Declared
	}
	p.work.packages = append(p.work.packages, work)
	return nil
}

// forWheel gives the installation of a wheel what concerns its download.
func (p *planning) forWheel(pkg *project.Package, work *packageWork) error {
	settings, indexes, err := p.Workspace.Top.WheelSettings(pkg, p.installation(), p.Workspace.others()...)
	if err != nil {
		return err
	}
	work.Settings, work.Variables = settings, nil
	for _, index := range p.Workspace.NamedIndexes() {
		if slices.Contains(indexes, index.Name) {
			work.secrets = append(work.secrets, indexSecrets(index)...)
		}
	}
	for _, index := range p.IndexesOfArgs() {
		if strings.TrimSuffix(index.URL, "/") == strings.TrimSuffix(pkg.Source.Registry, "/") {
			work.Variables = p.indexVariables()
			if index.Name != "" && !slices.Contains(indexes, index.Name) {
				work.secrets = append(work.secrets, indexSecrets(index)...)
			}
		}
	}
	return nil
}

// packageWork is the installation of a package by itself.
type packageWork struct {
	plan.Package
	secrets []plan.Secret
	at      plan.Location
}

// installs tells whether the function has third-party packages.
func (w *work) installs() bool {
	return w.dependencies != nil || len(w.packages) > 0 || len(w.git) > 0
}
