package frontend

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestLostFailureIsAskedForAgain: when BuildKit loses every report of a failure,
// the steps run again. When it loses them each time, the build ends all the same.
func TestLostFailureIsAskedForAgain(t *testing.T) {
	t.Parallel()
	for lost, want := range map[int64]string{
		2:    "pyproject.toml:5: installing the dependencies failed",
		1000: "a step failed, and BuildKit has lost why: see the step's log",
	} {
		s := newStub(greeting(), nil)
		install := failing(plan.KindDependencies)
		var failures atomic.Int64
		s.fail = func(ops []*pb.Op) error {
			err := install(ops)
			if err != nil && failures.Add(1) <= lost {
				return errors.New("releasing already released reference a::b")
			}
			return err
		}
		_, err := buildForTest(t.Context(), s)
		require.ErrorContains(t, err, want)
		require.Less(t, failures.Load(), int64(40), "a build ends")
	}
}
