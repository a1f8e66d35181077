package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestSuggestion(t *testing.T) {
	t.Parallel()
	known := []string{"handler", "package", "uv", "base", "env"}
	tests := []struct{ name, want string }{
		{"handlr", `did you mean "handler"?`},
		{"Handler", `did you mean "handler"?`},
		{"hanlders", "known are handler, package, uv, base, env"},
		{"name", "known are handler, package, uv, base, env"},
		{"envs", `did you mean "env"?`},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, Suggestion(tt.name, known), tt.name)
	}
	assert.Equal(t, "there are none", Suggestion("x", nil))
	assert.Equal(t, "ab", Nearest("ac", []string{"ab", "ad"}))
}
