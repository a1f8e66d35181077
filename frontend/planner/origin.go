package planner

import (
	"errors"
	"maps"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// origins explains the closure.
func (p *planning) origins() *project.Origins {
	projects := map[string]*project.Pyproject{}
	for _, pkg := range p.Workspace.Lock.Local() {
		if dir, _ := p.Workspace.PackageDir(pkg); p.Workspace.Members[dir] != nil {
			projects[pkg.Name] = p.Workspace.Members[dir]
		}
	}
	return &project.Origins{Lock: p.Workspace.Lock, Closure: p.closure, Projects: projects}
}

// Projects are the pyproject.toml files that say what is locked: the build
// file's own, the workspace's, and the files of its other packages by their
// folders.
func (w *Workspace) Projects() []*project.Pyproject {
	all := []*project.Pyproject{w.Own, w.Top}
	for _, dir := range slices.Sorted(maps.Keys(w.Members)) {
		all = append(all, w.Members[dir])
	}
	var projects []*project.Pyproject
	for _, p := range all {
		same := func(other *project.Pyproject) bool { return other.Doc.Name == p.Doc.Name }
		if p != nil && !slices.ContainsFunc(projects, same) {
			projects = append(projects, p)
		}
	}
	return projects
}

// passwords refuses URLs with a password in what the projects say.
func (w *Workspace) passwords() error {
	var errs []error
	for _, p := range w.Projects() {
		errs = append(errs, p.Passwords())
	}
	return errors.Join(errs...)
}
