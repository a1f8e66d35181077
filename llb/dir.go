package llb

import (
	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// folder gathers trees of the plan without the path of the task root.
func (c *converter) folder(layers []layer) bkllb.State {
	var gather *bkllb.FileAction
	for _, l := range layers {
		info := &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
		if gather == nil {
			gather = bkllb.Copy(l.State, plan.TaskRoot, "/", info)
		} else {
			gather = gather.Copy(l.State, plan.TaskRoot, "/", info)
		}
	}
	if gather == nil {
		return bkllb.Scratch()
	}
	loc := c.plan.Base.Source
	return c.settle(bkllb.Scratch().File(gather, c.named(loc, c.title(c.plan.Result(), "gather the task root for %s", c.plan.Platform))...), loc, "the task root")
}
