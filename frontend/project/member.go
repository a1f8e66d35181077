package project

import (
	"path"
	"slices"
	"strings"
)

// HasMember tells whether the folder dir, relative to the project's own, is
// part of the workspace that its table describes: the project itself, and what
// its members say and its exclude doesn't
// (https://docs.astral.sh/uv/concepts/projects/workspaces/#workspace-members).
func (p *Pyproject) HasMember(dir string) bool {
	matches := func(pattern string) bool { return matchFolder(pattern, dir) }
	switch {
	case !p.Workspace:
		return false
	case dir == ".":
		return true
	default:
		return slices.ContainsFunc(p.WorkspaceMembers, matches) && !slices.ContainsFunc(p.WorkspaceExclude, matches)
	}
}

// matchFolder matches a pattern whose ** stands for any number of folders. A
// malformed pattern, which uv refuses, matches nothing.
func matchFolder(pattern, dir string) bool {
	return matchElements(strings.Split(path.Clean(pattern), "/"), strings.Split(dir, "/"))
}

func matchElements(patterns, elements []string) bool {
	if len(patterns) == 0 {
		return len(elements) == 0
	}
	if patterns[0] == "**" && matchElements(patterns[1:], elements) {
		return true
	}
	if len(elements) == 0 {
		return false
	}
	if patterns[0] == "**" {
		return matchElements(patterns, elements[1:])
	}
	ok, err := path.Match(patterns[0], elements[0])
	return err == nil && ok && matchElements(patterns[1:], elements[1:])
}
