package initproject

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

func parse(t *testing.T, text string) *source.Document {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(text))
	require.NoError(t, err)
	return doc
}

func location(file string, line, endLine int) plan.Location {
	return plan.Location{File: file, Line: line, EndLine: endLine}
}

func TestSetSyntax(t *testing.T) {
	t.Parallel()
	const image = "registry.example.com/uvlambda:1"
	const line = "# syntax=" + image
	tests := map[string]struct {
		text, want string
		replaced   []Replacement
	}{
		"none":             {text: "[project]\n", want: line + "\n[project]\n"},
		"empty":            {text: "", want: line + "\n"},
		"lines of Windows": {text: bom + "a = 1\r\n", want: bom + line + "\r\na = 1\r\n"},
		"below a comment, where it counts for nothing": {
			text: "# mine\n# syntax=other\n", want: line + "\n# mine\n# syntax=other\n",
		},
		"there": {text: "#syntax = " + image + "\n", want: "#syntax = " + image + "\n"},
		"another": {
			text: bom + "# check=error=true\r\n# syntax=old:1 \r\n[project]\r\n", want: bom + "# check=error=true\r\n" + line + "\r\n[project]\r\n",
			replaced: []Replacement{{Location: location("pyproject.toml", 2, 2), Old: "# syntax=old:1 ", New: line}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, replaced := setSyntax("pyproject.toml", []byte(test.text), image)
			assert.Equal(t, test.want, string(got))
			assert.Equal(t, test.replaced, replaced)
			again, replaced := setSyntax("pyproject.toml", got, image)
			assert.Equal(t, string(got), string(again), "a second run")
			assert.Empty(t, replaced)
		})
	}
}
