package integration

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

// lambdaRuntime is a Python of Lambda's: its base image, and the minor version of the C
// library that functions have with it. A stand-in's own C library is newer.
type lambdaRuntime struct {
	python, base string
	glibc        int
}

// otherRuntimes are those beside the one that the examples are for.
var otherRuntimes = []lambdaRuntime{
	{"3.9", standin.Python39, 26},
	{"3.11", standin.Python311, 26},
	{"3.14", standin.Python314, 34},
	{"3.15", standin.Python315, 34},
}

// TestExamplesOnEveryRuntime builds the examples for each Python that Debian has,
// all from one lock, and sends each its event.
func TestExamplesOnEveryRuntime(t *testing.T) {
	t.Parallel()
	for _, runtime := range otherRuntimes {
		env.Provide(t, runtime.base)
	}
	// What all these images take is given back when the test ends.
	builder := env.NewBuilder(t)
	for _, example := range examples {
		if example.name == "compiled" {
			continue // its builder has one Python
		}
		t.Run(path.Join(example.name, example.dir), func(t *testing.T) {
			t.Parallel()
			locked := env.UnlockedExample(t, example.name)
			// From 2.3 on, the wheels of numpy need a newer glibc than Amazon Linux 2 has.
			editExample(t, locked, `">=3.13"`, `">=3.9"`, "python = \"3.13\"\n", "", `["numpy"]`, `["numpy<2.3; python_version < '3.12'", "numpy; python_version >= '3.12'"]`)
			env.CLI().MustBuild(t, locked, "-f", buildFile(locked, example.dir), "--target", "lock", "-o", locked, "--builder", builder)
			for _, runtime := range otherRuntimes {
				t.Run(runtime.python, func(t *testing.T) {
					t.Parallel()
					dir := filepath.Join(t.TempDir(), example.name)
					require.NoError(t, os.CopyFS(dir, os.DirFS(locked)))
					editExample(t, dir, "[tool.uvlambda]\n", "[tool.uvlambda]\npython = \""+runtime.python+"\"\n", standin.Python313, runtime.base)
					ref, file := newReference(t), buildFile(dir, example.dir)
					env.CLI().MustBuild(t, dir, "-f", file, "-t", ref, "--push", "--builder", builder)
					// Many builds go on beside the function.
					response := invoke(t, ref, filepath.Join(filepath.Dir(file), "event.json"), "--timeout", "5m")
					requireResponse(t, response, filepath.Join(filepath.Dir(file), "event.response.json"))
					requireGlibc(t, ref, runtime.glibc)
				})
			}
		})
	}
}

// buildFile is the build file of a function's folder in a context.
func buildFile(context, folder string) string {
	return filepath.Join(context, filepath.FromSlash(folder), "pyproject.toml")
}

// editExample replaces text in all pyproject.toml below a folder, and in Dockerfiles
// of a base.
func editExample(t testing.TB, dir string, oldnew ...string) {
	t.Helper()
	require.NoError(t, filepath.WalkDir(dir, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.Name() != "pyproject.toml" && entry.Name() != "base.Dockerfile" {
			return err
		}
		data, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(strings.NewReplacer(oldnew...).Replace(string(data))), 0o644)
	}))
}

// glibcTag is the platform of a wheel's tag, with the minor version of the glibc that
// the wheel needs.
var glibcTag = regexp.MustCompile(`-manylinux_2_(\d+)_`)

// requireGlibc fails when an image holds a wheel with no tag for the glibc of series
// 2 with a minor version, or for an older one.
func requireGlibc(t testing.TB, ref string, minor int) {
	t.Helper()
	for project, tags := range wheelTags(taskRoot(t, pull(t, ref))) {
		fits := false
		for _, tag := range tags {
			needed := glibcTag.FindStringSubmatch(tag)
			if needed == nil { // one of no platform, or by the name of an old policy
				fits = true
				continue
			}
			n, err := strconv.Atoi(needed[1])
			require.NoError(t, err)
			fits = fits || n <= minor
		}
		assert.True(t, fits, "%s needs a newer glibc than 2.%d: %s", project, minor, tags)
	}
}

// TestStepsOnEveryRuntime runs the tests of the steps' scripts in each base image.
func TestStepsOnEveryRuntime(t *testing.T) {
	t.Parallel()
	for _, runtime := range append(slices.Clone(otherRuntimes), lambdaRuntime{"3.13", standin.Python313, 34}) {
		t.Run(runtime.python, func(t *testing.T) {
			t.Parallel()
			env.Provide(t, runtime.base)
			dir := t.TempDir()
			require.NoError(t, os.CopyFS(filepath.Join(dir, "steps"), os.DirFS(filepath.Join(env.Root, "llb", "steps"))))
			derive(t, dir, fmt.Sprintf(`FROM %s
COPY steps /steps
ENV PYTHONPATH=/steps
WORKDIR /steps/testdata
RUN python -B -m unittest unit
# The base has the C library that its functions have, or, as a stand-in, a newer one.
RUN python -c 'import os, sys; found = os.confstr("CS_GNU_LIBC_VERSION").split()[1]; sys.exit(tuple(map(int, found.split("."))) < (2, %d))'
`, runtime.base, runtime.glibc))
		})
	}
}

// TestPreviewOfARuntime: only who names a preview gets it, and is warned.
func TestPreviewOfARuntime(t *testing.T) {
	t.Parallel()
	env.Provide(t, standin.Python314)
	env.Provide(t, standin.Python315)
	const warning = "RuntimePreview: Python 3.15 is a preview of Lambda's, which AWS does not support yet: use 3.14 for what people depend on (line "
	dir := newFunction(t, map[string]string{
		"pyproject.toml": strings.Replace(projectTable, ">=3.13,<3.14", ">=3.13", 1) + handlerTable,
		"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", ">=3.13", 1) + lockOwn,
		"app.py":         "import sys\n\n\ndef handler(event, context):\n    return sys.version_info[:2]\n",
		"event.json":     "{}",
	})
	build := func(door testenv.Door, want string) (said string) {
		ref := newReference(t)
		said = door.MustBuild(t, dir, "-t", ref, "--push", "--progress", "plain").Stderr
		require.JSONEq(t, want, invoke(t, ref, filepath.Join(dir, "event.json")), door.Name)
		return said
	}
	for _, door := range env.Doors() {
		require.NotContains(t, build(door, "[3, 14]"), "RuntimePreview", door.Name)
	}
	edit(t, filepath.Join(dir, "pyproject.toml"), handlerTable, handlerTable+"python = \"3.15\"\ninclude = [\"words.py\"]\n")
	// What only 3.15 can read is no error.
	writeFile(t, filepath.Join(dir, "app.py"), "import sys\n\nlazy import words\n\n\ndef handler(event, context):\n"+
		"    return [*part for part in (sys.version_info[:2], words.ALL)]\n")
	writeFile(t, filepath.Join(dir, "words.py"), "ALL = [\"a\"]\n")
	for _, door := range env.Doors() {
		require.Contains(t, build(door, `[3, 15, "a"]`), warning, door.Name)
	}
}
