package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// lock resolves on a copy of the context, since metadata may come from any
// file of it, and keeps uv.lock only.
func (c *converter) lock(st found[plan.Lock]) bkllb.State {
	l := st.work
	name := c.title(st.Step, "resolve %s", path.Join(l.Root, "uv.lock"))
	info := c.copyInfo(l.Exclude)
	// BuildKit would look for what each link of the context leads to, and a link
	// that leads to nothing would end the build.
	info.FollowSymlinks = false
	sources := c.files(plan.KindLock, st.Source, c.title(st.Step, "copy the project"), bkllb.Copy(c.in.Context, "/", "/", info))
	opts := append(c.network(st.Step, ""), variables(st.work.Variables)...)
	opts = append(opts, bkllb.AddMount(SourcePath, sources, c.writable()...), bkllb.IgnoreCache)
	exec := c.runDriver(step{
		kind: plan.KindLock,
		loc:  st.Source,
		name: name,
		args: append([]string{
			string(plan.KindLock), path.Join(l.Root, "uv.lock"),
			uvPath, "lock",
			"--python", c.plan.Python.Executable,
			"--project", path.Join(SourcePath, l.Root),
		}, l.Args...),
		opts: opts,
	})
	return exec.AddMount("/out", bkllb.Scratch())
}
