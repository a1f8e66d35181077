package llb_test

import (
	"path/filepath"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// TestEveryStepHasItsLines looks for the lines that asked for each container,
// copy and merge, which clients show when it fails.
func TestEveryStepHasItsLines(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(plans)
	require.NoError(t, err)
	all := []*plan.Plan{everyStep(), lockStep()}
	for _, file := range files {
		all = append(all, readPlan(t, file))
	}
	steps := 0
	for _, p := range all {
		for _, opt := range []llb.Options{options(t), oldOptions(t)} {
			res, err := llb.Convert(p, inputs(), opt)
			require.NoError(t, err)
			vertices := decode(t, output(res)).vertices
			if res.Check != nil {
				vertices = append(vertices, decode(t, *res.Check).vertices...)
			}
			for _, v := range vertices {
				if v.op.GetSource() != nil || v.op.Op == nil {
					continue
				}
				steps++
				if assert.NotEmpty(t, v.lines, "%s of %s", v.name, p.Project) {
					assert.Positive(t, v.lines[0], "%s of %s", v.name, p.Project)
				}
			}
		}
	}
	require.Greater(t, steps, 10*len(all))
}

// oldOptions are the options of a daemon without the merge op.
func oldOptions(t *testing.T) llb.Options {
	t.Helper()
	opt := options(t)
	opt.Caps = daemon(pb.CapMergeOp)
	return opt
}
