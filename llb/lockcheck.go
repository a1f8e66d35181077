package llb

import (
	"path"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// uvCheck is the subcommand of uv that checks a lock.
func uvCheck() []string { return []string{"lock", "--check"} }

// lockCheck is the step that fails when uv.lock is stale. A fresh lock needs no
// network to be found fresh, unless a package has to be built for that; uv then
// says nothing at all, since a failure is either explained without its words, or
// decided by another step on the files as they are. That step has the network:
// without it uv cannot resolve again, and says nothing else.
func (c *converter) lockCheck() bkllb.State {
	st := find[plan.LockCheck](c)
	l := st.work
	args := append([]string{uvPath}, uvCheck()...)
	stubs, opts := c.stubs(st.Step, l)
	p := project{files: slices.Concat(l.Files, l.LocalFiles), folders: l.Beside, written: slices.Concat(l.Given(), stubs)}
	if !l.Whole {
		p.folders = slices.Concat(p.folders, l.Builds)
	}
	opts = append(opts, c.mountProject(st.Step, "check of uv.lock", p))
	opts = append(opts, variables(l.Variables)...)
	silent := len(l.Builds) == 0 && !c.opt.Explain
	if silent {
		// The cache holds what uv asked the interpreter, which takes longer than
		// the check.
		args = append(args, "--offline", "-qq")
		opts = slices.Concat(opts, c.offline(), c.cache(), sealed())
	} else {
		opts = append(opts, c.network(st.Step, "")...)
	}
	s := step{
		kind: plan.KindLockCheck,
		loc:  st.Source,
		name: c.title(st.Step, "check that uv.lock is up to date"),
		args: append(args,
			"--python", c.plan.Python.Executable,
			"--directory", path.Join(SourcePath, l.Root)),
		opts:    opts,
		reports: true,
	}
	if silent {
		// No report is needed: see above.
		return c.runUV(s).AddMount(ReportPath, bkllb.Scratch())
	}
	s.args = append([]string{string(plan.KindLockCheck)}, s.args...)
	return c.runDriver(s).GetMount(ReportPath)
}
