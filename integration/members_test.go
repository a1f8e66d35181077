package integration

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// repositories are the archives below testdata/members, each with its builds.
var repositories = []struct {
	name string
	// dir is the folder of the build file, the context's when empty.
	dir string
	// members are the folders of the packages that the function needs.
	members []string
}{
	{name: "ignore-files", members: []string{
		"packages/hatch-src", "packages/uv-src", "packages/setup-src", "packages/flit-src", "packages/pdm-src", "packages/poetry-src",
		"packages/hatch-own", "packages/hatch-empty", "packages/hatch-own/inner",
	}},
	{name: "links", members: []string{
		"packages/hatch-linked", "packages/setup-linked", "packages/pdm-linked",
		"packages/hatch-file",
	}},
	{name: "named-files", members: []string{"packages/hatch-forced", "packages/setup-where", "packages/setup-cfg"}},
	{name: "layouts", members: []string{
		"packages/hatch-flat", "packages/setup-flat", "packages/flit-flat", "packages/pdm-flat", "packages/poetry-flat", "packages/uv-flat",
		"packages/uv-names", "packages/hatch-names", "packages/hatch-module", "packages/setup-module", "packages/flit-module", "packages/poetry-module",
		"packages/setup-manifest", "packages/hatch-artifacts", "packages/hatch-all", "packages/pdm-src", "packages/poetry-from",
	}},
	{name: "root", members: []string{".", "inner"}},
	{name: "builders", members: []string{"lib", "second", "third"}},
	{name: "above-root", dir: "projects/app", members: []string{"lib", "projects/app"}},
}

// TestMembersAreBuiltAsByUV compares the members of an image with the wheels
// that `uv build` makes of the same folders in place.
func TestMembersAreBuiltAsByUV(t *testing.T) {
	t.Parallel()
	for _, r := range repositories {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, r.name)
			want := wheelsInPlace(t, dir, r.members)
			file := filepath.Join(dir, filepath.FromSlash(r.dir), "pyproject.toml")
			lockShape(t, env.CLI(), dir, "-f", file)
			for _, door := range env.Doors() {
				ref := newReference(t)
				result := door.MustBuild(t, dir, "-f", file, "-t", ref, "--push")
				require.NotContains(t, result.Stderr, "whole context", "a package was not built from what it reads")
				requireSameFiles(t, want, taskRoot(t, pull(t, ref)))
			}
		})
	}
}

// TestMembersByDockerfile builds the same by a Dockerfile.
func TestMembersByDockerfile(t *testing.T) {
	t.Parallel()
	for _, r := range repositories {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			dir := unpack(t, r.name)
			flags := []string{"-f", filepath.Join(dir, filepath.FromSlash(r.dir), "pyproject.toml")}
			lockShape(t, env.CLI(), dir, flags...)
			requireSameByDockerfile(t, dir, flags)
		})
	}
}

// TestHiddenIgnoreFiles hides the files with ignored patterns from a build with
// .dockerignore: what they name ships no more than without.
func TestHiddenIgnoreFiles(t *testing.T) {
	t.Parallel()
	dir := unpack(t, "ignore-files")
	lockShape(t, env.CLI(), dir)
	want := wheelsInPlace(t, dir, repositories[0].members)
	writeFile(t, filepath.Join(dir, ".dockerignore"), "**/.git*\n**/.hg*\n")
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push")
		got := taskRoot(t, pull(t, ref))
		// This one is a file of a package, which .dockerignore hides as any other.
		delete(want, "hatch_own/.gitignore")
		requireSameFiles(t, want, got)
	}
}

// hookAbove is a member whose build reads a file that no table names.
var hookAbove = map[string]string{
	"lib/hatch_build.py": `import pathlib

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Hook(BuildHookInterface):
    def initialize(self, version, build_data):
        words = pathlib.Path(self.root, "../words.txt").read_text()
        pathlib.Path(self.root, "lib/words.py").write_text(f"WORDS = {words.split()!r}\n")
        build_data["artifacts"].append("lib/words.py")
`,
	"lib/lib/__init__.py": "",
	"lib/pyproject.toml": memberTable + `
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.hatch.build.hooks.custom]
`,
	"words.txt": "one two\n",
}

// memberTable is the project table of a member, and memberFunction the build
// file of a function that needs it.
const (
	memberTable = `[project]
name = "lib"
version = "1.0"
requires-python = ">=3.9"
`
	memberFunction = `[project]
name = "function"
version = "1.0"
requires-python = ">=3.9"
dependencies = ["lib"]

[tool.uv.workspace]
members = ["lib"]

[tool.uv.sources]
lib = { workspace = true }

[tool.uvlambda]
python = "3.13"
handler = "app.handler"
`
)

// newMember is a function with a member, locked.
func newMember(t *testing.T, files map[string]string) string {
	t.Helper()
	all := map[string]string{"pyproject.toml": memberFunction, "uv.lock": ""}
	maps.Copy(all, files)
	dir := newFunction(t, all)
	require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))
	lockShape(t, env.CLI(), dir)
	return dir
}

// TestMemberThatReadsMore builds a member with the whole context when its own
// files do not do, and says so.
func TestMemberThatReadsMore(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		for _, target := range []string{"image", "zip", "test"} {
			t.Run(door.Name+"/"+target, func(t *testing.T) {
				t.Parallel()
				dir := newMember(t, hookAbove)
				flags := []string{"--target", target, "-o", "type=local,dest=" + t.TempDir()}
				result := door.MustBuild(t, dir, append(flags, "--progress", "plain")...)
				const warning = "lib does not build from its own files (FileNotFoundError: [Errno 2] No such file or directory: '/src/lib/../words.txt'), and was built from the whole context: " +
					"any change in the context builds it again; name the files that it reads in the table of its build backend, or move them into its folder"
				// The clients list it at the end, beside the progress.
				require.Equal(t, 1, strings.Count(result.Stderr, " - "+warning)+strings.Count(result.Stderr, "\nWARNING: "+warning), result.Stderr)

				require.NoError(t, os.Remove(filepath.Join(dir, "words.txt")))
				result = door.Build(t, dir, flags...)
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, "building lib failed")
				require.Contains(t, result.Stderr, "No such file or directory: '/src/lib/../words.txt'")
				require.NotContains(t, result.Stderr, "did not build either")

				writeFile(t, filepath.Join(dir, "words.txt"), "one\n")
				edit(t, filepath.Join(dir, "lib/hatch_build.py"), "words.split()", "words.spilt()")
				result = door.Build(t, dir, flags...)
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, "AttributeError: 'str' object has no attribute 'spilt'")
				require.Contains(t, result.Stderr, "that was with the whole context; from its own files lib did not build either: "+
					"FileNotFoundError: [Errno 2] No such file or directory: '/src/lib/../words.txt'")
			})
		}
	}
}

// TestCheckThatReadsMore checks a lock with the whole context when a package,
// whose dependencies only its backend knows, needs more than its own files.
func TestCheckThatReadsMore(t *testing.T) {
	t.Parallel()
	files := maps.Clone(hookAbove)
	files["lib/hatch_build.py"] = `import pathlib

from hatchling.metadata.plugin.interface import MetadataHookInterface


class Hook(MetadataHookInterface):
    def update(self, metadata):
        metadata["dependencies"] = pathlib.Path(self.root, "../words.txt").read_text().split()
`
	files["lib/pyproject.toml"] = strings.NewReplacer("1.0\"\n", "1.0\"\ndynamic = [\"dependencies\"]\n", "build.hooks", "metadata.hooks").Replace(files["lib/pyproject.toml"])
	files["words.txt"] = "six==1.17.0\n"
	dir := newMember(t, files)
	for _, door := range env.Doors() {
		result := door.MustBuild(t, dir, "--no-cache", "--progress", "plain")
		require.Contains(t, result.Stderr, "lib does not build from its own files")
		require.Contains(t, result.Stderr, "a package whose dependencies only its build backend knows does not build from its own files")
	}
	writeFile(t, filepath.Join(dir, "words.txt"), "six==1.16.0\n")
	result := env.CLI().Build(t, dir)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "uv.lock does not match pyproject.toml")
}

// TestWheelsHoldWhatIsPromised refuses a package without its modules, and
// builds one that promises none.
func TestWheelsHoldWhatIsPromised(t *testing.T) {
	t.Parallel()
	const setuptools = "\n[build-system]\nrequires = [\"setuptools\"]\nbuild-backend = \"setuptools.build_meta\"\n"
	const hatch = "\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n"
	const context = ", or see that the build context holds its modules"
	for name, test := range map[string]struct {
		files map[string]string
		// hidden are the patterns of .dockerignore.
		hidden string
		// want are parts of the error; there is none without.
		want []string
	}{
		"hidden folder": {
			files:  map[string]string{"lib/pyproject.toml": memberTable + setuptools, "lib/src/other_name/__init__.py": ""},
			hidden: "# from .gitignore\nlib/src\n",
			want:   []string{"the wheel holds no module", `.dockerignore:2: "lib/src" hides lib/src`, "add the line !lib/src"},
		},
		"package that is not there": {
			files: map[string]string{"lib/pyproject.toml": memberTable + hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"src/lib\", \"src/gone\"]\n", "lib/src/lib/__init__.py": ""},
			want:  []string{"building lib failed (lib 1.0 <- your dependencies, line 5 of pyproject.toml): the wheel does not hold gone: correct what the project's table of its build backend names" + context},
		},
		"module that is not there": {
			files: map[string]string{"lib/pyproject.toml": memberTable + setuptools + "[tool.setuptools]\npy-modules = [\"one\", \"gone\"]\n", "lib/one.py": ""},
			want:  []string{"the wheel does not hold gone"},
		},
		"nothing to find": {
			files: map[string]string{"lib/pyproject.toml": memberTable + setuptools + "[tool.setuptools.packages.find]\nwhere = [\"src\"]\n", "lib/src/notes.txt": ""},
			want:  []string{"the wheel holds no module: correct what the project's table of its build backend names" + context},
		},
		"modules at another place": {
			files: map[string]string{"lib/pyproject.toml": memberTable + setuptools + "[tool.setuptools.packages.find]\ninclude = [\"other*\"]\n", "lib/lib/__init__.py": ""},
			want:  []string{"the wheel holds no module, though lib is there: name it in the project's table of its build backend" + context},
		},
		"no packages": {
			files: map[string]string{"lib/pyproject.toml": memberTable + setuptools + "[tool.setuptools]\npackages = []\n", "lib/notes.py": "", "lib/lib/__init__.py": ""},
		},
		"nothing at all": {files: map[string]string{"lib/pyproject.toml": memberTable + setuptools}},
		"metadata only": {
			files: map[string]string{"lib/pyproject.toml": memberTable + hatch + "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n", "lib/notes.py": ""},
		},
		"namespace package": {
			files: map[string]string{"lib/pyproject.toml": memberTable + hatch + "[tool.hatch.build.targets.wheel]\npackages = [\"src/acme\"]\n", "lib/src/acme/lib/__init__.py": ""},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := newMember(t, test.files)
			if test.hidden != "" {
				writeFile(t, filepath.Join(dir, ".dockerignore"), test.hidden)
			}
			door := env.Doors()[len(name)%2]
			if len(test.want) == 0 {
				door.MustBuild(t, dir)
				return
			}
			result := door.Build(t, dir)
			require.Error(t, result.Err)
			for _, want := range test.want {
				require.Contains(t, result.Stderr, want)
			}
		})
	}
}

// unpack makes the repository of an archive below testdata/members. Lines
// `# link: FROM -> TO` of its comment are symbolic links.
func unpack(t *testing.T, name string) string {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", "members", name+".txtar"))
	require.NoError(t, err)
	dir := filepath.Join(t.TempDir(), name)
	for _, file := range archive.Files {
		writeFile(t, filepath.Join(dir, filepath.FromSlash(file.Name)), string(file.Data))
	}
	for line := range strings.Lines(string(archive.Comment)) {
		if link, ok := strings.CutPrefix(strings.TrimSpace(line), "# link: "); ok {
			from, to, _ := strings.Cut(link, " -> ")
			from = filepath.Join(dir, filepath.FromSlash(from))
			require.NoError(t, os.MkdirAll(filepath.Dir(from), 0o755))
			require.NoError(t, os.Symlink(filepath.FromSlash(to), from))
		}
	}
	return dir
}

// wheelsInPlace builds folders of a repository with uv itself, in a copy of the
// whole repository, and gives the files that the wheels install.
func wheelsInPlace(t *testing.T, dir string, members []string) map[string][]byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "Dockerfile")
	commands := "FROM public.ecr.aws/lambda/python:3.13 AS build\nCOPY --from=ghcr.io/astral-sh/uv:" + planner.DefaultUV + " /uv /bin/\nCOPY . /repository\n" +
		"ENV SOURCE_DATE_EPOCH=315532800 UV_PYTHON_DOWNLOADS=never\n"
	for _, member := range members {
		commands += fmt.Sprintf("RUN uv build --wheel --no-create-gitignore --out-dir /wheels /repository/%s\n", member)
	}
	writeFile(t, file, commands+"FROM scratch\nCOPY --from=build /wheels/ /\n")
	writeFile(t, file+".dockerignore", "")
	out := t.TempDir()
	env.SyntaxLine().MustBuild(t, dir, "-f", file, "-o", out)

	wheels, err := filepath.Glob(filepath.Join(out, "*.whl"))
	require.NoError(t, err)
	require.Len(t, wheels, len(members))
	files := map[string][]byte{}
	for _, wheel := range wheels {
		maps.Copy(files, readWheel(t, wheel))
	}
	return files
}

// readWheel gives the files of a wheel.
func readWheel(t *testing.T, name string) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader(name)
	require.NoError(t, err)
	defer archive.Close()
	files := map[string][]byte{}
	for _, entry := range archive.File {
		if strings.HasSuffix(entry.Name, "/") {
			continue
		}
		content, err := entry.Open()
		require.NoError(t, err)
		files[entry.Name], err = io.ReadAll(content)
		require.NoError(t, err)
	}
	return files
}

// requireSameFiles compares the files of wheels with the files of a task root that
// holds nothing else but main.py, bytecode, and records of the installation.
func requireSameFiles(t *testing.T, want, got map[string][]byte) {
	t.Helper()
	isOther := func(name string, _ []byte) bool {
		return name == "main.py" || path.Base(name) == "RECORD" || strings.Contains(name, "__pycache__/")
	}
	want, got = maps.Clone(want), maps.Clone(got)
	maps.DeleteFunc(want, isOther)
	maps.DeleteFunc(got, isOther)
	require.Equal(t, slices.Sorted(maps.Keys(want)), slices.Sorted(maps.Keys(got)))
	for name, content := range want {
		require.Equal(t, string(content), string(got[name]), name)
	}
}
