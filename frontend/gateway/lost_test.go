package gateway

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestGroupOfLostFailures: a lost failure ends nobody, and is the answer only when
// there is no other.
func TestGroupOfLostFailures(t *testing.T) {
	t.Parallel()
	lost, told := errors.New("solving: releasing already released reference a::b"), errors.New("no network")
	for _, later := range []error{told, lost, nil} {
		synctest.Test(t, func(t *testing.T) {
			g, ctx := NewGroup(t.Context())
			g.Go(func() error {
				inner, _ := NewGroup(ctx)
				inner.Go(func() error { return lost })
				return inner.Wait()
			})
			g.Go(func() error {
				// The other function has ended then.
				synctest.Wait()
				assert.NoError(t, context.Cause(ctx))
				return later
			})
			want := later
			if want == nil {
				want = lost
			}
			require.Equal(t, want, g.Wait())
		})
	}
	require.False(t, IsLost(nil))
	require.False(t, IsLost(told))
}
