package suggest_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/suggest"
)

func TestOneOf(t *testing.T) {
	t.Parallel()
	options := []string{"handler", "package", "python", "uv"}
	tests := []struct{ name, want string }{
		{"handlr", `did you mean "handler"?`},
		{"hndler", `did you mean "handler"?`},
		{"Handler", `did you mean "handler"?`},
		{"pythn", `did you mean "python"?`},
		{"memory", "known are others"},
		{"", "known are others"},
		// Any word of two letters is as near to "uv" as BuildKit asks.
		{"ab", "known are others"},
	}
	for _, test := range tests {
		assert.Equal(t, test.want, suggest.OneOf(test.name, options, "known are others"), test.name)
	}
	assert.Equal(t, "it has none", suggest.OneOf("handlr", nil, "it has none"))
}

func TestNearestTakesTheFirstOfEquals(t *testing.T) {
	t.Parallel()
	best, ok := suggest.Nearest("prot", []string{"prod", "pros"})
	assert.True(t, ok)
	assert.Equal(t, "prod", best)
	_, ok = suggest.Nearest("prot", []string{"development"})
	assert.False(t, ok)
}

// Lists in messages have a largest length.
func TestLists(t *testing.T) {
	t.Parallel()
	names := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"}
	for count, want := range map[int][2]string{
		0:  {"", ""},
		1:  {"a", "a"},
		2:  {"a, b", "a and b"},
		3:  {"a, b, c", "a, b and c"},
		10: {"a, b, c, d, e, f, g, h, i, j", "a, b, c, d, e, f, g, h, i and j"},
		11: {"a, b, c, d, e, f, g, h, i, j and 1 more", "a, b, c, d, e, f, g, h, i, j and 1 more"},
	} {
		assert.Equal(t, want, [2]string{suggest.List(names[:count]), suggest.And(names[:count])})
	}
}
