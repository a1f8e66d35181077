package plan

import (
	"fmt"
	"slices"
)

// Package installs one third-party package into a layer of its own: a large one,
// one that is built, or one that has a URL of its own. It depends on the package
// and on how it is installed, and on nothing else of the project: the same package
// is the same layer in every project.
type Package struct {
	// Name is the package's normalized name.
	Name string `json:"name"`
	// Version is the version that the lock has.
	Version string `json:"version"`
	// Size is the size of its largest wheel for the target, or else of its source
	// distribution, in bytes; 0 when the lock does not say.
	Size int64 `json:"size"`
	// Built is set when it is built from its source distribution.
	Built bool `json:"built,omitempty"`
	// Pylock is the pylock.toml that lists its wheels for the target, or its source
	// distribution.
	Pylock string `json:"pylock"`
	Install
}

// KindPackage is the kind of a step whose work is a Package.
const KindPackage StepKind = "package"

// Kind is KindPackage.
func (*Package) Kind() StepKind { return KindPackage }

// leastTold is the size in bytes from which on titles tell it.
const leastTold = 1e6

// Title names the package for people: "numpy 2.3.1".
func (w *Package) Title() string { return w.Name + " " + w.Version }

// AddPackage adds the step, with the build secrets that it has and the lines
// that asked for it.
func (p *Plan) AddPackage(work *Package, secrets []Secret, at Location) {
	title := work.does() + " " + work.Title()
	switch {
	case work.Built && work.Pack != nil:
		title = "build, " + title
	case work.Built:
		title = "build and " + title
	}
	if work.Size >= leastTold {
		title += fmt.Sprintf(" (%.0f MB)", float64(work.Size)/1e6)
	}
	p.add(Step{
		Name:  string(KindPackage) + "/" + work.Name,
		Title: title, Owner: p.Project, For: p.Platform,
		Makes:  PartDependencies,
		Images: p.roots(work.InBuilder), On: p.machine(work.InBuilder), Network: true, Cache: true, Secrets: secrets,
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
