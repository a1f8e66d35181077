package source_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

func TestShorten(t *testing.T) {
	t.Parallel()
	require.NoError(t, source.Shorten(nil))
	several := func(n int) error {
		var errs []error
		for i := range n {
			errs = append(errs, errors.Join(fmt.Errorf("mistake %d", i)))
		}
		return errors.Join(errs...)
	}
	for n, want := range map[int]string{1: "", 10: "", 11: "and 1 more mistakes", 100_000: "and 99990 more mistakes"} {
		lines := strings.Split(source.Shorten(several(n)).Error(), "\n")
		assert.Equal(t, "mistake 0", lines[0])
		assert.Len(t, lines, min(n, 11))
		if want != "" {
			assert.Equal(t, want, lines[10])
		}
	}
	// What is said around several mistakes is kept.
	err := fmt.Errorf("reading: %w", several(2))
	assert.Equal(t, err, source.Shorten(err))
}
