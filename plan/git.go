package plan

import (
	"cmp"
	"fmt"
)

// Git builds a package from a commit of a git repository, and installs it into a
// layer of its own. BuildKit fetches the commit that uv.lock pins, so the step
// depends on that commit and on how it is installed, and no image needs git.
type Git struct {
	// Name is the package's normalized name.
	Name string `json:"name"`
	// Version is the version that the lock has: the wheel has to have it too.
	Version string `json:"version,omitempty"`
	// Repository is the URL of the repository, without a revision.
	Repository string `json:"repository"`
	// Commit is the full hash of the commit.
	Commit string `json:"commit"`
	// Folder is the package's folder in the repository, "." for the repository
	// itself.
	Folder string `json:"folder"`
	Install
	PackageBuild
}

// KindGit is the kind of a step whose work is a Git.
const KindGit StepKind = "git"

// Kind is KindGit.
func (*Git) Kind() StepKind { return KindGit }

// Title names the package for people: "library 2.1.0".
func (w *Git) Title() string {
	return w.Name + " " + cmp.Or(w.Version, w.ShortCommit())
}

// ShortCommit is the commit as git abbreviates it for people.
func (w *Git) ShortCommit() string { return w.Commit[:min(len(w.Commit), 7)] }

// AddGit adds the step, with the build secrets that it has and the lines that
// asked for it.
func (p *Plan) AddGit(work *Git, secrets []Secret, at Location) {
	does := "build and install"
	if work.Pack != nil {
		does = "build, install and compress"
	}
	p.add(Step{
		Name:  string(KindGit) + "/" + work.Name,
		Title: fmt.Sprintf("%s %s from git", does, work.Title()), Owner: p.Project, For: p.Platform,
		Makes:        PartDependencies,
		Repositories: []string{work.Repository},
		Images:       p.roots(work.InBuilder), On: p.machine(work.InBuilder), Network: true, Cache: true, Secrets: secrets,
		Settings: append([]string{"its commit in uv.lock"}, append(installation(work.Scripts), "slim")...),
		Source:   at, Work: work,
	})
}
