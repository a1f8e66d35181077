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

// image puts the layers on the base in order of change: dependencies, members,
// application.
func (c *converter) image() *Result {
	var layers []layer
	if c.plan.Dependencies != nil {
		layers = append(layers, layer{c.dependencies(c.export()), "uvlambda: dependencies"})
	}
	if len(c.plan.Members) > 0 {
		layers = append(layers, layer{c.members(), "uvlambda: members"})
	}
	if c.plan.App != nil {
		layers = append(layers, layer{c.app(), "uvlambda: application"})
	}
	res := &Result{State: c.stack(layers)}
	for _, l := range layers {
		res.Layers = append(res.Layers, l.comment)
	}
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
	name := llb.WithCustomName(c.title(stepImage, "assemble the image for %s", c.plan.Platform))
	if len(layers) == 0 {
		return c.in.Base
	}
	if c.supports(pb.CapMergeOp) {
		states := []llb.State{c.in.Base}
		for _, l := range layers {
			states = append(states, l.state)
		}
		return llb.Merge(states, name)
	}
	st := c.in.Base
	for _, l := range layers {
		st = st.File(llb.Copy(l.state, "/", "/", &llb.CopyInfo{CopyDirContentsOnly: true}), name)
	}
	return st
}
