package planner

import (
	"maps"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// UVVersion is the version of uv that a plan names, empty for an image whose tag is
// none.
func UVVersion(ref string) string {
	_, tag, _ := strings.Cut(ref[strings.LastIndexByte(ref, '/')+1:], ":")
	tag, _, _ = strings.Cut(tag, "@")
	if _, exact := project.ExactUV(tag); !exact {
		return ""
	}
	return tag
}

// installation is what the settings of this build's installations depend on.
func (p *planning) installation() project.Installation {
	to := project.Installation{UV: UVVersion(p.plan.UV.Ref), Versions: map[string]string{}}
	for _, pkg := range slices.Concat(p.closure.Packages, p.closure.Members) {
		to.Versions[pkg.Name] = pkg.Version
	}
	return to
}

// lockArgs are the arguments of `uv lock` that undo settings under which a build could
// not lock: its cache is empty at first, and its environment has nothing that packages
// could be built with.
func (in Input) lockArgs() []string {
	undone := map[string][]string{
		"--no-offline":      {"offline"},
		"--build-isolation": {"no-build-isolation", "no-build-isolation-package"},
	}
	var args []string
	for _, flag := range slices.Sorted(maps.Keys(undone)) {
		if slices.ContainsFunc(undone[flag], func(key string) bool { return in.Workspace.Top.UV[key] != nil }) {
			args = append(args, flag)
		}
	}
	return args
}
