package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// records are what the distributions of a function record of their files, see
// Result.Records. They are nil where a BuildKit cannot leave them out of the
// image.
func (c *converter) records(layers []layer) *bkllb.State {
	if len(layers) < 2 || !c.supports(pb.CapMergeOp) || !c.supports(pb.CapDiffOp) || !c.supports(pb.CapFileCopyIncludeExcludePatterns) {
		return nil
	}
	var all []bkllb.State
	for _, l := range layers {
		if l.HasRecords() {
			all = append(all, c.recordsOf(l))
		}
	}
	if len(all) == 0 {
		return nil
	}
	records := bkllb.Merge(all, c.named(c.plan.Base.Source, internal("gather the records of the packages"))...)
	return &records
}

// recordsOf are the RECORD files of the distributions of a tree, and nothing
// else. Of a large package, nothing of the project is in the copy.
func (c *converter) recordsOf(l layer) bkllb.State {
	name := string(l.Part)
	if l.Package != "" {
		name = l.Package
	}
	return bkllb.Scratch().File(bkllb.Copy(l.complete, plan.TaskRoot, l.Records(), &bkllb.CopyInfo{
		CopyDirContentsOnly: true, CreateDestPath: true, CreatedTime: &epoch, IncludePatterns: []string{"*.dist-info/RECORD"},
	}), c.named(c.plan.Base.Source, internal("copy the records of %s", name))...)
}

// HasRecords tells whether the tree is made of installed distributions.
func (t Tree) HasRecords() bool { return t.Part == plan.PartDependencies || t.Part == plan.PartMembers }

// Records is the folder of Result.Records that has the tree's.
func (t Tree) Records() string { return path.Join("/", string(t.Part), t.Package) }
