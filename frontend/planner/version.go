package planner

import (
	"encoding/json"
	"fmt"
	"path"
	"strings"
	"time"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// Described is what git says of the commit that is checked out.
type Described struct {
	// Commit is nil when git says nothing.
	Commit *project.Commit
	// Problem says why git says nothing, for people, and what mends that.
	Problem string
}

// planVersions gives a package, and the packages of the repository that it is built
// with, what git says of their versions, which a build has no git to ask for. A version
// that the client gives counts instead.
func (p *planning) planVersions(m *plan.Member) {
	m.Written = append(m.Written, p.archivals(foldersOf(m), m.Variables)...)
	_, m.Unversioned = p.archival(m.Path, m.Variables)
}

// archivals are these files for the packages in some folders.
func (p *planning) archivals(dirs []string, given map[string]string) []plan.File {
	var all []plan.File
	for _, dir := range dirs {
		if file, _ := p.archival(dir, given); file != nil {
			all = append(all, *file)
		}
	}
	return all
}

// archival is the file by which the build backend of the package in a folder knows
// what git says, nil when there is none, and why there is none though the version
// comes from git.
func (p *planning) archival(dir string, given map[string]string) (file *plan.File, problem string) {
	py := p.Workspace.Members[dir]
	if py == nil {
		return nil, ""
	}
	version, ok := py.GitVersion()
	if !ok || tellsVersion(given, py.Name) {
		return nil, ""
	}
	described, known := p.Described[dir]
	if !known && !p.Undescribed {
		if p.undescribed == nil {
			p.undescribed = map[string]project.Tags{}
		}
		p.undescribed[dir] = version.Tags
	}
	switch {
	case !known:
		return nil, ""
	case described.Commit == nil:
		return nil, p.noVersion(described)
	default:
		return &plan.File{Path: path.Join(dir, string(version.Archival)), Content: archivalText(version, described.Commit)}, ""
	}
}

// noVersion says why git says nothing, for people.
func (p *planning) noVersion(described Described) string {
	if hiding, err := p.Workspace.Ignored.Hides(".git/HEAD"); described.Problem == noRepository && err == nil && hiding != nil {
		return p.Workspace.Ignored.Name + " hides .git: take it out there"
	}
	if described.Problem == noRepository {
		return "the build context has no .git"
	}
	return described.Problem
}

// noRepository is the problem of a context that is no clone.
const noRepository = ""

// archivalText is the content of a package's archival file.
func archivalText(version project.GitVersion, commit *project.Commit) string {
	hash, short := commit.Hash, commit.Short
	if version.Digits > 0 {
		short = hash[:version.Digits]
	}
	describe := fmt.Sprintf("%s-%d-g%s", commit.Tag, commit.Distance, short)
	if version.Constant {
		describe, hash = commit.Tag, strings.Repeat("0", len(commit.Hash))
	}
	if version.Archival == project.ArchivalText {
		return fmt.Sprintf("node: %s\ndescribe-name: %s\n", hash, describe)
	}
	text, _ := json.Marshal(map[string]string{
		"hash-full": hash, "hash-short": short, "timestamp": commit.Time.Format(time.RFC3339), "describe": describe,
	})
	return string(text) + "\n"
}
