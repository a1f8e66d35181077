package llb

import (
	"net/url"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// lock resolves on a copy of the context, since metadata may come from any
// file of it, and keeps uv.lock only. uv runs in the project's folder: from another it
// takes an index that is a folder, and that a source names, for one of that other.
func (c *converter) lock(st found[plan.Lock]) bkllb.State {
	l := st.work
	name := c.title(st.Step, "resolve %s", path.Join(l.Root, "uv.lock"))
	info := c.copyInfo(l.Exclude)
	// BuildKit would look for what each link of the context leads to, and a link
	// that leads to nothing would end the build.
	info.FollowSymlinks = false
	copied := bkllb.Copy(c.in.Context, "/", "/", info)
	for _, f := range l.Written {
		copied = copied.Mkfile(path.Join("/", f.Path), 0o644, []byte(f.Content), bkllb.WithCreatedTime(epoch))
	}
	sources := c.files(plan.KindLock, st.Source, c.title(st.Step, "copy the project"), copied)
	opts := append(c.network(st.Step, ""), variables(st.work.Variables)...)
	opts = append(opts, bkllb.AddMount(SourcePath, sources, c.writable()...), bkllb.IgnoreCache)
	args := []string{string(plan.KindLock)}
	if len(l.Repositories) > 0 {
		// What there is to install is installed once for a builder image.
		withGit := *c
		withGit.in.Builder = c.installGit(st)
		c = &withGit
		opts = append(opts, c.gitAccess(l.Repositories)...)
		for _, repository := range l.Repositories {
			args = append(args, "--repository", repository)
		}
	}
	exec := c.runDriver(step{
		kind: plan.KindLock,
		loc:  st.Source,
		name: name,
		args: slices.Concat(args, []string{
			path.Join(l.Root, "uv.lock"),
			uvPath, "lock",
			"--python", c.plan.Python.Executable,
			"--directory", path.Join(SourcePath, l.Root),
		}, l.Args),
		opts: opts,
	})
	return exec.AddMount("/out", bkllb.Scratch())
}

// gitSecrets is the folder of the secrets that BuildKit fetches repositories with.
const gitSecrets = "/uvlambda/git"

// installGit is the builder with git, which uv resolves repositories with. A
// builder that has it stays as it is.
func (c *converter) installGit(st found[plan.Lock]) bkllb.State {
	args := []string{string(plan.KindLock), "--install-git"}
	if slices.ContainsFunc(st.work.Repositories, overSSH) {
		args = append(args, "ssh")
	}
	opts := []bkllb.RunOption{bkllb.AddSecret(caPath, bkllb.SecretID(SecretCA), bkllb.SecretOptional)}
	return c.runDriver(step{
		kind: plan.KindLock,
		loc:  st.Source,
		name: c.title(st.Step, "install git in the builder, unless it has it"),
		args: args,
		opts: opts,
	}).Root()
}

// overSSH tells a repository that is asked over SSH.
func overSSH(repository string) bool { return strings.HasPrefix(repository, "ssh://") }

// gitAccess gives a step the secrets and the SSH agent that BuildKit itself fetches
// repositories with.
func (c *converter) gitAccess(repositories []string) []bkllb.RunOption {
	names := []string{SecretGitHeader, SecretGitToken}
	for _, repository := range repositories {
		if address, err := url.Parse(repository); err == nil && !overSSH(repository) {
			names = append(names, SecretGitHeader+"."+address.Host, SecretGitToken+"."+address.Host)
		}
	}
	slices.Sort(names)
	var opts []bkllb.RunOption
	for _, name := range slices.Compact(names) {
		opts = append(opts, bkllb.AddSecret(path.Join(gitSecrets, name), bkllb.SecretID(name), bkllb.SecretOptional))
	}
	if slices.ContainsFunc(repositories, overSSH) {
		opts = append(opts, bkllb.AddSSHSocket(bkllb.SSHOptional))
	}
	return opts
}
