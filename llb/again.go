package llb

import (
	"path"

	"github.com/uvlambda/uvlambda/plan"
)

// again gives the steps that run a container other inputs than they had before: a
// folder more, which no step reads. The base keeps its content, since it ships.
func (c *converter) again() {
	if c.opt.Again == "" {
		return
	}
	named := c.named(plan.Location{}, internal("prepare to run the steps again"))
	c.in.UV = c.in.UV.File(mkdir(nil, path.Join("/again", c.opt.Again)), named...)
	c.in.Builder = c.in.Builder.File(mkdir(nil, path.Join(path.Dir(scriptsPath), "again", c.opt.Again)), named...)
}
