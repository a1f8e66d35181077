package llb_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

func TestImageIsMerged(t *testing.T) {
	t.Parallel()
	g := convertState(t, everyStep(), options(t))
	merge := g.named(t, "assemble the image for linux/arm64")
	require.NotNil(t, merge.op.GetMerge())
	assert.Equal(t, "[api 6/6] assemble the image for linux/arm64", merge.name)
	require.Len(t, merge.inputs, 5)
	base := g.vertices[merge.inputs[0]]
	assert.Equal(t, "docker-image://registry.example.com/base:latest", base.op.GetSource().Identifier)
	assert.Equal(t, "arm64", base.op.Platform.Architecture)
	assert.Equal(t, "[api 2/6] install 2 packages for linux/arm64", g.vertices[merge.inputs[1]].name)
	nothing := g.vertices[merge.inputs[4]]
	require.NotNil(t, nothing.op.GetDiff())
	assert.Equal(t, nothing.inputs[0], nothing.inputs[1], "the records are not in the image")
}

// TestRecords: what packages record of their files is beside the trees, in a
// folder of each, and of a large package it has nothing of the project.
func TestRecords(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "../frontend/planner/testdata/large.json")
	res, err := llb.Convert(p, inputs(), options(t))
	require.NoError(t, err)
	require.NotNil(t, res.Records)
	var copied []string
	for _, v := range decode(t, *res.Records).vertices {
		if strings.Contains(v.name, "copy the records of") {
			c := v.op.GetFile().Actions[0].GetCopy()
			assert.Equal(t, []string{"*.dist-info/RECORD", llb.LackingFile}, c.IncludePatterns)
			copied = append(copied, c.Src+" to "+c.Dest)
		}
	}
	assert.Equal(t, []string{"/var/task to /dependencies/numpy", "/var/task to /dependencies/ours", "/var/task to /dependencies"}, copied)
	assert.Equal(t, "/dependencies/numpy", res.Trees[0].Records())

	for _, id := range []apicaps.CapID{pb.CapMergeOp, pb.CapDiffOp, pb.CapFileCopyIncludeExcludePatterns} {
		opt := options(t)
		opt.Caps = daemon(id)
		without, err := llb.Convert(p, inputs(), opt)
		require.NoError(t, err)
		assert.Nil(t, without.Records, id)
		for _, v := range decode(t, output(without)).vertices {
			assert.NotContains(t, v.name, "records", id)
		}
	}
	stale := *p
	stale.Stale = []plan.Stale{{Part: plan.PartDependencies, Package: "numpy", Paths: []string{"a.pyc"}}}
	again, err := llb.Convert(&stale, inputs(), options(t))
	require.NoError(t, err)
	assert.Equal(t, decode(t, *res.Records).bytes, decode(t, *again.Records).bytes, "they are of the trees as they were made")
}

// TestImageWithoutMerge checks the copies that stand for the merge.
func TestImageWithoutMerge(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.Caps = daemon(pb.CapMergeOp)
	g := convertState(t, everyStep(), opt)
	var layers int
	for _, v := range g.vertices {
		if v.name != "[api 6/6] assemble the image for linux/arm64" {
			continue
		}
		layers++
		require.Len(t, v.op.GetFile().Actions, 1)
		c := v.op.GetFile().Actions[0].GetCopy()
		assert.Equal(t, "/ to /", c.Src+" to "+c.Dest)
		assert.True(t, c.DirCopyContents)
		assert.Equal(t, int64(-1), c.Timestamp, "the layer's own times stay")
	}
	assert.Equal(t, 3, layers)
}

// TestLargePackagesWithoutMerge: large packages are copied before the others, in the
// order in which they would be merged.
func TestLargePackagesWithoutMerge(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.Caps = daemon(pb.CapMergeOp)
	g := convertState(t, readPlan(t, "../frontend/planner/testdata/large.json"), opt)
	var copied []string
	for _, v := range g.vertices {
		if strings.Contains(v.name, "assemble the image") {
			require.Len(t, v.inputs, 2)
			copied = append(copied, g.vertices[v.inputs[1]].name)
		}
	}
	assert.Equal(t, []string{
		"[api 2/6] install numpy 2.3.1 (14 MB) for linux/arm64", "[api 3/6] install ours 1.0 (5 MB) for linux/arm64",
		"[api 4/6] install 1 package for linux/arm64", "[api 5/6] copy the application",
	}, copied)
}

func TestLayers(t *testing.T) {
	t.Parallel()
	const dependencies, members, application = "uvlambda: dependencies", "uvlambda: members", "uvlambda: application"
	tests := []struct {
		name    string
		without []plan.StepKind
		want    []string
	}{
		{"all", nil, []string{dependencies, members, application}},
		{"no dependencies", []plan.StepKind{plan.KindExport, plan.KindDependencies}, []string{members, application}},
		{"only the application", []plan.StepKind{plan.KindExport, plan.KindDependencies, plan.KindMembers}, []string{application}},
		{"nothing", []plan.StepKind{plan.KindExport, plan.KindDependencies, plan.KindMembers, plan.KindApp}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			res, err := llb.Convert(stepsWithout(test.without...), inputs(), options(t))
			require.NoError(t, err)
			assert.Equal(t, test.want, res.Layers)
			var merged []int
			g := decode(t, output(res))
			for _, v := range g.vertices {
				if v.op.GetMerge() != nil {
					merged = v.inputs
				}
			}
			merged = slices.DeleteFunc(merged, func(i int) bool { return g.vertices[i].op.GetDiff() != nil })
			if len(test.want) > 0 {
				assert.Len(t, merged, len(test.want)+1)
			}
		})
	}
}

func TestCheckIsBesideTheImage(t *testing.T) {
	t.Parallel()
	p := everyStep()
	res, err := llb.Convert(p, inputs(), options(t))
	require.NoError(t, err)
	require.NotNil(t, res.Check)
	for _, v := range decode(t, output(res)).vertices {
		assert.NotContains(t, v.name, "check that uv.lock")
	}
	res, err = llb.Convert(stepsWithout(plan.KindLockCheck), inputs(), options(t))
	require.NoError(t, err)
	assert.Nil(t, res.Check)
}

func TestUnknownOutput(t *testing.T) {
	t.Parallel()
	_, err := llb.Convert(&plan.Plan{Output: "tar"}, inputs(), options(t))
	require.ErrorContains(t, err, `plan has an unknown output "tar": `)
}

// A folder of nothing is empty, and files of one image are taken as they were copied.
func TestFolderOfNothing(t *testing.T) {
	t.Parallel()
	p := stepsWithout(plan.KindExport, plan.KindDependencies, plan.KindMembers, plan.KindApp)
	p.Output = plan.OutputDir
	res, err := llb.Convert(p, inputs(), options(t))
	require.NoError(t, err)
	assert.Nil(t, res.State.Output(), "there is no vertex to run")
}

func TestFilesOfOneImage(t *testing.T) {
	t.Parallel()
	p := readPlan(t, "../frontend/planner/testdata/files-zip.json")
	p.Steps = slices.DeleteFunc(p.Steps, func(st plan.Step) bool {
		switch work := st.Work.(type) {
		case *plan.Files:
			return work.Image != "registry.example.com/model:2"
		case *plan.Compress:
			return work.Root == plan.LayerRoot
		}
		return false
	})
	g := convertState(t, p, options(t))
	compress := g.named(t, "compress the files for /var/task")
	assert.Contains(t, g.vertices[compress.inputs[compress.mount(t, "/files").Input]].name, "copy /model of registry.example.com/model:2 to /var/task/model/")
	for _, v := range g.vertices {
		assert.NotContains(t, v.name, "gather", "one tree is no more than itself")
	}
}
