package planner_test

import (
	"strings"
	"testing"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// The line that hides a path is named as it was written, and what takes the
// path back does.
func TestHiding(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ignore, path string
		pattern            string
		line               int
		remedy             string
	}{
		{"nothing", "*.md\n", "uv.lock", "", 0, ""},
		{"taken back", "**\n!uv.lock\n", "uv.lock", "", 0, ""},
		{"below a comment", "# text\ndocs/\n\n  *.lock  \n", "uv.lock", "*.lock", 4, "remove it, or add the line !uv.lock at the end"},
		{"hidden again", "*\n!uv.lock\nuv.lock\n", "uv.lock", "uv.lock", 3, "remove it, or add the line !uv.lock at the end"},
		{"slashes", "/lib/\n", "lib", "/lib/", 1, "remove it, or add the line !lib at the end"},
		{"by its folder", "lib/\n", "lib/uv.lock", "lib/", 1, "remove it, or add the line !lib/uv.lock at the end"},
		{"twice", "lib/\nsrc\n**/lib\n", "lib", "lib/", 1, "add the line !lib at the end"},
		{"the same line again", "lib\n!lib\nlib\n", "lib", "lib", 3, "remove it, or add the line !lib at the end"},
		{"below one that is taken back", "**/api\n!svc\n", "svc/api/app.py", "**/api", 1, "remove it, or add the line !svc/api/app.py at the end"},
		{"name like a pattern", "*.json\n", "a[1]*.json", "*.json", 1, `remove it, or add the line !a[\[]1[\]][\*].json at the end`},
		{"all of a folder", "data/*\n", "data/*", "data/*", 1, "remove it, or add the line !data/* at the end"},
		{"all below", "data/**\n", "data/*", "data/**", 1, "remove it, or add the line !data/* at the end"},
		{"not all of a folder", "data/*\n!data/a\n", "data/*", "", 0, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			h, err := hidingLine(t, test.ignore, test.path)
			require.NoError(t, err)
			if test.pattern == "" {
				require.Nil(t, h)
				return
			}
			require.NotNil(t, h)
			assert.Equal(t, test.pattern, h.Pattern)
			assert.Equal(t, plan.Location{File: ".dockerignore", Line: test.line, EndLine: test.line}, h.At)
			assert.Equal(t, test.remedy, h.Remedy(test.path))

			_, line, _ := strings.Cut(test.remedy, "add the line ")
			still, err := hidingLine(t, test.ignore+strings.TrimSuffix(line, " at the end")+"\n", test.path)
			require.NoError(t, err)
			assert.Nil(t, still, "after the line is added")
			if strings.HasPrefix(test.remedy, "remove it") {
				lines := strings.SplitAfter(test.ignore, "\n")
				lines[test.line-1] = "\n"
				still, err := hidingLine(t, strings.Join(lines, ""), test.path)
				require.NoError(t, err)
				assert.Nil(t, still, "after the line is removed")
			}
		})
	}
}

// hidingLine is the line of an ignore file that hides a path.
func hidingLine(t *testing.T, ignore, path string) (*planner.Hiding, error) {
	t.Helper()
	patterns, err := ignorefile.ReadAll(strings.NewReader(ignore))
	require.NoError(t, err)
	return planner.IgnoreFile{Patterns: patterns, Name: ".dockerignore", Data: []byte(ignore)}.Hides(path)
}
