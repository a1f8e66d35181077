package plan

import "path"

// Lock runs `uv lock` over a copy of the context.
type Lock struct {
	// Root is the folder that holds, or will hold, uv.lock.
	Root string `json:"root"`
	// Exclude are patterns of the context that resolution never reads.
	Exclude []string `json:"exclude,omitempty"`
	// Args are further arguments of `uv lock`.
	Args []string `json:"args,omitempty"`
	// Written are files that builds of packages of the repository read in this form.
	Written []File `json:"written,omitempty"`
	// Repositories are the URLs of the git repositories that the projects name: to
	// resolve them takes git.
	Repositories []string `json:"repositories,omitempty"`
	// Variables are environment variables that the client gives by --build-arg:
	// places of packages, and versions of packages of the repository.
	Variables map[string]string `json:"variables,omitempty"`
}

// KindLock is the kind of a step whose work is a Lock.
const KindLock StepKind = "lock"

// Kind is KindLock.
func (*Lock) Kind() StepKind { return KindLock }

// AddLock adds the step, with the build secrets that it has and the lines that
// asked for it. It asks package indexes for what is new, which no cache can know.
func (p *Plan) AddLock(work *Lock, secrets []Secret, at Location) {
	p.add(Step{
		Title: "resolve " + path.Join(work.Root, "uv.lock"), Owner: p.Project, Runs: "always",
		Reads:  []Read{{Path: ".", Exclude: work.Exclude, Sent: true}},
		Images: []string{p.Base.Ref, p.UV.Ref}, On: Build, Network: true, Cache: true, Secrets: secrets,
		Repositories: work.Repositories,
		Source:       at, Work: work,
	})
}
