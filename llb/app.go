package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// app copies the application's files straight from the context.
func (c *converter) app() bkllb.State {
	a := find[plan.App](c)
	var copies *bkllb.FileAction
	for _, cp := range a.work.Copies {
		from, to := path.Join("/", cp.From), path.Join(plan.TaskRoot, cp.To)
		info := c.copyInfo(cp.Exclude)
		if copies == nil {
			copies = bkllb.Copy(c.in.Context, from, to, info)
		} else {
			copies = copies.Copy(c.in.Context, from, to, info)
		}
	}
	name := c.title(a.Step, "copy the application")
	st := c.files(plan.KindApp, a.Source, name, copies)
	if len(a.work.Copies) == 1 {
		return st
	}
	return c.settle(st, a.Source, "the application")
}

// copyInfo are the settings of every copy from the context: fixed times, and
// modes that Lambda's user can read whatever the umask of the checkout was.
func (c *converter) copyInfo(exclude []string) *bkllb.CopyInfo {
	info := &bkllb.CopyInfo{
		CopyDirContentsOnly: true,
		CreateDestPath:      true,
		FollowSymlinks:      true,
		CreatedTime:         &epoch,
	}
	// A BuildKit does not announce that it knows modes in words, and an older one
	// takes them for mode 0. That capability came right after them, in 0.20.
	if c.supports(pb.CapExecMetaCDI) {
		info.Mode = &bkllb.ChmodOpt{ModeStr: "u=rwX,go=rX"}
	}
	if c.supports(pb.CapFileCopyIncludeExcludePatterns) {
		info.ExcludePatterns = exclude
	}
	return info
}

// settle copies a tree once more, as a whole: a second copy into a folder
// touches its modification time, and only a copy of the folder itself sets it.
func (c *converter) settle(st bkllb.State, loc plan.Location, what string) bkllb.State {
	return bkllb.Scratch().File(
		bkllb.Copy(st, "/", "/", &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}),
		c.named(loc, internal("settle the times of the folders of %s", what))...)
}

// files runs file actions on an empty state.
func (c *converter) files(kind plan.StepKind, loc plan.Location, name string, action *bkllb.FileAction) bkllb.State {
	return bkllb.Scratch().File(action, c.constraints(kind, loc, name)...)
}
