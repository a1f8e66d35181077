package integration

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"
)

// libraryFiles are a package in a folder of a repository: its version comes from
// git, and git says which files are part of it. The name makes the commit another
// than in other tests: a builder fetches a commit once.
func libraryFiles(name string) map[string]string {
	return map[string]string{
		"python/pyproject.toml": "[project]\nname = \"library\"\ndynamic = [\"version\"]\nrequires-python = \">=3.9\"\n\n" +
			"[build-system]\nrequires = [\"setuptools==80.9.0\", \"setuptools-scm==9.2.2\"]\nbuild-backend = \"setuptools.build_meta\"\n\n" +
			"[tool.setuptools_scm]\nroot = \"..\"\n\n[tool.setuptools.packages.find]\nwhere = [\"src\"]\n",
		"python/src/library/__init__.py": "from importlib.resources import files\n\nWORDS = files(__name__).joinpath(\"words.txt\").read_text()\n",
		"python/src/library/words.txt":   "first",
		"README.md":                      name + "\n",
	}
}

// gitFunction is a function with the library, as uv locks it: by a tag, whose
// commit the lock has.
func gitFunction(t *testing.T, repository, commit string) string {
	t.Helper()
	from := fmt.Sprintf("%s?subdirectory=python&tag=v2.1.0", repository)
	return newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"library"`) + handlerTable +
			fmt.Sprintf("\n[tool.uv.sources]\nlibrary = { git = %q, tag = \"v2.1.0\", subdirectory = \"python\" }\n", repository),
		"uv.lock": lockHeader + fmt.Sprintf(`[[package]]
name = "function"
version = "0.1.0"
source = { virtual = "." }
dependencies = [
    { name = "library" },
]

[package.metadata]
requires-dist = [{ name = "library", git = %[1]q }]

[[package]]
name = "library"
version = "2.1.0"
source = { git = "%[1]s#%[2]s" }
`, from, commit),
		"app.py":     "from importlib.metadata import version\n\nimport library\n\n\ndef handler(event, context):\n    return [library.WORDS, version(\"library\")]\n",
		"event.json": "{}",
	})
}

// A package from git is built from the commit that uv.lock pins, wherever its tag
// leads by now, and is a layer of its own.
func TestGitDependency(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	commit := library.commit(t, libraryFiles(t.Name()))
	library.git(t, "tag", "v2.1.0")
	var closed atomic.Bool
	server := serveRepositories(t, root, func(*http.Request) bool { return !closed.Load() })
	dir := gitFunction(t, server+"/library.git", commit)
	const want = `["first", "2.1.0"]`

	ref := newReference(t)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.JSONEq(t, want, invoke(t, ref, filepath.Join(dir, "event.json")))
	digest := imageDigest(t, ref)

	library.commit(t, map[string]string{"python/src/library/words.txt": "second"})
	library.git(t, "tag", "--force", "v2.1.0")
	for _, door := range env.Doors() {
		door.MustBuild(t, dir, "-t", ref, "--push", "--no-cache")
		require.Equal(t, digest, imageDigest(t, ref), "%s gives another image than a first build", door.Name)
	}

	// Nobody asks the server for a commit that is there.
	closed.Store(true)
	writeFile(t, filepath.Join(dir, "app.py"), "import library\n\n\ndef handler(event, context):\n    return library.WORDS\n")
	again := env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.Empty(t, again.Trace.Named("install library").Ran().Names())
	require.JSONEq(t, `"first"`, invoke(t, ref, filepath.Join(dir, "event.json")))

	zips := map[string][]byte{}
	for _, door := range env.Doors() {
		out := t.TempDir()
		door.MustBuild(t, dir, "--target", "zip", "-o", out, "--no-cache")
		data, err := os.ReadFile(filepath.Join(out, "function.zip"))
		require.NoError(t, err)
		zips[door.Name] = data
	}
	require.Equal(t, zips["cli"], zips["syntax"])
}

// The Dockerfile of a function with a package from git builds the same image.
func TestDockerfileWithGit(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	commit := library.commit(t, libraryFiles(t.Name()))
	requireSameByDockerfile(t, gitFunction(t, serveRepositories(t, root, anyone)+"/library.git", commit), nil)
}

// A private repository is fetched with the secrets that BuildKit knows, which no
// step of ours gets.
func TestPrivateRepository(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	server := serveRepositories(t, root, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "x-access-token" && password == "from-secret"
	})
	host := strings.TrimPrefix(server, "http://")
	secrets := t.TempDir()
	for name, content := range map[string]string{
		"token": "from-secret", "wrong": "other",
		"header": "basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:from-secret")),
	} {
		writeFile(t, filepath.Join(secrets, name), content)
	}
	token, wrong := "id=GIT_AUTH_TOKEN,src="+filepath.Join(secrets, "token"), "id=GIT_AUTH_TOKEN,src="+filepath.Join(secrets, "wrong")
	for _, door := range env.Doors() {
		// A builder that has a commit asks nobody for it.
		commit := library.commit(t, libraryFiles(t.Name()+door.Name))
		dir := gitFunction(t, server+"/library.git", commit)
		t.Run(door.Name, func(t *testing.T) {
			const what = "uv.lock:16: fetching library failed (library 2.1.0 <- your dependencies, line 5 of pyproject.toml): "
			none := door.Build(t, dir)
			require.Error(t, none.Err)
			require.Contains(t, none.Stderr, what+host+" wants credentials, or refused those that it was given: pass --secret id=GIT_AUTH_TOKEN with a token that may read the repository")
			refused := door.Build(t, dir, "--secret", wrong)
			require.Error(t, refused.Err)
			if door.Name == "cli" {
				require.Contains(t, refused.Stderr, what+host+" refused the credentials of --secret id=GIT_AUTH_TOKEN: correct them (a line break at their end counts)")
			}
			require.NotContains(t, refused.Stderr, "other")
			door.MustBuild(t, dir, "--secret", token)
		})
	}
	for _, id := range []string{"GIT_AUTH_HEADER", "GIT_AUTH_HEADER." + host} {
		commit := library.commit(t, libraryFiles(id))
		env.Syntax().MustBuild(t, gitFunction(t, server+"/library.git", commit), "--secret", "id="+id+",src="+filepath.Join(secrets, "header"))
	}
}

// What a repository does not give is one error that names the lines that ask for it.
func TestUnfetchedRepository(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	commit := library.commit(t, libraryFiles(t.Name()))
	server := serveRepositories(t, root, anyone)
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	// BuildKit takes one commit for the same in all repositories, and so two builds for
	// one fetch.
	gone := func(digit string) string { return strings.Repeat("0123456789", 3) + strings.Repeat(digit, 10) }
	tests := []struct{ name, repository, commit, folder, want string }{
		{"commit", server + "/library.git", gone("a"), "python", `the repository no longer has the commit 0123456 that uv.lock names: push it again, or lock another one with .uv lock --upgrade-package library.`},
		{"repository", server + "/other.git", gone("b"), "python", `127\.0\.0\.1:\d+ has no repository http://\S+/other.git, or hides it from those who may not read it: correct its URL`},
		{"host", closed.URL + "/library.git", gone("c"), "python", `127\.0\.0\.1:\d+ could not be reached: check the network of the machine that BuildKit runs on`},
		{"folder", server + "/library.git", commit, "nowhere", `the repository has no folder nowhere at that commit: correct .subdirectory. in \[tool.uv.sources\], and lock again`},
		{"project", server + "/library.git", commit, "python/src", `the repository has no pyproject.toml, setup.py or setup.cfg in python/src at that commit`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := gitFunction(t, test.repository, test.commit)
			for file, old := range map[string]string{"uv.lock": "subdirectory=python", "pyproject.toml": `subdirectory = "python"`} {
				edit(t, filepath.Join(dir, file), old, strings.Replace(old, "python", test.folder, 1))
			}
			for _, door := range env.Doors() {
				failed := door.Build(t, dir)
				require.Error(t, failed.Err)
				require.Regexp(t, `ERROR: (?:failed to build: failed to solve: )?uv.lock:16: (?:fetching|building) library failed \(library 2.1.0 <- your dependencies, line 5 of pyproject.toml\): `+test.want, failed.Stderr)
			}
		})
	}
}

// The lock is resolved with a git that the base's package manager installs, and with
// the secrets of a private repository. What comes out builds.
func TestLockWithGit(t *testing.T) {
	t.Parallel()
	root := t.TempDir()
	library := newGitRepository(t, root)
	commit := library.commit(t, libraryFiles(t.Name()))
	library.git(t, "tag", "v2.1.0")
	server := serveRepositories(t, root, func(r *http.Request) bool {
		user, password, _ := r.BasicAuth()
		return user == "x-access-token" && password == "from-secret"
	})
	dir := gitFunction(t, server+"/library.git", commit)
	locked, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
	require.NoError(t, err)
	require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))

	none := env.CLI().Build(t, dir, "--target", "lock", "-o", dir)
	require.Error(t, none.Err)
	require.Contains(t, none.Stderr, "locking failed: uv resolves a dependency from git with git, which the builder does not have, and its image has no package manager to install it with: "+
		"run `uv lock` on a machine with uv and git, or name a base that has git")

	edit(t, filepath.Join(dir, "pyproject.toml"), handlerTable, handlerTable+"base = \""+baseWith(t, installsGit(t))+"\"\n")
	token := filepath.Join(t.TempDir(), "token")
	writeFile(t, token, "from-secret")
	refused := env.CLI().Build(t, dir, "--target", "lock", "-o", dir)
	require.Error(t, refused.Err)
	require.Contains(t, refused.Stderr, "wants credentials, or refused those that it was given: pass --secret id=GIT_AUTH_TOKEN")
	for _, door := range env.Doors() {
		door.MustBuild(t, dir, "--target", "lock", "-o", dir, "--secret", "id=GIT_AUTH_TOKEN,src="+token)
		got, err := os.ReadFile(filepath.Join(dir, "uv.lock"))
		require.NoError(t, err)
		require.Contains(t, string(got), string(locked[strings.Index(string(locked), "[[package]]\nname = \"library\""):]))
		require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))
	}
	lockShape(t, env.CLI(), dir, "--secret", "id=GIT_AUTH_TOKEN,src="+token)
	env.CLI().MustBuild(t, dir, "--secret", "id=GIT_AUTH_TOKEN,src="+token)
}
