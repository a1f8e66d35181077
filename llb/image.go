package llb

import (
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
)

// layer is a tree over the base and the comment its history entry gets.
type layer struct {
	state   llb.State
	comment string
}

// layers are the trees of a plan in order of change: dependencies, members,
// application. Each holds its files at the task root.
func (c *converter) layers() []layer {
	var layers []layer
	if c.plan.Dependencies != nil {
		layers = append(layers, layer{c.dependencies().layer, "uvlambda: dependencies"})
	}
	if len(c.plan.Members) > 0 {
		layers = append(layers, layer{c.members(), "uvlambda: members"})
	}
	if c.plan.App != nil {
		layers = append(layers, layer{c.app(), "uvlambda: application"})
	}
	return layers
}

// image puts the layers on the base.
func (c *converter) image() *Result {
	layers := c.layers()
	res := c.checked(c.stack(layers))
	for _, l := range layers {
		res.Layers = append(res.Layers, l.comment)
	}
	return res
}

// checked is a result with the check of uv.lock beside it.
func (c *converter) checked(st llb.State) *Result {
	res := &Result{State: st}
	if c.plan.LockCheck != nil {
		check := c.lockCheck()
		res.Check = &check
	}
	return res
}

// stack merges the layers onto the base, so that a changed lower layer leaves
// the upper ones as they are. Without the merge op they are copied one onto
// the other, which costs that and nothing else.
func (c *converter) stack(layers []layer) llb.State {
	opts := c.named(c.plan.Base.Source, c.title(stepOutput, "assemble the image for %s", c.plan.Platform))
	if len(layers) == 0 {
		return c.in.Base
	}
	if c.supports(pb.CapMergeOp) {
		states := []llb.State{c.in.Base}
		for _, l := range layers {
			states = append(states, l.state)
		}
		return llb.Merge(states, opts...)
	}
	st := c.in.Base
	for _, l := range layers {
		st = st.File(llb.Copy(l.state, "/", "/", &llb.CopyInfo{CopyDirContentsOnly: true}), opts...)
	}
	return st
}
