package lint_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestUnusedInclude(t *testing.T) {
	t.Parallel()
	const files = "-- app/main.py --\ndef handler(event, context): ...\n-- app/templates/a.txt --\na\n-- data/deep/b.txt --\nb\n"
	tests := []struct {
		keys string
		want []string
	}{
		{`include = ["app/templates"]`, []string{"pyproject.toml:8: app/templates is copied with app already: remove the include"}},
		{`include = ["app/templates/a.txt"]`, []string{"pyproject.toml:8: app/templates/a.txt is copied with app already: remove the include"}},
		{`include = [{ from = "app/templates", to = "templates" }]`, nil},
		{"exclude = [\"app/templates\"]\ninclude = [\"app/templates\"]", nil},
		{`include = ["data"]`, nil},
		{`include = ["data", "data/deep"]`, []string{"pyproject.toml:8: data/deep is copied with data already: remove the include"}},
		{`include = [{ from = "data", to = "x" }, "data/deep"]`, nil},
		{`include = [{ from = "data/deep", to = "x/deep" }, { from = "data", to = "x" }]`, []string{"pyproject.toml:8: data/deep is copied with data already: remove the include"}},
		{`include = ["."]`, nil},
		{`include = [".", "data/deep/b.txt"]`, []string{"pyproject.toml:8: data/deep/b.txt is copied with . already: remove the include"}},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, messages(t, table("handler = \"app.main.handler\"\n"+tt.keys, files)), tt.keys)
	}
}
