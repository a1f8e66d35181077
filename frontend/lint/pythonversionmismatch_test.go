package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestPythonVersionMismatch(t *testing.T) {
	t.Parallel()
	const handler = "handler = \"app.handler\"\n"
	tests := []struct {
		keys, file string
		want       []string
	}{
		{"python = \"3.13\"", "3.13.5", nil},
		{"python = \"3.13\"", "pypy3", nil},
		{"", "3.14", nil},
		{"python = \"3.13\"", "3.14", []string{`pyproject.toml:8: python = "3.13" is used, although .python-version says 3.14: make them agree, so that the code is tested on what it runs on`}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, messages(t, table(handler+tt.keys, "-- .python-version --\n"+tt.file+"\n")), tt.file)
	}
}
