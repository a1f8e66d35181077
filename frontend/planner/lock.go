package planner

import (
	"maps"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// upgradeAll upgrades every package.
const upgradeAll = "all"

// unresolved are folders that hold no project metadata, and may be large.
func unresolved() []string {
	return []string{"**/.git", "**/.venv", "**/node_modules", "**/__pycache__", "**/.mypy_cache", "**/.pytest_cache", "**/.ruff_cache"}
}

// lock plans `--target lock`.
func (p *planning) lock() error {
	if err := p.checkMember(); err != nil {
		return err
	}
	if err := p.planBase(); err != nil {
		return err
	}
	if err := p.lookAtBase(); err != nil {
		return err
	}
	// uv locks for Pythons that all members allow.
	reqs := p.requirements(slices.Sorted(maps.Keys(p.Workspace.Members)))
	choices, err := p.pythonChoices(reqs)
	if err != nil {
		return err
	}
	// There need not be a lock yet whose wheels could decide.
	if err := p.usePython(choices[0], reqs); err != nil {
		return err
	}
	if err := p.chooseUV(); err != nil {
		return err
	}
	args, err := p.upgradeArgs()
	if err != nil {
		return err
	}
	variables := p.lockVariables()
	p.work.lock = &plan.Lock{
		Root:      p.Workspace.Root,
		Exclude:   unresolved(),
		Args:      append(p.lockArgs(), args...),
		Written:   p.archivals(slices.Sorted(maps.Keys(p.Workspace.Members)), variables),
		Variables: variables,

		Repositories: p.Workspace.repositories(),
	}
	p.addSteps()
	return nil
}

// repositories are the git repositories that the projects name, and those that the
// lock has so far.
func (w *Workspace) repositories() []string {
	var urls []string
	for _, py := range w.Projects() {
		urls = append(urls, py.Repositories()...)
	}
	if w.Lock != nil {
		for i := range w.Lock.Packages {
			if from, ok := w.Lock.Packages[i].Source.Repository(); ok {
				urls = append(urls, from.Repository)
			}
		}
	}
	slices.Sort(urls)
	return slices.Compact(urls)
}

// upgradeArgs are the arguments of `uv lock` for what may be upgraded; by default
// the lock keeps all versions that it can.
func (p *planning) upgradeArgs() ([]string, error) {
	switch p.Upgrade {
	case "":
		return nil, nil
	case upgradeAll:
		return []string{"--upgrade"}, nil
	}
	var args []string
	for name := range strings.SplitSeq(p.Upgrade, ",") {
		if !project.ValidName(name) {
			return nil, source.Errorf(p.projectLocation(), "UPGRADE=%s: %q is not a package name: give %q, or names with commas between them", p.Upgrade, name, upgradeAll)
		}
		args = append(args, "--upgrade-package", name)
	}
	return args, nil
}
