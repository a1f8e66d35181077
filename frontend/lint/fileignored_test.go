package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

// What of a packaged project's metadata its build backend needs is a mistake,
// by the backend and the key.
func TestFileIgnored(t *testing.T) {
	t.Parallel()
	example := mustLookup(t, "FileIgnored").Good.Files
	tests := []struct {
		name, metadata, backend, ignored string
		want                             string
	}{
		{"readme", `readme = "README.md"`, "hatchling.build", "*.md", `.dockerignore:1: "*.md" hides README.md, the readme of greeting, which its build backend hatchling.build wants: ` +
			`remove it, or add the line !README.md at the end`},
		{"readme table", `readme = { file = "docs/about.rst", content-type = "text/x-rst" }`, "flit_core.buildapi", "dist\ndocs/",
			`.dockerignore:2: "docs/" hides docs/about.rst, the readme of greeting, which its build backend flit_core.buildapi wants: remove it, or add the line !docs/about.rst at the end`},
		{"licences", `license-files = ["LICENSE", "licences/*"]`, "uv_build", "LICENSE\nlicences",
			`.dockerignore:1: "LICENSE" hides LICENSE, the license-files of greeting, which its build backend uv_build wants: remove it, or add the line !LICENSE at the end`},
		{"licences that need not be", `license-files = ["LICENSE"]`, "hatchling.build", "LICENSE", ""},
		{"licence table", `license = { file = "COPYING" }`, "poetry.core.masonry.api", "COPYING",
			`.dockerignore:1: "COPYING" hides COPYING, the license of greeting, which its build backend poetry.core.masonry.api wants: remove it, or add the line !COPYING at the end`},
		{"setuptools only warns", `readme = "README.md"`, "setuptools.build_meta", "*.md", ""},
		{"an unknown backend", `readme = "README.md"`, "own.backend", "*.md", ""},
		{"text", `readme = { text = "hello", content-type = "text/plain" }`, "hatchling.build", "*.md", ""},
		{"not there", `readme = "readme.rst"`, "hatchling.build", "*.rst", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			text := strings.NewReplacer(`readme = "README.md"`, tt.metadata, "hatchling.build", tt.backend, "*.md\ndocs/\n!README.md\n", tt.ignored+"\n").Replace(example)
			_, err := checkExample(t, lint.Example{Files: text + "-- LICENSE --\nfree\n-- COPYING --\nfree\n-- docs/about.rst --\nhello\n"}, lint.Options{})
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, tt.want)
			assert.Equal(t, []string{"FileIgnored"}, rulesOf(err))
		})
	}
}

// Of a project that is not packaged, no build backend reads anything.
func TestFileIgnoredOfVirtualProject(t *testing.T) {
	t.Parallel()
	text := strings.NewReplacer(`editable = "."`, `virtual = "."`, "!README.md\n", "", "[build-system]", "[tool.uv]\npackage = false\n\n[build-system]").Replace(mustLookup(t, "FileIgnored").Good.Files)
	assert.Empty(t, messages(t, lint.Example{Files: text}))
}

// A hidden uv.lock is a mistake, by the same rule.
func TestLockIgnored(t *testing.T) {
	t.Parallel()
	_, err := checkExample(t, lint.Example{Files: "-- .dockerignore --\n*.lock\n"}, lint.Options{})
	require.EqualError(t, err, `.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`)
	assert.Equal(t, []string{"FileIgnored"}, rulesOf(err))
}
