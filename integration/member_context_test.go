package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// memberWorkspace is a workspace whose member svc/api takes a package from it.
func memberWorkspace(t *testing.T) string {
	t.Helper()
	own := func(name, dependency string) string {
		return "[project]\nname = '" + name + "'\nversion = '1.0'\nrequires-python = '==3.13.*'\ndependencies = ['" + dependency + "']\n\n" +
			"[build-system]\nrequires = ['uv_build>=0.9']\nbuild-backend = 'uv_build'\n\n"
	}
	return writeTree(t, map[string]string{
		"pyproject.toml":                    "[tool.uv.workspace]\nmembers = ['svc/*', 'lib/*']\nexclude = ['svc/old']\n",
		"lib/shared/pyproject.toml":         own("shared", "six"),
		"lib/shared/src/shared/__init__.py": "X = 1\n",
		"svc/api/pyproject.toml":            own("api", "shared") + "[tool.uv.sources]\nshared = { workspace = true }\n\n[tool.uvlambda]\nhandler = 'api.main.handler'\n",
		"svc/api/src/api/__init__.py":       "",
		"svc/api/src/api/main.py":           "import shared\n\ndef handler(event, context):\n    return shared.X\n",
		"svc/old/pyproject.toml":            "[project]\nname = 'old'\nversion = '1.0'\nrequires-python = '==3.13.*'\n\n[tool.uvlambda]\nhandler = 'app.handler'\n",
		"svc/old/app.py":                    "def handler(event, context): ...\n",
		"svc/old/src/empty":                 "",
	})
}

// writeTree writes files, by their path, to a new folder.
func writeTree(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return dir
}

// TestMemberAsContext stands in a member's folder, where uv works as well: the
// command builds the workspace above, and writes its lock.
func TestMemberAsContext(t *testing.T) {
	t.Parallel()
	dir := memberWorkspace(t)
	member := filepath.Join(dir, "svc", "api")
	in := func(commands string) string { return shell(t, member, newestUV, commands) }

	in("uvlambda build --target lock -o . .")
	require.FileExists(t, filepath.Join(dir, "uv.lock"))
	require.NoFileExists(t, filepath.Join(member, "uv.lock"))

	out := in("uvlambda build -o type=oci,dest=" + t.TempDir() + "/api.tar . && uvlambda build --target zip -o dist . && uvlambda check && uvlambda plan --json")
	require.FileExists(t, filepath.Join(member, "dist", "api.zip"))
	_, text, found := strings.Cut(out, "no warnings found.\n")
	require.True(t, found, out)
	var plans []plan.Plan
	require.NoError(t, json.Unmarshal([]byte(text), &plans))
	require.Len(t, plan.All[plan.Member](&plans[0]), 2)
	require.Contains(t, in("uvlambda dockerfile"), "svc/api")
	require.Contains(t, in("uvlambda init --dry-run"), "-f pyproject.toml ../..")
}

// TestMemberAsContextOfBuildx has a context that cannot grow: the error says
// what to run, and that builds.
func TestMemberAsContextOfBuildx(t *testing.T) {
	t.Parallel()
	dir := memberWorkspace(t)
	member := filepath.Join(dir, "svc", "api")
	shell(t, member, newestUV, "uvlambda build --target lock -o . .")
	for _, target := range []string{"image", "lock"} {
		result := env.Syntax().Build(t, member, "--target", target)
		require.Error(t, result.Err)
		require.Contains(t, result.Stderr, "pyproject.toml:12: shared comes from a workspace, whose root is not in the build context: "+
			"run `docker buildx build --build-arg BUILDKIT_SYNTAX="+env.Frontend+" -f PATH-OF-THE-MEMBER/pyproject.toml .` in the workspace's root")
	}
	env.Syntax().MustBuild(t, dir, "-f", filepath.Join(member, "pyproject.toml"))
}

// TestWorkspaceIsTheOneOfUV writes the lock with uv from each folder: a plan from
// there finds the same lock.
func TestWorkspaceIsTheOneOfUV(t *testing.T) {
	t.Parallel()
	const own = "[project]\nname = 'NAME'\nversion = '1.0'\nrequires-python = '>=3.9'\n[tool.uvlambda]\npython = '3.13'\nhandler = 'app.handler'\n"
	project := func(name string) string { return strings.Replace(own, "NAME", name, 1) }
	workspace := func(table string) string { return "[tool.uv.workspace]\n" + table + "\n" }
	for name, files := range map[string]map[string]string{
		"member":                {"pyproject.toml": workspace("members = ['a/*']"), "a/b/pyproject.toml": project("b")},
		"any depth":             {"pyproject.toml": workspace("members = ['**/b']"), "a/b/pyproject.toml": project("b")},
		"excluded":              {"pyproject.toml": workspace("members = ['a/*']\nexclude = ['a/b']"), "a/b/pyproject.toml": project("b")},
		"no member":             {"pyproject.toml": workspace("members = ['c/*']"), "a/b/pyproject.toml": project("b")},
		"no workspace":          {"pyproject.toml": project("top"), "a/b/pyproject.toml": project("b")},
		"project between":       {"pyproject.toml": workspace("members = ['a', 'a/*']"), "a/pyproject.toml": project("a"), "a/b/pyproject.toml": project("b")},
		"another file between":  {"pyproject.toml": workspace("members = ['a/*']"), "a/pyproject.toml": "[tool.other]\n", "a/b/pyproject.toml": project("b")},
		"workspace of its own":  {"pyproject.toml": workspace("members = ['a/*']"), "a/b/pyproject.toml": project("b") + workspace("members = []")},
		"member of the nearest": {"pyproject.toml": workspace("members = ['a/**']"), "a/pyproject.toml": workspace("members = ['b']"), "a/b/pyproject.toml": project("b")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files["a/b/app.py"] = "def handler(event, context): ...\n"
			dir := writeTree(t, files)
			out := shell(t, filepath.Join(dir, "a", "b"), newestUV, "uv lock --offline --quiet && uvlambda plan --json")
			require.Contains(t, out, `"project": "b"`)
		})
	}
}
