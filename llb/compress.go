package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// packing is a tree that is compressed for an archive.
type packing struct {
	*plan.Step
	*plan.Compress
	// what the tree is, for people, and the lines that asked for it.
	what string
	loc  plan.Location
	tree bkllb.State
	// at is where the tree is mounted, which tells the container from others.
	at string
}

// compress compresses a tree for an archive, in which its root stands below the
// prefix.
func (c *converter) compress(p packing) *Part {
	opts := append(c.offline(), sealed()...)
	opts = append(opts, c.mount(p.at, p.tree))
	exec := c.runScript(PackPath, step{
		kind: plan.KindCompress,
		loc:  p.loc,
		name: c.title(p.Step, "compress %s for %s", p.what, c.plan.Platform),
		args: []string{path.Join(p.at, p.Root), p.Prefix, outPath, ReportPath},
		opts: opts,

		scripts: packScripts,
		reports: true,
	})
	return &Part{Data: exec.AddMount(outPath, bkllb.Scratch()), Report: exec.GetMount(ReportPath)}
}

// compressFiles compresses what is copied below a folder of other images, and of
// other places. It is nil when the plan has none.
func (c *converter) compressFiles(root string) *Part {
	for st, work := range plan.Each[plan.Compress](c.plan) {
		if st.Makes != plan.PartFiles || work.Root != root {
			continue
		}
		return c.compress(packing{
			Step: st, what: "the files for " + root, loc: st.Source, tree: c.gatherFiles(st), at: filesPath, Compress: work,
		})
	}
	return nil
}
