package run

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFirstErrorIsKept(t *testing.T) {
	t.Parallel()
	w := &widened{first: map[string]*narrowFailure{"library": {error: errors.New("x:1: building library failed: explained"), member: "library", said: "ValueError: first\nerror: Failed to build `/src/library`\n"}}}
	require.NoError(t, w.before(nil))
	for text, want := range map[string]string{
		"x:1: building library failed: ValueError: second": "x:1: building library failed: ValueError: second\n" +
			"that was with the whole context; from its own files library did not build either: ValueError: first",
		"x:1: building library failed: ValueError: first": "x:1: building library failed: ValueError: first",
		"x:1: building library failed: explained":         "x:1: building library failed: explained",
		"x:1: building other failed":                      "x:1: building other failed",
	} {
		require.EqualError(t, w.before(errors.New(text)), want)
	}
	assert.Equal(t, "a package whose dependencies only its build backend knows", what(""))
}

// A narrow failure ends no other solve, and the next try knows of all of them.
func TestNarrowFailures(t *testing.T) {
	t.Parallel()
	var n narrowFailures
	var w widened
	other := errors.New("another reason")
	require.NoError(t, n.first(&w))
	require.NoError(t, n.keep(func() error { return &narrowFailure{error: other, member: "library"} })())
	require.NoError(t, n.keep(func() error { return &narrowFailure{error: other} })())
	require.ErrorIs(t, n.keep(func() error { return other })(), other)
	require.ErrorIs(t, n.first(&w), other)
	names, check := w.names()
	assert.Equal(t, []string{"library"}, names)
	assert.True(t, check)
}
