package plan

import (
	"fmt"
	"slices"
)

// Package installs one large third-party package into a layer of its own. It
// depends on the package and on how it is installed, and on nothing else of the
// project: the same package is the same layer in every project.
type Package struct {
	// Name is the package's normalized name.
	Name string `json:"name"`
	// Version is the version that the lock has.
	Version string `json:"version"`
	// Size is the size of its largest wheel for the target, in bytes.
	Size int64 `json:"size"`
	// Pylock is the pylock.toml that lists its wheels for the target.
	Pylock string `json:"pylock"`
	Install
}

// KindPackage is the kind of a step whose work is a Package.
const KindPackage StepKind = "package"

// Kind is KindPackage.
func (*Package) Kind() StepKind { return KindPackage }

// Title names the package for people: "numpy 2.3.1".
func (w *Package) Title() string { return w.Name + " " + w.Version }

// AddPackage adds the step, with the build secrets that it has and the lines
// that asked for it.
func (p *Plan) AddPackage(work *Package, secrets []Secret, at Location) {
	p.add(Step{
		Name:  string(KindPackage) + "/" + work.Name,
		Title: fmt.Sprintf("%s %s (%.0f MB)", work.does(), work.Title(), float64(work.Size)/1e6), Owner: p.Project, For: p.Platform,
		Makes:  PartDependencies,
		Images: []string{p.Base.Ref, p.UV.Ref}, On: Build, Network: true, Cache: true, Secrets: secrets,
		Settings: slices.Concat([]string{"its entry in uv.lock"}, installation(work.Scripts), []string{"slim"}),
		Source:   at, Work: work,
	})
}

// Installs are the ways in which the third-party packages are installed, in the
// order of their steps.
func (p *Plan) Installs() []*Install {
	var all []*Install
	for _, work := range Each[Package](p) {
		all = append(all, &work.Install)
	}
	for _, work := range Each[Git](p) {
		all = append(all, &work.Install)
	}
	for _, work := range Each[Dependencies](p) {
		all = append(all, &work.Install)
	}
	return all
}

// Packages counts the third-party packages that get installed.
func (p *Plan) Packages() int {
	count := len(All[Package](p)) + len(All[Git](p))
	for _, work := range Each[Dependencies](p) {
		count += work.Packages
	}
	return count
}
