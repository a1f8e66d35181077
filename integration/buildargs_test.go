package integration

import (
	"fmt"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// Indexes that uv knows from its variables are build arguments: a lock that was
// made with one is checked and installed with it, and is stale with another.
func TestIndexOfABuildArgument(t *testing.T) {
	t.Parallel()
	var open atomic.Bool
	index := serveIndex(t, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "reader" && password == "from-secret" || open.Load()
	}, exampleLink(t))
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"example-dist"`) + handlerTable,
		"app.py":         "import example_dist\n\n\ndef handler(event, context):\n    return example_dist.VALUE\n",
		"event.json":     "{}",
	})
	secret := filepath.Join(t.TempDir(), "secret")
	writeFile(t, secret, "reader")
	password := filepath.Join(t.TempDir(), "password")
	writeFile(t, password, "from-secret")
	secrets := []string{"--secret", "id=UV_INDEX_OWN_USERNAME,src=" + secret, "--secret", "id=UV_INDEX_OWN_PASSWORD,src=" + password}
	flags := append(slices.Clone(secrets), "--build-arg", "UV_DEFAULT_INDEX=own="+index+"/simple")
	lockShape(t, env.CLI(), dir, flags...)
	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, append(flags, "-t", ref, "--push")...)
		require.Equal(t, "1", strings.TrimSpace(invoke(t, ref, filepath.Join(dir, "event.json"))))
	}
	// The installation succeeds now, so that the check alone fails.
	open.Store(true)
	second := serveIndex(t, func(*http.Request) bool { return true }, exampleLink(t)) + "/simple"
	for _, door := range env.Doors() {
		other := door.Build(t, dir, append(secrets, "--build-arg", "UV_DEFAULT_INDEX="+second)...)
		require.Error(t, other.Err)
		require.Contains(t, other.Stderr, "uv.lock does not match pyproject.toml with the build arguments UV_DEFAULT_INDEX: refresh it with `uv lock`, or without uv by `")
		require.Contains(t, other.Stderr, " --build-arg UV_DEFAULT_INDEX="+second+" --target lock")

		refused := door.Build(t, dir, "--build-arg", "UV_INDEX=own=https://me:hunter2@packages.example.com/simple")
		require.Error(t, refused.Err)
		require.Contains(t, refused.Stderr, "the build argument UV_INDEX holds a password, which would be kept in the records of the build: take it out, and pass it as the build secret UV_INDEX_OWN_PASSWORD")
		require.NotContains(t, refused.Stderr, "hunter2")
	}
}

// A package whose version git tells builds without git when a build argument says
// the version, and another version builds that package again, and only that one.
func TestPretendedVersion(t *testing.T) {
	t.Parallel()
	member := func(name string) string {
		return fmt.Sprintf("[project]\nname = %q\ndynamic = [\"version\"]\nrequires-python = \">=3.13,<3.14\"\n\n"+
			"[build-system]\nrequires = [\"setuptools==80.9.0\", \"setuptools-scm==9.2.2\"]\nbuild-backend = \"setuptools.build_meta\"\n\n"+
			"[tool.setuptools_scm]\n\n[tool.setuptools.packages.find]\nwhere = [\"src\"]\n", name)
	}
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"library", "big-words"`) + handlerTable +
			"\n[tool.uv.sources]\nlibrary = { path = \"library\" }\nbig-words = { path = \"words\" }\n",
		"library/pyproject.toml":          member("library"),
		"library/src/library/__init__.py": "",
		"words/pyproject.toml":            member("big.words"),
		"words/src/words/__init__.py":     "",
		"app.py":                          "from importlib.metadata import version\n\n\ndef handler(event, context):\n    return [version(\"library\"), version(\"big-words\")]\n",
		"event.json":                      "{}",
	})
	all, words := "SETUPTOOLS_SCM_PRETEND_VERSION=1.5", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BIG_WORDS="
	lockShape(t, env.CLI(), dir, "--build-arg", all)
	failed := env.CLI().Build(t, dir, "--build-arg", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_LIBRARY=1.5")
	require.Error(t, failed.Err)
	require.Regexp(t, `ERROR: words/pyproject.toml:8: building big-words failed \(.+\): its version comes from git, and the build context has no .git: `+
		`pass it by --build-arg SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BIG_WORDS=1.2.3, or name a fallback version in the table of its build backend\n$`, failed.Stderr)

	for _, door := range env.Doors() {
		ref := newReference(t)
		door.MustBuild(t, dir, "--build-arg", all, "--build-arg", words+"2.0", "-t", ref, "--push")
		require.JSONEq(t, `["1.5", "2.0"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
	}
	again := env.CLI().MustBuild(t, dir, "--build-arg", all, "--build-arg", words+"3.0")
	built := again.Trace.Named("build and install").Ran().Names()
	require.Len(t, built, 1)
	require.Contains(t, built[0], "build and install big-words")
}
