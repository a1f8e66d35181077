package lint_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

const refresh = ": refresh it with `uv lock`, or without uv by `uvlambda build --target lock -o . .`"

// lockedProject has what uv 0.13 records of the project below it.
const lockedProject = `version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0"
source = { virtual = "." }

[package.dev-dependencies]
dev = [{ name = "httpx" }]

[package.metadata]
requires-dist = [
    { name = "certifi", marker = "extra == 'tls'", specifier = ">=2023.7.22,!=2024.1.1" },
    { name = "greeting", extras = ["tls"], marker = "extra == 'all'" },
    { name = "httpx", extras = ["http2"], marker = "python_full_version < '3.8'", specifier = ">=0.28.0,<1" },
    { name = "library", editable = "library" },
    { name = "packaging", url = "https://packages.example.com/packaging-25.0-py3-none-any.whl" },
    { name = "tomli", specifier = ">=1.0.0rc1" },
]
provides-extras = ["all", "tls"]

[package.metadata.requires-dev]
dev = [{ name = "pytest", specifier = ">=8" }, { name = "ruff" }]
empty = []
lint = [{ name = "ruff" }]
`

const unlockedProject = `[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = [
    "HTTPX[HTTP2] >= 0.28 , < 1 ; python_version < '3.8'",
    "library>=3",
    "packaging @ https://packages.example.com/packaging-25.0-py3-none-any.whl",
    "tomli>=1.0.0-rc1",
]

[project.optional-dependencies]
TLS = ["certifi!=2024.1.1,>=2023.7.22"]
all = ["greeting[tls]"]

[dependency-groups]
dev = ["pytest>=8", { include-group = "Lint" }]
lint = ["ruff"]
empty = []

[tool.uv.sources]
library = { path = "library", editable = true }

[tool.uvlambda]
handler = "app.handler"
`

func TestLockStale(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"the same", "", "", nil},
		{"a comment", "dependencies = [", "# text\ndependencies = [", nil},
		{"a marker", "python_version < '3.8'", "python_version < '3.9'", []string{`pyproject.toml:6: uv.lock was made for another marker than "HTTPX[HTTP2] >= 0.28 , < 1 ; python_version < '3.9'" has in the dependencies of greeting` + refresh}},
		{"a marker that uv writes in another way is left to the build", "python_version < '3.8'", "platform_system == 'Windows'", nil},
		{"another specifier", "< 1 ;", "< 2 ;", []string{`pyproject.toml:6: uv.lock was not made for "HTTPX[HTTP2] >= 0.28 , < 2 ; python_version < '3.8'" in the dependencies of greeting` + refresh}},
		{"another extra", "[HTTP2]", "", []string{`pyproject.toml:6: uv.lock was not made for "HTTPX >= 0.28 , < 1 ; python_version < '3.8'" in the dependencies of greeting` + refresh}},
		{"one more", `    "library>=3",`, "    \"library>=3\",\n    \"idna\",", []string{`pyproject.toml:8: uv.lock was not made for "idna" in the dependencies of greeting` + refresh}},
		{"one less", "    \"tomli>=1.0.0-rc1\",\n", "", []string{"pyproject.toml:5: uv.lock was made for tomli in the dependencies of greeting, which does not ask for it" + refresh}},
		{"a source has no versions", "library>=3", "library>=4", nil},
		{"a group's requirement", `["ruff"]`, `["ruff>=1"]`, []string{
			`pyproject.toml:18: uv.lock was not made for "ruff>=1" in group "dev" of greeting` + refresh,
			`pyproject.toml:18: uv.lock was not made for "ruff>=1" in group "lint" of greeting` + refresh,
		}},
		{"a group more", "empty = []", "empty = []\nmore = []", []string{`pyproject.toml:20: uv.lock does not know the group "more" of greeting` + refresh}},
		{"a group less", "empty = []\n", "", []string{`pyproject.toml:16: uv.lock has a group "empty" of greeting that is not there any more` + refresh}},
		{"a marker of a group", `["ruff"]`, `["ruff ; python_version < '3.14'"]`, []string{
			`pyproject.toml:18: uv.lock was made for another marker than "ruff ; python_version < '3.14'" has in group "dev" of greeting` + refresh,
			`pyproject.toml:18: uv.lock was made for another marker than "ruff ; python_version < '3.14'" has in group "lint" of greeting` + refresh,
		}},
		{"Pythons of groups", "lint = [\"ruff\"]\nempty = []\n", "lint = [\"ruff ; python_version < '3.14'\"]\nempty = []\n[tool.uv.dependency-groups]\nlint = { requires-python = '<3.14' }\n", nil},
		{"uv's older table", "[tool.uvlambda]", "[tool.uv]\ndev-dependencies = [\"mypy\"]\n[tool.uvlambda]", []string{`pyproject.toml:25: uv.lock was not made for "mypy" in group "dev" of greeting` + refresh}},
		{"a version is no reason", `"1.0.0"`, `"1.1"`, []string{"pyproject.toml:3: uv.lock has version 1.0 of greeting" + refresh}},
		{"a Python less", ">=3.13\"", ">=3.14\"", []string{"pyproject.toml:4: uv.lock was made for Python >=3.13, and requires-python of greeting is \">=3.14\"" + refresh}},
		{"a Python more", ">=3.13\"", ">=3.12\"", []string{"pyproject.toml:4: uv.lock was made for Python >=3.13, and requires-python allows 3.12.0 too" + refresh}},
		{"a patch release", ">=3.13\"", ">=3.13.4\"", []string{"pyproject.toml:4: uv.lock was made for Python >=3.13, and requires-python of greeting is \">=3.13.4\"" + refresh}},
		{"an extra less", "all = [\"greeting[tls]\"]\n", "", []string{`pyproject.toml:12: uv.lock has an extra "all" of greeting that is not there any more` + refresh}},
		{"an extra more", "all = [", "more = []\nall = [", []string{`pyproject.toml:14: uv.lock does not know the extra "more" of greeting` + refresh}},
		{"a requirement of another extra", "TLS = [\"certifi!=2024.1.1,>=2023.7.22\"]\nall = [", "TLS = []\nall = [\"certifi!=2024.1.1,>=2023.7.22\", ",
			[]string{`pyproject.toml:14: uv.lock was made for another marker than "certifi!=2024.1.1,>=2023.7.22" has in the dependencies of greeting` + refresh}},
		{"dynamic dependencies", "dependencies = [", "dynamic = [\"optional-dependencies\"]\ndependencies = [\"idna\",", nil},
		{"a version that its backend finds out", "version = \"1.0.0\"", "dynamic = [\"version\"]", []string{"pyproject.toml:1: uv.lock has version 1.0 of greeting" + refresh}},
		{"unchecked", "[tool.uvlambda]", "[tool.uvlambda]\nlock = \"unchecked\"\npython = \"3.14\"", nil},
	}
	for _, tt := range tests {
		project := unlockedProject
		if tt.old != "" {
			assert.Contains(t, project, tt.old, tt.name)
			project = strings.Replace(project, tt.old, tt.new, 1)
		}
		assert.Equal(t, tt.want, messages(t, lint.Example{Files: "-- pyproject.toml --\n" + project + "-- uv.lock --\n" + lockedProject}), tt.name)
	}
}

// workspaceLock has what uv 0.13 records of a workspace's settings.
const workspaceLock = `version = 1
revision = 3
requires-python = ">=3.13"
supported-markers = ["sys_platform == 'linux'"]
required-markers = ["platform_machine == 'x86_64' and sys_platform == 'linux'"]
conflicts = [[
    { package = "greeting", extra = "a" },
    { package = "greeting", group = "b" },
]]

[options]
resolution-mode = "lowest-direct"
exclude-newer = "2026-01-02T00:00:00Z"

[manifest]
members = ["greeting", "job"]
constraints = [{ name = "urllib3", specifier = "<3" }]
overrides = [{ name = "certifi", specifier = "==2024.2.2" }]
build-constraints = [{ name = "setuptools", specifier = "<90" }]

[[package]]
name = "greeting"
version = "1.0"
source = { virtual = "." }

[package.metadata]
requires-dist = [
    { name = "direct", url = "https://packages.example.com/direct-1.0-py3-none-any.whl" },
    { name = "file", path = "wheels/file-1.0-py3-none-any.whl" },
    { name = "forge", git = "https://forge.example.com/forge?rev=v1" },
    { name = "idna", specifier = ">=3" },
    { name = "own", specifier = ">=3", index = "https://own.example.com/simple" },
]
provides-extras = ["a"]

[package.metadata.requires-dev]
b = []

[[package]]
name = "idna"
version = "3.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [{ url = "https://packages.example.com/idna-3.0-py3-none-any.whl", hash = "sha256:00" }]

[[package]]
name = "job"
version = "1.0"
source = { editable = "job" }
`

const workspaceProject = `[project]
name = "greeting"
version = "1.0"
requires-python = ">=3.13"
dependencies = [
    "direct",
    "file",
    "forge",
    "idna>=3",
    "own>=3",
]
optional-dependencies.a = []

[dependency-groups]
b = []

[tool.uv]
environments = "sys_platform == 'linux'"
required-environments = ["sys_platform == 'linux' and platform_machine == 'x86_64'"]
conflicts = [[{ extra = "a" }, { group = "b" }]]
resolution = "lowest-direct"
exclude-newer = "2026-01-01"
constraint-dependencies = ["urllib3<3"]
override-dependencies = ["certifi==2024.2.2"]
build-constraint-dependencies = ["setuptools<90"]
[tool.uv.workspace]
members = ["job"]
[tool.uv.sources]
direct = { url = "https://packages.example.com/direct-1.0-py3-none-any.whl" }
file = { path = "wheels/file-1.0-py3-none-any.whl" }
forge = { git = "https://forge.example.com/forge", rev = "v1" }
own = { index = "own" }
[[tool.uv.index]]
name = "own"
url = "https://own.example.com/simple/"
explicit = true
[[tool.uv.index]]
url = "https://packages.example.com/simple"
default = true
[tool.uvlambda]
handler = "app.handler"
`

const jobProject = `[project]
name = "job"
version = "1.0"

[build-system]
requires = ["uv_build"]
`

// TestLockStaleOfAWorkspace holds what the lock has on record of the workspace
// as a whole, of sources, and of members.
func TestLockStaleOfAWorkspace(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, old, new string
		want           []string
	}{
		{"the same", "", "", nil},
		{"environments", "environments = \"sys_platform == 'linux'\"\n", "environments = [\"sys_platform == 'darwin'\", \"sys_platform == 'linux'\"]\n", []string{"18: uv.lock was made for other environments"}},
		{"no environments", "environments = \"sys_platform == 'linux'\"\n", "", []string{"17: uv.lock was made for other environments"}},
		{"required environments", "'x86_64'", "'aarch64'", []string{"19: uv.lock was made for other required-environments"}},
		{"conflicts", `{ group = "b" }]]`, `{ group = "c" }]]`, []string{"20: uv.lock was made for other conflicts"}},
		{"resolution", `"lowest-direct"`, `"lowest"`, []string{`21: uv.lock was made with resolution = "lowest-direct", and [tool.uv] has "lowest"`}},
		{"prerelease", "[tool.uv.workspace]", "prerelease = \"allow\"\n[tool.uv.workspace]", []string{`26: uv.lock was made with prerelease = "if-necessary-or-explicit", and [tool.uv] has "allow"`}},
		{"another exclude-newer", `"2026-01-01"`, `"2026-01-03"`, []string{`22: uv.lock was made with exclude-newer = "2026-01-02T00:00:00Z"`}},
		{"the same exclude-newer", `"2026-01-01"`, `"2026-01-02T00:00:00Z"`, nil},
		{"constraint", `"urllib3<3"`, `"urllib3<4"`, []string{`23: uv.lock was not made for "urllib3<4" in constraint-dependencies`}},
		{"no constraint", `["urllib3<3"]`, `[]`, []string{`23: uv.lock was made for urllib3 in constraint-dependencies, which does not ask for it`}},
		{"override", `"certifi==2024.2.2"`, `"certifi==2024.2.2", "idna<4"`, []string{`24: uv.lock was not made for "idna<4" in override-dependencies`}},
		{"build constraint", `"setuptools<90"`, `"setuptools<91"`, []string{`25: uv.lock was not made for "setuptools<91" in build-constraint-dependencies`}},
		{"a member less", `members = ["job"]`, `members = []`, []string{`26: uv.lock has job in job as a member, which the workspace does not have`}},
		{"another URL", "direct = { url = \"https://packages.example.com/direct-1.0", "direct = { url = \"https://packages.example.com/direct-1.1", []string{"29: uv.lock was made for another source of direct"}},
		{"another file", "wheels/file-1.0-", "wheels/file-1.1-", []string{"30: uv.lock was made for another source of file"}},
		{"another revision", `"v1"`, `"v2"`, []string{"31: uv.lock was made for another source of forge"}},
		{"another kind of source", `{ git = "https://forge.example.com/forge", rev = "v1" }`, `{ path = "forge" }`, []string{"31: uv.lock has forge from git, which is not its source any more"}},
		{"no source", "own = { index = \"own\" }\n", "", []string{"10: uv.lock has own from an index of its own, and [tool.uv.sources] names no source for it"}},
		{"a source more", "[tool.uv.sources]", "[tool.uv.sources]\nidna = { index = \"own\" }", []string{"29: uv.lock has idna from an index, which is not its source any more"}},
		{"another index", "https://own.example.com", "https://other.example.com", []string{"32: uv.lock was made for another source of own"}},
		{"another default index", "url = \"https://packages.example.com/simple\"", "url = \"https://mirror.example.com/simple\"",
			[]string{"37: uv.lock has idna from https://packages.example.com/simple, which is none of the indexes of pyproject.toml"}},
		{"a package of a project", "[tool.uvlambda]", "[build-system]\nrequires = [\"uv_build\"]\n[tool.uvlambda]", []string{"40: uv.lock has greeting as no package, and its [build-system] makes it one"}},
		{"a package by its own word", "[tool.uv]\n", "[tool.uv]\npackage = true\n", []string{"18: uv.lock has greeting as no package, and `package = true` makes it one"}},
	}
	for _, tt := range tests {
		project := workspaceProject
		if tt.old != "" {
			require.Contains(t, project, tt.old, tt.name)
			project = strings.Replace(project, tt.old, tt.new, 1)
		}
		var want []string
		for _, text := range tt.want {
			want = append(want, "pyproject.toml:"+text+refresh)
		}
		assert.Equal(t, want, messages(t, lint.Example{Files: "-- pyproject.toml --\n" + project + "-- job/pyproject.toml --\n" + jobProject + "-- uv.lock --\n" + workspaceLock}), tt.name)
	}
	for old, want := range map[string]string{
		"[build-system]\nrequires = [\"uv_build\"]\n": "job/pyproject.toml:1: uv.lock has job as a package, and without [build-system] it is none",
		"[build-system]\n":                            "job/pyproject.toml:6: uv.lock has job as a package, and `package = false` makes it none",
	} {
		job := strings.Replace(jobProject, old, "", 1)
		if old == "[build-system]\n" {
			job = strings.Replace(jobProject, old, "[tool.uv]\npackage = false\n"+old, 1)
		}
		assert.Equal(t, []string{want + refresh}, messages(t, lint.Example{Files: "-- pyproject.toml --\n" + workspaceProject + "-- job/pyproject.toml --\n" + job + "-- uv.lock --\n" + workspaceLock}))
	}
}

// A lock that was made under UV_EXCLUDE_NEWER says so, and what to do.
func TestLockStaleByAVariable(t *testing.T) {
	t.Parallel()
	project := strings.Replace(workspaceProject, "exclude-newer = \"2026-01-01\"\n", "", 1)
	e := lint.Example{Files: "-- pyproject.toml --\n" + project + "-- job/pyproject.toml --\n" + jobProject + "-- uv.lock --\n" + workspaceLock}
	assert.Equal(t, []string{`uv.lock:13: uv.lock was made with exclude-newer = "2026-01-02T00:00:00Z", which pyproject.toml does not have: set it in [tool.uv] when it came from UV_EXCLUDE_NEWER or --exclude-newer, or lock again without it`}, messages(t, e))
}

// A project gets its first dependency. The lock has no metadata of a project
// without dependencies.
func TestLockStaleFirstDependency(t *testing.T) {
	t.Parallel()
	e := lint.Example{Files: "-- pyproject.toml --\n" + strings.Replace(minimalProject, "\n\n", "\ndependencies = [\"httpx\"]\n\n", 1) + "[tool.uvlambda]\nhandler = \"app.handler\"\n"}
	assert.Equal(t, []string{`pyproject.toml:5: uv.lock was not made for "httpx" in the dependencies of greeting` + refresh}, messages(t, e))
}

// A lock that does not say what was asked for is left to the build.
func TestLockStaleOfEarlyLock(t *testing.T) {
	t.Parallel()
	const metadata = "\n[package.metadata]\nrequires-dist = [{ name = \"httpx\", specifier = \">=0.28\" }]\n"
	stale := mustLookup(t, "LockStale").Bad.Files
	require.Contains(t, stale, metadata)
	assert.Empty(t, messages(t, lint.Example{Files: strings.Replace(stale, metadata, "", 1)}))
}

// TestLockStaleBySource: what uv makes of a source is no difference.
func TestLockStaleBySource(t *testing.T) {
	t.Parallel()
	const index = "[[tool.uv.index]]\nname = 'a'\nurl = '%s'\n"
	const folder = "[[tool.uv.index]]\nname = 'a'\nurl = './wheel house'\nformat = 'flat'\n"
	remote := fmt.Sprintf(index, "https://packages.example.com/simple")
	tests := []struct{ name, tables, locked, want string }{
		{"a source for a platform", "[tool.uv.sources]\nhttpx = [{ index = 'a', marker = \"sys_platform == 'linux'\" }]\n" + remote, `, marker = "sys_platform == 'linux'", index = "https://packages.example.com/simple"`, ""},
		{"a folder", "[tool.uv.sources]\nhttpx = { index = 'a' }\n" + folder, `, index = "file:///home/me/shop/wheel%20house"`, ""},
		{"another folder", "[tool.uv.sources]\nhttpx = { index = 'a' }\n" + folder, `, index = "file:///home/me/shop/wheels"`, "pyproject.toml:8: uv.lock was made for another source of httpx" + refresh},
		{"no sources", "[tool.uv]\nno-sources = true\nsources = { httpx = { index = 'a' } }\n" + remote, "", ""},
		{"no source of one", "[tool.uv]\nno-sources-package = ['HTTPX']\nsources = { httpx = { index = 'a' } }\n" + remote, "", ""},
		{"no source of another", "[tool.uv]\nno-sources-package = ['idna']\nsources = { httpx = { index = 'a' } }\n" + remote, "", "pyproject.toml:9: uv.lock has httpx from an index, which is not its source any more" + refresh},
	}
	good := mustLookup(t, "LockStale").Good.Files
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			files := strings.Replace(good, "[tool.uvlambda]", tt.tables+"\n[tool.uvlambda]", 1)
			files = strings.Replace(files, `specifier = ">=0.28"`, `specifier = ">=0.28"`+tt.locked, 1)
			var want []string
			if tt.want != "" {
				want = []string{tt.want}
			}
			assert.Equal(t, want, messages(t, lint.Example{Files: files}))
		})
	}
}
