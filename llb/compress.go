package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// compress compresses a tree for an archive, in which it stands below prefix.
func (c *converter) compress(st *plan.Step, what string, loc plan.Location, tree bkllb.State, prefix string) *Part {
	opts := append(c.offline(), sealed()...)
	opts = append(opts, c.mount(treePath, tree))
	exec := c.runScript(PackPath, step{
		kind: plan.KindCompress,
		loc:  loc,
		name: c.title(st, "compress %s for %s", what, c.plan.Platform),
		args: []string{path.Join(treePath, plan.TaskRoot), prefix, outPath, ReportPath},
		opts: opts,

		scripts: packScripts,
		reports: true,
	})
	return &Part{Data: exec.AddMount(outPath, bkllb.Scratch()), Report: exec.GetMount(ReportPath)}
}
