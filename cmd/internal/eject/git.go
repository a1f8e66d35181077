package eject

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// checkouts are the stages of the packages from git: one for each, so that another
// commit of one leaves the others as they are.
func (r *renderer) checkouts() []string {
	var stages []string
	for st, work := range plan.Each[plan.Git](r.plan) {
		stages = append(stages, r.checkout(st, work))
	}
	return stages
}

// gitStage is the name of the stage of a package from git.
func gitStage(work *plan.Git) string { return "git-" + work.Name }

// versionPath is the file with the version that a wheel has to have.
const versionPath = "/tmp/version.txt"

// checkout is the stage of one package from git. ADD fetches the commit, as the
// same step of BuildKit does.
func (r *renderer) checkout(st *plan.Step, work *plan.Git) string {
	sources := path.Join("/src", strings.TrimSuffix(work.Name+"-"+work.Version, "-"))
	var b strings.Builder
	fmt.Fprintf(&b, "# %[1]s is a package from git, of the version that uv.lock has.\nFROM installer-$TARGETARCH AS %[1]s\n", gitStage(work))
	b.WriteString("# A private repository takes --secret id=GIT_AUTH_TOKEN, or --ssh default.\n")
	b.WriteString("ADD " + escapeWord(repositoryOf(work)+"#"+work.Commit) + " " + escapeWord(sources) + "\n")
	b.WriteString(settings("ENV", work.Variables))
	mounts, commands := network(st.Secrets)
	requirement := work.Name
	if work.Version != "" {
		requirement += "==" + work.Version
	}
	commands = append(commands,
		"cd "+quoteShell(path.Join(sources, work.Folder)),
		"# Without a [build-system], this is the one: https://peps.python.org/pep-0517/#source-trees",
		wrap(`grep -qs '^ *\[build-system\]' pyproject.toml ||`,
			`printf '\n[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta:__legacy__"\n'`, ">>pyproject.toml"),
		"# setuptools-scm packages the files of a commit.",
		wrap("if grep -qs scm pyproject.toml setup.py setup.cfg; then", fmt.Sprintf("echo 'node: %s' >.git_archival.txt; fi", work.Commit)),
		"echo "+quoteShell(requirement)+" >"+versionPath,
		build(work.PackageBuild)+" --wheel --out-dir /tmp/wheel .",
	)
	commands = append(commands, install(work.CompileBytecode, work.Scripts, "--no-cache", "--no-index", "--constraints "+versionPath, "/tmp/wheel/*.whl")...)
	b.WriteString(r.finish(mounts, commands, &work.Install))
	return b.String()
}

// repositoryOf is the URL of a repository as ADD takes it: a URL with HTTP has to
// end in .git. The well-known hosts know it by that name too.
func repositoryOf(work *plan.Git) string {
	address, err := url.Parse(work.Repository)
	if err != nil || !strings.HasPrefix(address.Scheme, "http") || strings.HasSuffix(address.Path, ".git") {
		return work.Repository
	}
	address.Path = strings.TrimSuffix(address.Path, "/") + ".git"
	return address.String()
}

// wellKnown are hosts that take a repository's URL with and without .git at its
// end.
func wellKnown() []string {
	return []string{"github.com", "gitlab.com", "bitbucket.org", "codeberg.org"}
}

// checkRepositories refuses repositories that ADD would take for a file.
func (r *renderer) checkRepositories() error {
	for st, work := range plan.Each[plan.Git](r.plan) {
		address, err := url.Parse(work.Repository)
		if err == nil && repositoryOf(work) != work.Repository && !slices.Contains(wellKnown(), address.Host) {
			return source.Errorf(st.Source, "a Dockerfile takes %s for a file: name the repository by a URL that ends in .git in [tool.uv.sources], and lock again", work.Repository)
		}
	}
	return nil
}
