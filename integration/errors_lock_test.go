package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
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
			want:  "pyproject.toml:6: uv.lock was not made for \"example-dist\" in the dependencies of function" + refreshed,
			never: uvsLog,
		},
		{
			name:  "project that became a package",
			files: map[string]string{"pyproject.toml": projectTable + "[build-system]\nrequires = [\"uv_build\"]\nbuild-backend = \"uv_build\"\n\n" + handlerTable},
			want:  "pyproject.toml:8: uv.lock has function as no package, and its [build-system] makes it one" + refreshed,
			never: uvsLog,
		},
		{
			name:  "override that the lock was not made for",
			files: overridden(t),
			want:  "pyproject.toml:17: uv.lock was not made for \"example-dist<2\" in override-dependencies" + refreshed,
			never: uvsLog,
		},
		{
			// The lock has the same packages, which the static comparison takes
			// for up to date: the verdict is uv's own.
			name:  "lock that only uv finds stale",
			files: map[string]string{"pyproject.toml": projectTable + handlerTable + "[tool.uv]\nenvironments = [\"platform_system == 'Linux'\"]\n", "uv.lock": strings.Replace(lockHeader, "\n\n", "\nsupported-markers = [\n    \"sys_platform == 'win32'\",\n    \"sys_platform == 'linux'\",\n]\n\n", 1) + lockOwn},
			want:  "pyproject.toml:6: uv.lock does not match pyproject.toml" + refreshed,
		},
		{
			name:  "lock that was made under UV_EXCLUDE_NEWER",
			files: map[string]string{"uv.lock": lockHeader + "[options]\nexclude-newer = \"2026-02-04T00:00:00Z\"\n\n" + lockOwn},
			want: "uv.lock:6: uv.lock was made with exclude-newer = \"2026-02-04T00:00:00Z\", which pyproject.toml does not have: " +
				"set it in [tool.uv] when it came from UV_EXCLUDE_NEWER or --exclude-newer, or lock again without it; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is",
			never: uvsLog,
		},
	})
}

// overridden is a project with an override that its lock does not have.
func overridden(t *testing.T) map[string]string {
	t.Helper()
	files := replaced(chained(t, locked{from: "http://127.0.0.1:1", data: exampleWheel(t)}), `"unchecked"`, `"checked"`)
	files["pyproject.toml"] += "\n[tool.uv]\noverride-dependencies = [\"example-dist<2\"]\n"
	return files
}

// refreshed is what an error of a stale lock ends with.
const refreshed = ": refresh it with `uv lock`, or without uv by `COMMAND --target lock -o . .`; `lock = \"unchecked\"` in [tool.uvlambda] builds from it as it is"

// uvsLog are parts of uv's message about a stale lock, which would mislead in a
// build.
var uvsLog = []string{"hint:", "network was disabled", "needs to be updated"}

// uv's own words, with the line, explain a file that uv cannot read: from the
// export of a lock that is not checked, and from the check. The message needs no
// progress.
func TestMistakesThatUVCannotRead(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	unchecked := chained(t, locked{from: serveFile(t, wheel), data: wheel})
	twice := replaced(unchecked)
	twice["uv.lock"] += "\n" + locked{from: "http://127.0.0.1:1", data: wheel}.entry()
	size := replaced(unchecked, fmt.Sprintf("size = %d", len(wheel)), "size = -1")
	named := replaced(unchecked, "our-own", "a b")
	var mistakes []mistake
	for _, check := range []string{"unchecked", "checked"} {
		files := func(all map[string]string) map[string]string { return replaced(all, `"unchecked"`, `"`+check+`"`) }
		mistakes = append(mistakes,
			mistake{
				name: "size of a file " + check, files: files(size), flags: []string{"--progress", "quiet"},
				want: "uv.lock:10: uv cannot read uv.lock: invalid value: integer `-1`, expected u64: write it again with `uv lock`",
			},
			mistake{
				name: "package twice " + check, files: files(twice), flags: []string{"--progress", "quiet"},
				want: "uv.lock:32: uv cannot read uv.lock: Dependency `example-dist` has missing `source` field but has more than one matching package: write it again with `uv lock`",
			},
			mistake{
				name: "name of an index " + check, files: files(named), flags: []string{"--progress", "quiet"},
				want: "pyproject.toml:13: uv cannot read pyproject.toml: Index names may only contain letters, digits, hyphens, underscores, and periods, but found unsupported character (` `) in: `a b`: correct it",
			})
	}
	checkMistakes(t, mistakes)
}

// A new version of the project changes nothing that comes from elsewhere: the
// build goes on, and says so.
func TestNewVersionOfTheProject(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, withSyntaxLines(map[string]string{"pyproject.toml": strings.Replace(projectTable, `version = "0.1.0"`, `version = "0.2.0"`, 1) + handlerTable}))
	for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
		result := door.MustBuild(t, dir, "--progress", "plain")
		assert.Contains(t, result.Stderr, "LockVersion: uv.lock has version 0.1.0 of function", door.Name)
	}
}

// A wheel for another platform that .dockerignore hides is not needed: the lock
// is checked without it, and another change is still seen.
func TestHiddenWheelOfAnotherPlatform(t *testing.T) {
	t.Parallel()
	const wheel = "wheels/example_dist-1.0-py3-none-win_amd64.whl"
	data := exampleWheel(t)
	files := map[string]string{
		"pyproject.toml": strings.Replace(projectTable, "dependencies = []", `dependencies = ["example-dist; sys_platform == 'win32'"]`, 1) + handlerTable +
			"[tool.uv.sources]\nexample-dist = { path = \"" + wheel + "\" }\n",
		wheel: string(data),
	}
	dir := newFunction(t, withSyntaxLines(files))
	lockShape(t, env.CLI(), dir)
	writeFile(t, filepath.Join(dir, ".dockerignore"), "wheels\n")
	for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
		door.MustBuild(t, dir)
	}
	edit(t, filepath.Join(dir, "uv.lock"), `requires-python = "==3.13.*"`, `requires-python = ">=3.12"`)
	result := env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	assert.Contains(t, result.Stderr, "uv.lock was made for Python >=3.12, and requires-python of function is ")
}
