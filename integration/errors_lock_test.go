package integration

import (
	"strings"
	"testing"
)

// What can be wrong with uv.lock.
func TestMistakesInTheLock(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "lock of an unknown version",
			files: map[string]string{"uv.lock": "version = 7\nrevision = 0\n" + lockOwn},
			want:  "uv.lock:1: the lock has schema version 7, and only version 1 is known: write it again with `uv lock` of a uv that writes version 1",
		},
		{
			name:  "malformed lock",
			files: map[string]string{"uv.lock": lockHeader + "[[package]\n" + lockOwn},
			want:  "uv.lock:5: malformed lock: expected ']]' to close array table name: write it again with `uv lock`",
		},
		{
			name:    "lock missing",
			without: []string{"uv.lock"},
			want:    "pyproject.toml:6: uv.lock is missing: write it with `uv lock`, or without uv by `COMMAND --target lock -o . .`MEMBER",
		},
		{
			name:         "lock missing and no syntax line",
			without:      []string{"uv.lock"},
			noSyntaxLine: true,
			want:         "pyproject.toml:5: uv.lock is missing: write it with `uv lock`, or without uv by `COMMAND --target lock -o . .`MEMBER",
		},
		{
			name:  "lock ignored",
			files: map[string]string{".dockerignore": "*.lock\n"},
			want:  `.dockerignore:1: "*.lock" hides uv.lock, which the build needs: remove it, or add the line !uv.lock at the end`,
		},
		{
			name:  "lock of another project",
			files: map[string]string{"uv.lock": lockHeader + strings.ReplaceAll(lockOwn, `"function"`, `"other"`)},
			want: "pyproject.toml:6: uv.lock does not hold \"function\", so it is not up to date: " +
				"refresh it with `uv lock`, or without uv by `COMMAND --target lock -o . .`",
		},
		{
			name: "lock out of date",
			files: map[string]string{
				"pyproject.toml": strings.Replace(projectTable, "dependencies = []", `dependencies = ["example-dist"]`, 1) + handlerTable,
			},
			want: "pyproject.toml:6: uv.lock does not match pyproject.toml: refresh it with `uv lock`, or without uv by `COMMAND --target lock -o . .`; " +
				"`lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is",
		},
	})
}
