package llb

import (
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// copied copies files of an image, or of other places than the application's, each
// to its place. They belong to root, whoever owns them in their image.
func (c *converter) copied(st *plan.Step, work *plan.Files) bkllb.State {
	from := c.in.Context
	if work.Image != "" {
		from = c.in.Files[work.Image]
	}
	var copies *bkllb.FileAction
	for _, cp := range work.Copies {
		to := path.Clean(cp.To)
		if strings.HasSuffix(cp.To, "/") {
			to += "/"
		}
		info := c.copyInfo(cp.Exclude)
		info.ChownOpt = &bkllb.ChownOpt{User: &bkllb.UserOpt{UID: 0}, Group: &bkllb.UserOpt{UID: 0}}
		if copies == nil {
			copies = bkllb.Copy(from, path.Join("/", cp.From), to, info)
		} else {
			copies = copies.Copy(from, path.Join("/", cp.From), to, info)
		}
	}
	made := c.files(plan.KindFiles, st.Source, c.title(st, "%s for %s", st.Title, c.plan.Platform), copies)
	if len(work.Copies) == 1 {
		return made
	}
	return c.settle(made, st.Source, "the files of "+work.From())
}

// gatherFiles gives what a step takes of the steps that copy files, in one tree.
func (c *converter) gatherFiles(taking *plan.Step) bkllb.State {
	var trees []bkllb.State
	for st, work := range plan.Each[plan.Files](c.plan) {
		if slices.Contains(taking.Takes, st.Name) {
			trees = append(trees, c.copied(st, work))
		}
	}
	if len(trees) == 1 {
		return trees[0]
	}
	return c.gather(trees, c.constraints(plan.KindFiles, taking.Source, c.title(taking, "gather %d trees of files", len(trees))))
}

// gather copies trees over one another.
func (c *converter) gather(trees []bkllb.State, opts []bkllb.ConstraintsOpt) bkllb.State {
	var gather *bkllb.FileAction
	for _, tree := range trees {
		info := &bkllb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
		if gather == nil {
			gather = bkllb.Copy(tree, "/", "/", info)
		} else {
			gather = gather.Copy(tree, "/", "/", info)
		}
	}
	return bkllb.Scratch().File(gather, opts...)
}
