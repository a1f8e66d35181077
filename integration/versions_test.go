package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// versionedTree is a function with packages whose versions come from git, by each of
// the build backends that a build tells what git says.
func versionedTree() map[string]string {
	const dynamic = "[project]\nname = \"NAME\"\ndynamic = [\"version\"]\nrequires-python = \">=3.9\"\n"
	project := func(name, more string) string { return strings.Replace(dynamic, "NAME", name, 1) + more }
	return map[string]string{
		"pyproject.toml": project("shop", `dependencies = ["words", "figures"]

[build-system]
requires = ["hatchling==1.27.0", "hatch-vcs==0.5.0", "setuptools-scm==9.2.2"]
build-backend = "hatchling.build"

[tool.hatch.version]
source = "vcs"

[tool.hatch.build.targets.wheel]
packages = ["src/shop"]

[tool.uv.sources]
words = { workspace = true }
figures = { workspace = true }

[tool.uv.workspace]
members = ["packages/*"]

[tool.uvlambda]
python = "3.13"
handler = "shop.handler"
`),
		"src/shop/__init__.py": "from importlib.metadata import version\n\n\ndef handler(event, context):\n    return [version(name) for name in (\"shop\", \"words\", \"figures\")]\n",
		"packages/words/pyproject.toml": project("words", `
[build-system]
requires = ["setuptools==80.9.0", "setuptools-scm==9.2.2"]
build-backend = "setuptools.build_meta"

[tool.setuptools_scm]
root = "../.."
git_describe_command = ["git", "describe", "--dirty", "--tags", "--long", "--match", "words-*"]
tag_regex = "^words-(?P<version>.+)$"

[tool.setuptools.packages.find]
where = ["src"]
`),
		"packages/words/src/words/__init__.py": "",
		"packages/figures/pyproject.toml": project("figures", `
[build-system]
requires = ["hatchling==1.27.0", "uv-dynamic-versioning==0.11.2"]
build-backend = "hatchling.build"

[tool.hatch.version]
source = "uv-dynamic-versioning"

[tool.uv-dynamic-versioning]
pattern = "default-unprefixed"
`),
		"packages/figures/src/figures/__init__.py": "",
		".gitignore": "*.egg-info\ndist\nuv.lock\n",
		"event.json": "{}",
	}
}

// TestVersionsFromGit: packages have the versions that they have for people who build
// them in the clone, through both doors, and without a build argument.
func TestVersionsFromGit(t *testing.T) {
	t.Parallel()
	dir := writeTree(t, versionedTree())
	const identity = "git config user.name A && git config user.email a@example.com && "
	shell(t, dir, newestUV, "git init --quiet && "+identity+"uv lock --quiet && git add . && git commit --quiet -m first && git tag 2.0 && git tag -m words words-1.4.0 &&"+
		" touch packages/words/more && git add . && git commit --quiet -m second")
	built := shell(t, dir, newestUV, "uv build --quiet --all-packages --wheel --out-dir ../dist && ls ../dist")
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "dist")))
	var want []string
	for _, name := range []string{"shop", "words", "figures"} {
		_, rest, ok := strings.Cut("\n"+built, "\n"+name+"-")
		require.True(t, ok, built)
		version, _, _ := strings.Cut(rest, "-py3")
		want = append(want, `"`+version+`"`)
	}
	require.Contains(t, want[1], "1.4.1.dev1+g")
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push")
		require.JSONEq(t, "["+strings.Join(want, ",")+"]", invoke(t, ref, filepath.Join(dir, "event.json")), door.Name)
	}

	// What git says counts once it is committed and tagged, and not before.
	shell(t, dir, newestUV, "git tag 2.1")
	again := env.CLI().MustBuild(t, dir)
	require.Len(t, again.Trace.Named("build and install").Ran().Names(), 2, "shop and figures have another version, words has not")
}

// TestNoVersionFromGit: a clone that tells no version is one error, which says why.
func TestNoVersionFromGit(t *testing.T) {
	t.Parallel()
	files := versionedTree()
	files[".dockerignore"] = ".git\n"
	dir := writeTree(t, files)
	const identity = "git config user.name A && git config user.email a@example.com && "
	shell(t, dir, newestUV, "git init --quiet && "+identity+"SETUPTOOLS_SCM_PRETEND_VERSION=1 uv lock --quiet && git add . && git commit --quiet -m first")
	const argument = ", or pass it by --build-arg SETUPTOOLS_SCM_PRETEND_VERSION_FOR_"
	failed := env.CLI().Build(t, dir)
	require.Error(t, failed.Err)
	require.Contains(t, failed.Stderr, "its version comes from git, and no tag of a version leads to the commit that is checked out: tag one, or fetch the tags with `git fetch --tags`"+argument)
	failed = env.Syntax().Build(t, dir)
	require.Error(t, failed.Err)
	require.Contains(t, failed.Stderr, "its version comes from git, and .dockerignore hides .git: take it out there"+argument)

	shell(t, dir, newestUV, "git tag 1.0 && git commit --quiet --allow-empty -m second && git commit --quiet --allow-empty -m third &&"+
		" git clone --quiet --depth 1 --no-tags file://$PWD ../shallow && cp uv.lock ../shallow && rm ../shallow/.dockerignore")
	for _, door := range env.Doors() {
		failed = door.Build(t, filepath.Join(dir, "..", "shallow"))
		require.Error(t, failed.Err)
		require.Contains(t, failed.Stderr, "its version comes from git, and the clone lacks the commits up to the last tag of a version: fetch them with `git fetch --unshallow --tags`"+argument)
	}
	// The version of each package is its own.
	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "--build-arg", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_SHOP=3.1", "--build-arg", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_WORDS=3.2",
		"--build-arg", "UV_DYNAMIC_VERSIONING_BYPASS_FOR_FIGURES=3.3", "-t", ref, "--push")
	require.JSONEq(t, `["3.1", "3.2", "3.3"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
}
