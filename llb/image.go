package llb

import (
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

// image puts the layers on the base.
func (c *converter) image() *Result {
	layers := c.layers()
	res := c.laid(c.stack(layers), layers)
	for _, l := range layers {
		res.Layers = append(res.Layers, l.comment)
	}
	return res
}

// stack merges the layers onto the base, so that a changed lower layer leaves
// the upper ones as they are. Without the merge op they are copied one onto
// the other, which costs that and nothing else. The records of the packages are
// an input that adds nothing: the difference between them and themselves. So a
// cache that holds the image holds the records.
func (c *converter) stack(layers []layer) bkllb.State {
	opts := c.named(c.plan.Base.Source, c.title(c.plan.Result(), "assemble the image for %s", c.plan.Platform))
	if len(layers) == 0 {
		return c.in.Base
	}
	if c.supports(pb.CapMergeOp) {
		states := []bkllb.State{c.in.Base}
		for _, l := range layers {
			states = append(states, l.State)
		}
		if records := c.records(layers); records != nil {
			states = append(states, bkllb.Diff(*records, *records, c.named(c.plan.Base.Source, internal("leave the records out of the image"))...))
		}
		return bkllb.Merge(states, opts...)
	}
	st := c.in.Base
	for _, l := range layers {
		st = st.File(bkllb.Copy(l.State, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true}), opts...)
	}
	return st
}
