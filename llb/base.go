package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/llb/steps"
	"github.com/uvlambda/uvlambda/plan"
)

// BaseFile is the file in which LookAtBase leaves what it has found.
const BaseFile = "base.json"

// lookPath is the folder of the script that looks at a base.
const lookPath = "/uvlambda/look"

// LookAtBase asks an image for its Python, which is a name that its PATH leads to,
// and for what a function needs to know of it. It runs once for each image, and is
// no step of a plan: its image answers the same each time.
func LookAtBase(image bkllb.State, python string, loc plan.Location, opt Options) bkllb.State {
	c := &converter{opt: opt}
	script := bkllb.Scratch().File(bkllb.Mkfile("/base.py", 0o644, steps.Base(), bkllb.WithCreatedTime(epoch)),
		c.named(loc, internal("prepare to look at the base image"))...)
	opts := append(sealed(), c.offline()...)
	opts = append(opts, c.mount(lookPath, script))
	exec := c.run(image, step{
		loc:  loc,
		name: internal("look at the base image"),
		args: []string{python, "-I", path.Join(lookPath, "base.py"), path.Join(outPath, BaseFile)},
		opts: opts,
	})
	return exec.AddMount(outPath, bkllb.Scratch())
}
