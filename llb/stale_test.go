package llb_test

import (
	"slices"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// stalePlan is a plan with large packages, the tree of one of which has compiled
// modules that Python would run in place of replaced sources.
func stalePlan(t *testing.T, stale ...plan.Stale) *plan.Plan {
	t.Helper()
	p := readPlan(t, "../frontend/planner/testdata/large.json")
	p.Stale = stale
	return p
}

// Only the tree that has stale modules is copied without them; all else is what it
// was, so that a builder has it already.
func TestStaleModules(t *testing.T) {
	t.Parallel()
	paths := []string{"numpy/__pycache__/core.cpython-313.pyc", "numpy/old.pyc"}
	for name, tt := range map[string]struct {
		stale plan.Stale
		want  string
		of    string
	}{
		"of a large package":  {plan.Stale{Part: plan.PartDependencies, Package: "numpy", Paths: paths}, "leave out 2 files of numpy", "install numpy"},
		"of another":          {plan.Stale{Part: plan.PartDependencies, Package: "ours", Paths: paths[:1]}, "leave out 1 files of ours", "install ours"},
		"of the other ones":   {plan.Stale{Part: plan.PartDependencies, Paths: paths}, "leave out 2 files of the dependencies", "install 1 package"},
		"of the application":  {plan.Stale{Part: plan.PartApp, Paths: paths}, "leave out 2 files of the application", "copy the application"},
		"of no tree":          {plan.Stale{Part: plan.PartMembers, Paths: paths}, "", ""},
		"of no large package": {plan.Stale{Part: plan.PartDependencies, Package: "gone", Paths: paths}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			g := convertState(t, stalePlan(t, tt.stale), options(t))
			merge := g.named(t, "assemble the image")
			before := convertState(t, stalePlan(t), options(t))
			if tt.want == "" {
				assert.Equal(t, before.bytes, g.bytes)
				return
			}
			v := g.named(t, tt.want)
			assert.Equal(t, "[api 6/6] "+tt.want, v.name)
			c := v.op.GetFile().Actions[0].GetCopy()
			assert.Contains(t, g.vertices[v.inputs[0]].name, tt.of)
			want := []string{}
			for _, p := range tt.stale.Paths {
				want = append(want, "var/task/"+p)
			}
			assert.Equal(t, want, c.ExcludePatterns)
			assert.Equal(t, "/ to /", c.Src+" to "+c.Dest)
			assert.True(t, c.DirCopyContents)
			assert.Equal(t, int64(plan.Epoch)*1e9, c.Timestamp)
			assert.True(t, slices.ContainsFunc(merge.inputs, func(i int) bool { return g.vertices[i].name == v.name }), "the image has the copy")
			assert.Len(t, g.vertices, len(before.vertices)+1)
		})
	}
}

// Without patterns of copies the files are removed.
func TestStaleModulesOnAnOldDaemon(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.Caps = daemon(pb.CapFileCopyIncludeExcludePatterns)
	res, err := llb.Convert(stalePlan(t, plan.Stale{Part: plan.PartDependencies, Package: "numpy", Paths: []string{"numpy/a.pyc", "numpy/b.pyc"}}), inputs(), opt)
	require.NoError(t, err)
	var removed []string
	for _, v := range decode(t, output(res)).vertices {
		for _, action := range v.op.GetFile().GetActions() {
			if rm := action.GetRm(); rm != nil {
				assert.Contains(t, v.name, "leave out 2 files of numpy")
				removed = append(removed, rm.Path)
			}
		}
	}
	assert.Equal(t, []string{"/var/task/numpy/a.pyc", "/var/task/numpy/b.pyc"}, removed)
}
