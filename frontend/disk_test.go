package frontend

import (
	"errors"
	"testing"

	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/plan"
)

// A full disk is explained for steps that run nothing, too.
func TestFullDiskOfACopy(t *testing.T) {
	t.Parallel()
	s := newStub(greeting(), nil)
	s.fail = func(ops []*pb.Op) error {
		for _, op := range ops {
			if op.GetMerge() != nil {
				err := &errdefs.SolveError{Solve: &errdefs.Solve{Op: op}, Err: errors.New("write /x: no space left on device")}
				return errdefs.WithSource(err, &errdefs.Source{Info: &pb.SourceInfo{Filename: "pyproject.toml"}, Ranges: []*pb.Range{contexts.Range(plan.Location{Line: 7, EndLine: 7})}})
			}
		}
		return nil
	}
	_, err := buildForTest(t.Context(), s)
	require.EqualError(t, err, "the builder's disk is full: free some with `docker buildx prune`, or give the builder more\n  | write /x: no space left on device")
	assert.Equal(t, []string{"pyproject.toml:7-7"}, shown(err))
}
