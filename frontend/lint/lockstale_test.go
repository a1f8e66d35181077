package lint_test

import (
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
		{"a marker is left to the build", "python_version < '3.8'", "python_version < '3.9'", nil},
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
		{"uv's older table", "[tool.uvlambda]", "[tool.uv]\ndev-dependencies = [\"mypy\"]\n[tool.uvlambda]", []string{`pyproject.toml:22: uv.lock was not made for "mypy" in group "dev" of greeting` + refresh}},
		{"a version", `"1.0.0"`, `"1.1"`, []string{"pyproject.toml:3: uv.lock has version 1.0 of greeting" + refresh}},
		{"a Python less", ">=3.13\"", ">=3.14\"", []string{"pyproject.toml:4: uv.lock was made for Python 3.13, which requires-python of greeting does not allow" + refresh}},
		{"a Python more", ">=3.13\"", ">=3.12\"", []string{"pyproject.toml:4: uv.lock was not made for Python 3.12, which requires-python allows" + refresh}},
		{"dynamic dependencies", "dependencies = [", "dynamic = [\"optional-dependencies\"]\ndependencies = [\"idna\",", nil},
		{"a version that is not there", "version = \"1.0.0\"", "dynamic = [\"version\"]", nil},
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

// The first dependency of a project is asked for by one that had none, and of
// which the lock has no metadata.
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
