package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestFileIgnored(t *testing.T) {
	t.Parallel()
	example := mustLookup(t, "FileIgnored").Good.Files
	tests := []struct {
		name, metadata, ignored string
		want                    []string
	}{
		{"readme", `readme = "README.md"`, "*.md", []string{`.dockerignore:1: "*.md" hides README.md, which is the readme of greeting, so that its build backend does not find it: add the line !README.md`}},
		{"readme table", `readme = { file = "docs/about.rst", content-type = "text/x-rst" }`, "dist\ndocs/", []string{
			`.dockerignore:2: "docs" hides docs/about.rst, which is the readme of greeting, so that its build backend does not find it: add the line !docs/about.rst`,
		}},
		{"licences", `license-files = ["LICENSE", "licences/*"]`, "LICENSE\nlicences", []string{
			`.dockerignore:1: "LICENSE" hides LICENSE, which is the license-files of greeting, so that its build backend does not find it: add the line !LICENSE`,
		}},
		{"licence table", `license = { file = "COPYING" }`, "COPYING", []string{
			`.dockerignore:1: "COPYING" hides COPYING, which is the license of greeting, so that its build backend does not find it: add the line !COPYING`,
		}},
		{"text", `readme = { text = "hello", content-type = "text/plain" }`, "*", nil},
	}
	for _, tt := range tests {
		text := strings.Replace(example, `readme = "README.md"`, tt.metadata, 1)
		text = strings.Replace(text, "*.md\n!README.md\ndocs/\n", tt.ignored+"\n", 1)
		assert.Equal(t, tt.want, messages(t, lint.Example{Files: text}), tt.name)
	}
}

// Of a project that is not packaged, no build backend reads anything.
func TestFileIgnoredOfVirtualProject(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(`editable = "."`, `virtual = "."`, "!README.md\n", "").Replace(mustLookup(t, "FileIgnored").Good.Files)
	assert.Empty(t, messages(t, lint.Example{Files: text}))
}

// A hidden uv.lock is a mistake, by the same rule.
func TestLockIgnored(t *testing.T) {
	t.Parallel()
	_, err := judge(t, lint.Example{Files: "-- .dockerignore --\n*.lock\n-- uv.lock --\n"}, lint.Options{})
	require.EqualError(t, err, `.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock`)
	assert.Equal(t, []string{"FileIgnored"}, rulesOf(err))
}
