package llb

import (
	"cmp"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// layer is a tree over the base and the comment its history entry gets.
type layer struct {
	Tree
	comment string
	// files are files of another image or for another place; nil for a tree that is in the task
	// root as a whole.
	files *plan.Files
	// complete is the tree with what is stale in it.
	complete bkllb.State
	origin
}

// layers are the trees of a plan in order of change: packages by themselves, the
// other dependencies, members, files of images and of other places, application.
// Each but the latter has its files at the task root.
func (c *converter) layers() []layer {
	var layers []layer
	for _, made := range c.thirdParty() {
		l := c.layer(Tree{plan.PartDependencies, made.name, made.layer}, made.title)
		l.origin = made.origin
		layers = append(layers, l)
	}
	if plan.First[plan.Member](c.plan) != nil {
		l := c.layer(Tree{plan.PartMembers, "", c.members()}, "")
		l.origin = origin{work: plan.All[plan.Member](c.plan)}
		layers = append(layers, l)
	}
	for st, files := range plan.Each[plan.Files](c.plan) {
		made := c.layer(Tree{plan.PartFiles, files.Image, c.copied(st, files)}, "files of "+files.From())
		made.files = files
		layers = append(layers, made)
	}
	if plan.First[plan.App](c.plan) != nil {
		layers = append(layers, c.layer(Tree{plan.PartApp, "", c.app()}, ""))
	}
	return layers
}

// layer is a tree of the function without what is stale in it. It is called by
// its title, or else by its part.
func (c *converter) layer(tree Tree, title string) layer {
	complete := tree.State
	tree.State = c.withoutStale(tree)
	return layer{Tree: tree, comment: "uvlambda: " + cmp.Or(title, string(tree.Part)), complete: complete}
}

// withoutStale copies a tree without the compiled modules whose source another
// tree replaces: Python would run them in place of that source. What a step reports
// in the tree is left out the same way. A copy sets the
// times of folders again, which removing the files would change.
func (c *converter) withoutStale(tree Tree) bkllb.State {
	st := tree.State
	i := slices.IndexFunc(c.plan.Stale, func(s plan.Stale) bool { return s.Part == tree.Part && s.Package == tree.Package })
	if i < 0 {
		return st
	}
	stale := c.plan.Stale[i]
	name := c.named(c.plan.Base.Source, c.title(c.plan.Result(), "leave out %d files of %s", len(stale.Paths), cmp.Or(tree.Package, tree.Part.String())))
	if !c.supports(pb.CapFileCopyIncludeExcludePatterns) {
		for _, p := range stale.Paths {
			st = st.File(bkllb.Rm(path.Join(plan.TaskRoot, p)), name...)
		}
		return st
	}
	var left []string
	for _, p := range stale.Paths {
		left = append(left, strings.TrimPrefix(path.Join(plan.TaskRoot, p), "/"))
	}
	return bkllb.Scratch().File(bkllb.Copy(st, "/", "/", &bkllb.CopyInfo{
		CopyDirContentsOnly: true, ExcludePatterns: left, CreatedTime: &epoch,
	}), name...)
}

// laid is a result with the trees that it is made of, as they lie over one
// another: those that have files in the task root, and those that have some below
// plan.LayerRoot. It has what is recorded of them.
func (c *converter) laid(st bkllb.State, layers []layer) *Result {
	res := c.checked(st)
	for _, l := range layers {
		if l.files == nil || l.files.Below(plan.TaskRoot) {
			res.Trees = append(res.Trees, l.Tree)
		}
		if l.files != nil && l.files.Below(plan.LayerRoot) {
			res.Opt = append(res.Opt, l.State)
		}
	}
	res.Records = c.records(layers)
	return res
}
