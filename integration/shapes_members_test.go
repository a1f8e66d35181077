package integration

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// A workspace root stands for no function of its own: without `package` an
// image would hold nothing, or every member.
func TestRootsWithoutAFunctionAreRefused(t *testing.T) {
	t.Parallel()
	for project, want := range map[string]string{
		"rootless":   "pyproject.toml:7: this workspace root has no [project] table: say which member the function is with `package`: orders, receipts",
		"empty-root": "pyproject.toml:13: this workspace root has no dependencies, so its image would be empty: say which package the function is with `package`: orders, receipts, shop",
	} {
		t.Run(project, func(t *testing.T) {
			t.Parallel()
			dir := lockedShape(t, project)
			result := env.CLI().Build(t, dir)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, want)

			edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]", "[tool.uvlambda]\npackage = \"orders\"")
			ref := newReference(t)
			env.CLI().MustBuild(t, dir, "-t", ref, "--push")
			requireResponse(t, invoke(t, ref, filepath.Join(dir, "event.json")), filepath.Join(dir, "event.response.json"))
			require.Equal(t, []string{"orders.py"}, topLevel(taskRoot(t, pull(t, ref))))
		})
	}
}

// TestMembersAreNeverStale edits members and the application between builds.
// Their versions stay the same, and so do the names of their wheels, by which
// uv's cache could bring back the code of an earlier build.
func TestMembersAreNeverStale(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "backends")
	sources := map[string]string{
		"with-hatchling":  "packages/with-uv-build/src/with_uv_build/__init__.py",
		"with-setuptools": "packages/with-setuptools/src/with_setuptools/__init__.py",
		"with-nothing":    "packages/with-nothing/with_nothing/__init__.py",
	}
	build := func() (string, testenv.Trace) {
		ref := newReference(t)
		result := env.CLI().MustBuild(t, dir, "-t", ref, "--push")
		return invoke(t, ref, filepath.Join(dir, "event.json")), result.Trace
	}
	said := func(greeting string) string {
		return `{"with_hatchling": "` + greeting + ` you from with_hatchling",
			"with_nothing": "` + greeting + ` you from with_nothing",
			"with_setuptools": "` + greeting + ` you from with_setuptools"}`
	}
	before := "Hello"
	response, _ := build()
	require.JSONEq(t, said(before), response)
	for _, greeting := range []string{"Good evening", "Hi"} {
		for _, source := range sources {
			edit(t, filepath.Join(dir, source), `f"`+before, `f"`+greeting)
		}
		response, trace := build()
		require.JSONEq(t, said(greeting), response)
		require.Empty(t, trace.Named("build and install with-hatchling").Ran(), "a member that did not change was built again")
		before = greeting
	}
}

// TestRemovedModulesDoNotComeBack leaves what setuptools writes into the
// sources of a developer's machine, where a removed module lives on.
func TestRemovedModulesDoNotComeBack(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "backends")
	member := filepath.Join(dir, "packages/with-setuptools")
	writeFile(t, filepath.Join(member, "build/lib/with_setuptools/removed.py"), "VALUE = 1\n")
	writeFile(t, filepath.Join(member, "src/with_setuptools.egg-info/SOURCES.txt"), "src/with_setuptools/removed.py\n")
	before := listFiles(t, dir)
	ref := newReference(t)
	env.Syntax().MustBuild(t, dir, "-t", ref, "--push")
	require.NotContains(t, taskRoot(t, pull(t, ref)), "with_setuptools/removed.py")
	require.Equal(t, before, listFiles(t, dir), "the build wrote into the project")
}

// TestReproducible builds twice with no cache at all: the installed packages,
// the members of every backend and the application are the same bytes.
func TestReproducible(t *testing.T) {
	t.Parallel()
	dir := lockedShape(t, "backends")
	edit(t, filepath.Join(dir, "pyproject.toml"), `"with-hatchling", `, `"six==1.17.0", "with-hatchling", `)
	lockShape(t, env.CLI(), dir)
	for name, flags := range map[string][]string{
		"plain":             nil,
		"SOURCE_DATE_EPOCH": {"--build-arg", "SOURCE_DATE_EPOCH=1700000000"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var digests []string
			for _, door := range env.Doors() {
				ref := newReference(t)
				result := door.MustBuild(t, dir, append(flags, "-t", ref, "--push", "--no-cache")...)
				require.Len(t, result.Trace.Named("install").Ran(), 5, "a step was taken from the cache")
				digests = append(digests, imageDigest(t, ref))
			}
			require.Equal(t, digests[0], digests[1])
		})
	}
}
