package llb

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"fmt"
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

// origin tells what makes a tree of distributions from what makes other ones, but
// for the sources of members.
type origin struct {
	// work is what the plan says of it.
	work any
	// list is the list of its packages, nil when the plan has it.
	list *bkllb.State
}

// recordsOf are the RECORD files of the distributions of a tree, and beside them
// its origin and its LackingFile. BuildKit takes copies of equal content for one step, and would show
// the builds of other people in the progress of this one. Of a package by
// itself, nothing of the project is in the copy.
func (c *converter) recordsOf(l layer) bkllb.State {
	from := path.Join(l.Records(), "origin")
	copies := bkllb.Copy(l.complete, plan.TaskRoot, l.Records(), &bkllb.CopyInfo{
		CopyDirContentsOnly: true, CreateDestPath: true, CreatedTime: &epoch, IncludePatterns: []string{"*.dist-info/RECORD", LackingFile},
	}).Mkfile(from, 0o644, []byte(c.digest(l.work)), bkllb.WithCreatedTime(epoch))
	if l.list != nil {
		copies = copies.Copy(*l.list, "/pylock.toml", from+".toml", &bkllb.CopyInfo{CreatedTime: &epoch})
	}
	return bkllb.Scratch().File(copies, c.named(c.plan.Base.Source, internal("copy the records of %s", cmp.Or(l.Package, string(l.Part))))...)
}

// digest is a digest of what the plan says of a step, and of what all steps run in.
func (c *converter) digest(work any) string {
	// A plan is printed as JSON, so its steps are.
	text, _ := json.Marshal([]any{c.plan.Base.Ref, c.plan.UV.Ref, c.plan.Python.WheelPlatform, work})
	return fmt.Sprintf("%x\n", sha256.Sum256(text))
}

// HasRecords tells whether the tree is made of installed distributions.
func (t Tree) HasRecords() bool { return t.Part == plan.PartDependencies || t.Part == plan.PartMembers }

// Records is the folder of Result.Records that has the tree's.
func (t Tree) Records() string { return path.Join("/", string(t.Part), t.Package) }
