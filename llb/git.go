package llb

import (
	"net/url"
	"path"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"

	"github.com/uvlambda/uvlambda/plan"
)

// checkouts builds and installs each package that comes from git, in a layer of
// its own.
func (c *converter) checkouts() []installed {
	var all []installed
	for st, work := range plan.Each[plan.Git](c.plan) {
		all = append(all, c.checkout(st, work))
	}
	return all
}

// checkout builds the wheel of a package from the commit that BuildKit fetches,
// and installs it as the wheel of a package of the repository is. The repository
// is there as a whole: the package may be built with others of it.
func (c *converter) checkout(st *plan.Step, work *plan.Git) installed {
	sources := c.commit(st, work)
	args := append(buildFlags(work.PackageBuild), path.Join(checkoutOf(work), work.Folder), work.Commit)
	if work.Version != "" {
		args = append(args, work.Name+"=="+work.Version)
	} else {
		args = append(args, work.Name)
	}
	made := c.runInstall(st, &work.Install, args, bkllb.AddMount(checkoutOf(work), sources, c.writable()...))
	made.name, made.title, made.origin = work.Name, work.Title(), origin{work: work}
	return made
}

// checkoutOf is where a step has the repository of a package: a folder that is
// named like the one in a source distribution, by which some build backends tell
// the version.
func checkoutOf(work *plan.Git) string {
	return path.Join(SourcePath, strings.TrimSuffix(work.Name+"-"+work.Version, "-"))
}

// Secrets of BuildKit by which it fetches private repositories. The name of a
// host may stand behind each, after a dot.
const (
	SecretGitToken  = bkllb.GitAuthTokenKey
	SecretGitHeader = bkllb.GitAuthHeaderKey
)

// commit is the repository of a package at its commit, with submodules and
// without history. It is not made by BuildKit's llb.Git, which asks an SSH server
// for its key while the graph is made: the key would be trusted whatever it is,
// and the hash of the commit vouches for what comes.
func (c *converter) commit(st *plan.Step, work *plan.Git) bkllb.State {
	var constraints bkllb.Constraints
	for _, opt := range c.constraints(st.Kind, st.Source, c.title(st, "fetch %s from %s at %s", work.Name, work.Repository, work.ShortCommit())) {
		opt.SetConstraintsOption(&constraints)
	}
	caps := map[apicaps.CapID]bool{pb.CapSourceGit: true, pb.CapSourceGitFullURL: true}
	attrs := map[string]string{
		pb.AttrFullRemoteURL:    work.Repository,
		pb.AttrAuthTokenSecret:  SecretGitToken,
		pb.AttrAuthHeaderSecret: SecretGitHeader,
	}
	if overSSH(work.Repository) {
		attrs[pb.AttrMountSSHSock] = "default"
		caps[pb.CapSourceGitMountSSHSock] = true
	}
	constraints.Metadata.Caps = caps
	return bkllb.NewState(bkllb.NewSource(sourceOf(work), attrs, constraints).Output())
}

// sourceOf is BuildKit's name of a commit. It is without the protocol, by which a
// commit is the same.
func sourceOf(work *plan.Git) string {
	id := work.Repository
	if address, err := url.Parse(work.Repository); err == nil {
		id = address.Host + path.Join("/", address.Path)
	}
	return "git://" + id + "#" + work.Commit
}
