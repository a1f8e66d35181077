package run

import (
	"context"
	"errors"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestExplainedOnce: what is known of a step is not asked again, since a second
// answer may be lost.
func TestExplainedOnce(t *testing.T) {
	t.Parallel()
	failed, lost := errors.New("uv's words"), errors.New("releasing already released reference a::b")
	ended, end := context.WithCancel(t.Context())
	end()
	var e explained
	asked := 0
	solve := func(ctx context.Context, kind plan.StepKind, err error) error {
		_, got := e.solve(ctx, kind, func() (gwclient.Reference, error) {
			asked++
			return nil, err
		})
		return got
	}
	require.NoError(t, solve(t.Context(), plan.KindExport, nil))
	require.Equal(t, lost, solve(t.Context(), plan.KindExport, lost))
	require.Equal(t, failed, solve(ended, plan.KindExport, failed))
	assert.Equal(t, 3, asked, "none of these is an answer for others")
	other := errors.New("uv's other words")
	require.Equal(t, failed, solve(t.Context(), plan.KindExport, failed))
	require.Equal(t, failed, solve(t.Context(), plan.KindExport, lost))
	assert.Equal(t, 4, asked)
	require.Equal(t, other, solve(t.Context(), plan.KindLockCheck, other))
	assert.Equal(t, 5, asked)
}
