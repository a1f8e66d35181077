package run

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestLostFailure has the failures of a build's solves, in their order.
func TestLostFailure(t *testing.T) {
	t.Parallel()
	first, other, lost := errors.New("no network"), errors.New("no space"), errors.New("releasing already released reference a::b")
	explain := func(f *failed, err error) error { return f.explain(func() error { return err }) }

	f := &failed{}
	require.NoError(t, explain(f, nil))
	require.EqualError(t, explain(f, lost), "a step failed, and BuildKit has lost why: see the step's log, "+
		"and build again with --progress plain if there is none (releasing already released reference a::b)")
	assert.Equal(t, first, explain(f, first))
	assert.Equal(t, first, explain(f, lost))
	assert.Equal(t, other, explain(f, other))
	require.NoError(t, explain(f, nil))
	assert.Equal(t, first, explain(f, lost))

	f.forget()
	assert.Equal(t, other, explain(f, other))
	assert.Equal(t, other, explain(f, lost))
}
