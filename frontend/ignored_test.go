package frontend

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests/lint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// repository is a workspace: the function fn needs the member lib and the
// archive of tool, and not the member other.
func repository() map[string]string {
	const packaged = "\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
	return map[string]string{
		"pyproject.toml": "[tool.uv.workspace]\nmembers = ['lib', 'other', 'fn']\n",
		"uv.lock": `version = 1
revision = 3
requires-python = ">=3.13"
[[package]]
name = "fn"
version = "1"
source = { virtual = "fn" }
dependencies = [{ name = "my-lib" }, { name = "tool" }]
[[package]]
name = "my-lib"
version = "1"
source = { editable = "lib" }
[[package]]
name = "other"
version = "1"
source = { editable = "other" }
[[package]]
name = "tool"
version = "1.0"
source = { path = "wheels/tool-1.0-py3-none-any.whl" }
wheels = [{ filename = "tool-1.0-py3-none-any.whl", hash = "sha256:0" }]
`,
		"fn/pyproject.toml": "[project]\nname = 'fn'\nversion = '1'\nrequires-python = '>=3.13'\ndependencies = ['my-lib', 'tool']\n" +
			"[tool.uvlambda]\nhandler = 'app.main.handler'\ninclude = ['data', 'config.json']\n" +
			"[tool.uvlambda.test]\non-build = true\nevents = ['events/*.json']\n",
		"fn/app/__init__.py":               "",
		"fn/app/main.py":                   "def handler(event, context): ...\n",
		"fn/data/a.txt":                    "a",
		"fn/config.json":                   "{}",
		"fn/events/get.json":               "{}",
		"fn/events/get.response.json":      "{}",
		"lib/pyproject.toml":               "[project]\nname = 'my-lib'\nversion = '1'\nreadme = 'README.md'\nlicense = { file = 'docs/LICENSE' }\n" + packaged,
		"lib/README.md":                    "A library.\n",
		"lib/docs/LICENSE":                 "Free.\n",
		"lib/src/my_lib/__init__.py":       "",
		"other/pyproject.toml":             "# for itself\n[project]\nname = 'other'\nversion = '1'\n" + packaged,
		"other/src/other/__init__.py":      "",
		"wheels/tool-1.0-py3-none-any.whl": "",
		"README.md":                        "Everything.\n",
		"frontend/src/index.js":            "",
	}
}

const fnFile = "fn/pyproject.toml"

// planned is the result of `uvlambda plan` for the repository, and built the result
// of a build: a plan, or an error.
func planned(t *testing.T, dir string) (*plan.Plan, error) {
	t.Helper()
	plans, err := Plan(t.Context(), dir, PlanOptions{Filename: fnFile, Platforms: []string{"linux/amd64"}, Today: testDay})
	if err != nil {
		return nil, err
	}
	return &plans[0], nil
}

// TestIgnoredSources hides files by lines of .dockerignore. Plan, build and
// check agree, and each remedy of the message works.
func TestIgnoredSources(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, ignore string
		// want is the message up to its remedy. It is empty when the build succeeds.
		want string
	}{
		{"nothing", "*.pyc\n", ""},
		{"nothing needed", "README.md\nfrontend\n**/*.pyc\n.venv\n", ""},
		{"the lock", "uv.lock\n", `.dockerignore:1: "uv.lock" hides uv.lock, which the build needs`},
		{"the lock by its ending", "docs\n*.lock\n", `.dockerignore:2: "*.lock" hides uv.lock, which the build needs`},
		{"the root's project file", "/pyproject.toml\n", `.dockerignore:1: "/pyproject.toml" hides pyproject.toml, which the build needs`},
		{"the function's project file", "fn/*.toml\n", `.dockerignore:1: "fn/*.toml" hides fn/pyproject.toml, which the build needs`},
		{"the function's folder", "fn/\n", `.dockerignore:1: "fn/" hides fn, which the build needs`},
		{"a needed member", "lib/\nbuild/\n", `.dockerignore:1: "lib/" hides lib, the package my-lib, which fn needs`},
		{"a needed member's project file", "lib/pyproject.toml\n", `.dockerignore:1: "lib/pyproject.toml" hides lib/pyproject.toml, the package my-lib, which fn needs`},
		{"sources of a needed member", "**/src\n", `.dockerignore:1: "**/src" hides lib/src, the module my_lib of the package my-lib`},
		{"all sources of a needed member", "lib/src/*\n", `.dockerignore:1: "lib/src/*" hides lib/src/my_lib, the module my_lib of the package my-lib`},
		{"the module of a needed member", "my_lib\n**/my_lib\n", `.dockerignore:2: "**/my_lib" hides lib/src/my_lib, the module my_lib of the package my-lib`},
		{"the files of a module", "lib/src/my_lib/**\n", `.dockerignore:1: "lib/src/my_lib/**" hides lib/src/my_lib/*, the module my_lib of the package my-lib`},
		{"the first file of a module", "**/__init__.py\n", `.dockerignore:1: "**/__init__.py" hides lib/src/my_lib/__init__.py, the module my_lib of the package my-lib`},
		{"a part of a member that is taken back", "lib\n!lib/pyproject.toml\n!lib/README.md\n!lib/docs\n!lib/src\n", ""},
		{"a member that is not needed", "other\n", ""},
		{"its project file", "other/pyproject.toml\n", ""},
		{"the readme of a member that is not needed", "other/*.md\n", ""},
		{"the readme", "**/*.md\n", `.dockerignore:1: "**/*.md" hides lib/README.md, the readme of my-lib, which its build backend hatchling.build wants`},
		{"the licence", "**/docs/\n", `.dockerignore:1: "**/docs/" hides lib/docs/LICENSE, the license of my-lib, which its build backend hatchling.build wants`},
		{"the handler's module", "**/main.py\n", `.dockerignore:1: "**/main.py" hides fn/app/main.py, the module of the handler app.main.handler`},
		{"the handler's package", "fn/app\n", `.dockerignore:1: "fn/app" hides fn/app, the module of the handler app.main.handler`},
		{"all of the handler's package", "fn/app/*\n", `.dockerignore:1: "fn/app/*" hides fn/app/*, the module of the handler app.main.handler`},
		{"an included folder", "**/data\n", `.dockerignore:1: "**/data" hides fn/data, which is named by include`},
		{"all of an included folder", "fn/data/**\n", `.dockerignore:1: "fn/data/**" hides fn/data/*, which is named by include`},
		{"a part of an included folder", "fn/data/*\n!fn/data/a.txt\n", ""},
		{"an included file", "**/config.json\n", `.dockerignore:1: "**/config.json" hides fn/config.json, which is named by include`},
		{"the events", "**/events\n", `.dockerignore:1: "**/events" hides fn/events, an event of the test`},
		{"the only event", "**/events/get.json\n", `.dockerignore:1: "**/events/get.json" hides fn/events/get.json, an event of the test`},
		{"a response", "**/*.response.json\n", `.dockerignore:1: "**/*.response.json" hides fn/events/get.response.json, the response expected to fn/events/get.json`},
		{"an archive", "*.whl\nwheels/*.whl\n", `.dockerignore:2: "wheels/*.whl" hides wheels/tool-1.0-py3-none-any.whl, the package tool`},
		{"a list of what is sent", "*\n!pyproject.toml\n!uv.lock\n!fn\n!wheels\n", `.dockerignore:1: "*" hides lib, the package my-lib, which fn needs`},
		{"a whole list of what is sent", "*\n!pyproject.toml\n!uv.lock\n!fn\n!wheels\n!lib\n", ""},
		{"two lines for one file", "uv.lock\n*.lock\n", `.dockerignore:1: "uv.lock" hides uv.lock, which the build needs`},
		{"a folder below one that is taken back", "**/src\n!lib\n", `.dockerignore:1: "**/src" hides lib/src, the module my_lib of the package my-lib`},
		{"itself", "*\n", `.dockerignore:1: "*" hides uv.lock, which the build needs`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			repo := repository()
			repo[".dockerignore"] = test.ignore
			dir := write(t, repo)
			got, err := planned(t, dir)
			requireSameBuild(t, dir, got, err)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.Error(t, err)
			first, _, _ := strings.Cut(err.Error(), "\n")
			message, remedies, _ := strings.Cut(first, ": remove it, or ")
			if remedies == "" {
				message, _, _ = strings.Cut(first, ": add the line ")
			}
			require.Equal(t, test.want, message)
			requireRemedies(t, dir, err)
		})
	}
}

// requireSameBuild fails unless a build and a check come to the same as a plan:
// through the gateway, and with the folder at hand.
func requireSameBuild(t *testing.T, dir string, planned *plan.Plan, planErr error) {
	t.Helper()
	far, near := newFolderStub(t, dir, fnFile, map[string]string{}), newFolderStub(t, dir, fnFile, map[string]string{})
	_, farErr := buildForTest(t.Context(), far)
	_, nearErr := near.buildNear(t)
	if planErr != nil {
		require.ErrorContains(t, farErr, planErr.Error())
		require.ErrorContains(t, nearErr, planErr.Error())
	} else {
		require.NoError(t, farErr)
		require.NoError(t, nearErr)
		require.NotNil(t, planned)
		require.NotEmpty(t, far.steps())
		require.Equal(t, far.steps(), near.steps())
	}
	for _, build := range []func(*folderStub) (*gwclient.Result, error){
		func(s *folderStub) (*gwclient.Result, error) { return buildForTest(t.Context(), s) },
		func(s *folderStub) (*gwclient.Result, error) { return s.buildNear(t) },
	} {
		checked, err := build(newFolderStub(t, dir, fnFile, map[string]string{"requestid": "frontend.lint"}))
		require.NoError(t, err)
		var results lint.LintResults
		require.NoError(t, json.Unmarshal(checked.Metadata["result.json"], &results))
		if planErr == nil {
			require.Nil(t, results.Error)
			continue
		}
		require.NotNil(t, results.Error)
		require.Contains(t, results.Error.Message, planErr.Error())
	}
}

// requireRemedies follows an error's advice until the project builds: with the
// lines to add, and with the removal of those at fault.
func requireRemedies(t *testing.T, dir string, err error) {
	t.Helper()
	file := filepath.Join(dir, ".dockerignore")
	before, readErr := os.ReadFile(file)
	require.NoError(t, readErr)
	ignore := string(before)
	for range 8 {
		first, _, _ := strings.Cut(err.Error(), "\n")
		_, line, found := strings.Cut(first, "add the line ")
		require.True(t, found, first)
		ignore += strings.TrimSuffix(line, " at the end") + "\n"
		require.NoError(t, os.WriteFile(file, []byte(ignore), 0o644))
		_, after := planned(t, dir)
		if after == nil {
			return
		}
		require.NotEqual(t, err.Error(), after.Error(), "the remedy changed nothing")
		err = after
	}
	require.NoError(t, err)
}

// A build with a hidden member has its project file from the plan.
func TestHiddenMemberIsLocked(t *testing.T) {
	t.Parallel()
	repo := repository()
	repo[".dockerignore"] = "other\n"
	dir := write(t, repo)
	p, err := planned(t, dir)
	require.NoError(t, err)
	require.Equal(t, []plan.File{{Path: "other/pyproject.toml", Content: repo["other/pyproject.toml"]}}, plan.First[plan.LockCheck](p).Hidden)
	require.Contains(t, plan.First[plan.LockCheck](p).Files, "other/pyproject.toml")
	for _, given := range plan.First[plan.LockCheck](p).Given() {
		assert.NotContains(t, given.Content, "for itself")
	}
	require.Contains(t, plan.First[plan.LockCheck](p.Whole()).Given(), plan.First[plan.LockCheck](p).Hidden[0])
}

// The ignore file of the build file itself counts in place of the other.
func TestIgnoreFileOfTheBuildFile(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		ignores map[string]string
		want    string
	}{
		"both":  {map[string]string{"fn/pyproject.toml.dockerignore": "# own\nlib\n", ".dockerignore": "uv.lock\n"}, `fn/pyproject.toml.dockerignore:2: "lib" hides lib, `},
		"own":   {map[string]string{"fn/pyproject.toml.dockerignore": "lib\n"}, `fn/pyproject.toml.dockerignore:1: "lib" hides lib, `},
		"frees": {map[string]string{"fn/pyproject.toml.dockerignore": "frontend\n", ".dockerignore": "lib\n"}, ""},
		"empty": {map[string]string{"fn/pyproject.toml.dockerignore": "", ".dockerignore": "lib\n"}, ""},
		"root":  {map[string]string{"pyproject.toml.dockerignore": "lib\n"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			repo := repository()
			maps.Copy(repo, tt.ignores)
			dir := write(t, repo)
			got, err := planned(t, dir)
			requireSameBuild(t, dir, got, err)
			if tt.want == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tt.want)
		})
	}
}

// TestIgnoredSourcesOfOtherShapes hides files of packages that are built in
// other ways.
func TestIgnoredSourcesOfOtherShapes(t *testing.T) {
	t.Parallel()
	const (
		dynamic    = "[project]\nname = 'other'\nversion = '1'\ndynamic = ['dependencies']\n"
		setuptools = "[project]\nname = 'my-lib'\nversion = '1'\nreadme = 'README.md'\n[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
		elsewhere  = "[project]\nname = 'my-lib'\nversion = '1'\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n[tool.hatch.build.targets.wheel]\npackages = ['acme']\n"
	)
	tests := []struct {
		name, ignore string
		files        map[string]string
		want         string
	}{
		{"a build that the lock's check needs", "other\n", map[string]string{"other/pyproject.toml": dynamic},
			`.dockerignore:1: "other" hides other, the package other, which uv builds to check uv.lock, since its dependencies are dynamic: remove it, or add the line !other at the end`},
		{"setup.py of setuptools", "**/setup.py\n", map[string]string{"lib/pyproject.toml": setuptools, "lib/setup.py": "x"},
			`.dockerignore:1: "**/setup.py" hides lib/setup.py, which my-lib is built by: remove it, or add the line !lib/setup.py at the end`},
		{"setup.py of another", "**/setup.py\n", map[string]string{"lib/setup.py": "x"}, ""},
		{"readme of setuptools", "**/*.md\n", map[string]string{"lib/pyproject.toml": setuptools}, ""},
		{"single module", "lib/my_lib.py\n", map[string]string{"lib/src/my_lib/__init__.py": "", "lib/my_lib.py": "x"},
			`.dockerignore:1: "lib/my_lib.py" hides lib/my_lib.py, the module my_lib of the package my-lib: remove it, or add the line !lib/my_lib.py at the end`},
		{"script named like the package", "lib/my_lib.py\n", map[string]string{
			"lib/src/my_lib/__init__.py": "", "lib/my_lib.py": "x", "lib/acme/__init__.py": "x", "lib/pyproject.toml": elsewhere,
		}, ""},
		{"another folder of sources", "lib/src\n", map[string]string{"lib/my_lib/__init__.py": "x"}, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			repo := repository()
			repo[".dockerignore"] = test.ignore
			for name, text := range test.files {
				repo[name] = text
				if text == "" {
					delete(repo, name)
				}
			}
			dir := write(t, repo)
			got, err := planned(t, dir)
			requireSameBuild(t, dir, got, err)
			if test.want == "" {
				require.NoError(t, err)
				return
			}
			require.EqualError(t, err, test.want)
			requireRemedies(t, dir, err)
		})
	}
}

// A build file that is hidden with its folder is found all the same. Clients
// send it without its folder.
func TestHiddenBuildFile(t *testing.T) {
	t.Parallel()
	const buildFile = "services/api/pyproject.toml"
	dir := write(t, map[string]string{
		".dockerignore":        "services\n",
		buildFile:              "[project]\nname = 'api'\nversion = '1'\nrequires-python = '>=3.13'\n",
		"services/api/uv.lock": "version = 1\n[[package]]\nname = 'api'\nsource = { virtual = '.' }\n",
		"services/api/app.py":  "def handler(event, context): ...\n",
	})
	const want = `.dockerignore:1: "services" hides services/api, which the build needs: remove it, or add the line !services/api at the end`
	_, err := buildForTest(t.Context(), newFolderStub(t, dir, buildFile, map[string]string{}))
	require.ErrorContains(t, err, want)
	_, err = Plan(t.Context(), dir, PlanOptions{Filename: buildFile, Platforms: []string{"linux/amd64"}})
	require.EqualError(t, err, want)
}

// Hiding files that a project does not need adds no transfer, as long as no pattern
// may hide a folder.
func TestHiddenFilesTakeNoTransfer(t *testing.T) {
	t.Parallel()
	transfers := func(ignore string) int {
		repo := repository()
		repo[".dockerignore"], repo[".python-version"] = ignore, "3.13"
		s := newFolderStub(t, write(t, repo), fnFile, map[string]string{})
		_, err := buildForTest(t.Context(), s)
		require.NoError(t, err)
		return s.sent
	}
	plain := transfers("frontend\n")
	require.Positive(t, plain)
	assert.Equal(t, plain, transfers(".python-version\nother\n"))
}
