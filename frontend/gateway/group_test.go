package gateway

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestGroup(t *testing.T) {
	t.Parallel()
	eg, ctx := NewGroup(t.Context())
	eg.Go(func() error { panic("a mistake of ours") })
	eg.Go(func() error {
		<-ctx.Done()
		return context.Cause(ctx)
	})
	err := eg.Wait()
	require.ErrorContains(t, err, "internal error: a mistake of ours: please report it with this trace:")
	assert.Contains(t, err.Error(), "group_test.go", "the trace leads to the panic")

	eg, _ = NewGroup(t.Context())
	eg.Go(func() error { return errors.New("an ordinary error") })
	require.EqualError(t, eg.Wait(), "an ordinary error")
}
