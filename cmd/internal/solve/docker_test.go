package solve

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	failed := errors.New("exit status 1")
	for out, want := range map[string]string{
		"":                 "exit status 1",
		"one":              "exit status 1: one",
		"Client:\n\nbad\n": "exit status 1: bad",
	} {
		err := explain(failed, []byte(out))
		assert.EqualError(t, err, want)
		assert.ErrorIs(t, err, failed)
	}
}
