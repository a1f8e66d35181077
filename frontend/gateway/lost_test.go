package gateway

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestGroupOfLostFailures: a lost failure waits for the one who is told it.
func TestGroupOfLostFailures(t *testing.T) {
	t.Parallel()
	lost, told := errors.New("solving: releasing already released reference a::b"), errors.New("no network")
	wait := func(after ...error) (err, ended error) {
		g, ctx := NewGroup(t.Context())
		ready := make(chan struct{})
		g.Go(func() error { defer close(ready); return lost })
		g.Go(func() error {
			<-ready
			inner, innerCtx := NewGroup(ctx)
			inner.Go(func() error { return lost })
			for _, err := range after {
				inner.Go(func() error { return err })
			}
			err := inner.Wait()
			ended = context.Cause(ctx)
			if len(after) > 0 {
				<-innerCtx.Done()
			}
			return err
		})
		return g.Wait(), ended
	}
	err, ended := wait(told)
	require.Equal(t, told, err)
	require.NoError(t, ended)
	err, ended = wait()
	require.Equal(t, lost, err)
	require.NoError(t, ended)
	require.False(t, IsLost(nil))
}
