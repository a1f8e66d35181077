package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestBuildRequires(t *testing.T) {
	t.Parallel()
	p := parse(t, `
[build-system]
requires = ["Hatch_ling>=1", "own@file:///own.whl", "", 1]
[project]
name = "p"
dependencies = ["Foo.Bar ; python_version > '3'"]
[tool.uv.extra-build-dependencies]
"Foo_Bar" = ["torch>2", { requirement = "NumPy", match-runtime = true }]
other = ["pandas"]
foo-bar-baz = "no list"
`)
	assert.Equal(t, []string{"hatch-ling", "own"}, p.BuildRequires())
	assert.Equal(t, []string{"foo-bar"}, p.DependencyNames())
	assert.Equal(t, []string{"numpy", "torch"}, p.ExtraBuildRequires("foo.bar"))
	assert.Empty(t, p.ExtraBuildRequires("foo-bar-baz"))
}

const sources = `
[tool.uv.sources]
Library_A = { workspace = true }
c = { git = "https://example.com/c" }
d = { workspace = false }
[[tool.uv.sources.b]]
path = "../b"
marker = "sys_platform == 'linux'"
[[tool.uv.sources.b]]
index = "ours"
marker = "sys_platform != 'linux'"
[[tool.uv.index]]
name = "ours"
url = "https://example.com/simple"
`

func TestSources(t *testing.T) {
	t.Parallel()
	p := parse(t, sources)
	assert.Equal(t, []OwnSource{{Workspace: true}}, p.OwnSources("library-a"))
	assert.Equal(t, []OwnSource{{Path: "../b"}}, p.OwnSources("b"))
	assert.Empty(t, p.OwnSources("c"))
	assert.Empty(t, p.OwnSources("d"))
	assert.Empty(t, p.OwnSources("nowhere"))
	assert.True(t, p.HasSource("c"))
	assert.False(t, p.HasSource("nowhere"))
	assert.Equal(t, []string{"Library_A"}, p.WorkspaceSources())
	assert.Equal(t, []string{"x"}, parse(t, "[tool.uv.sources]\nx = [{ git = 'https://example.com/x' }, { workspace = true }]\n").WorkspaceSources())
}

// TestForBuilds: the text says where the named packages come from, and has
// nothing of the others.
func TestForBuilds(t *testing.T) {
	t.Parallel()
	text, ok := parse(t, sources).ForBuilds([]string{"library-a", "b", "nowhere"}, []string{"libs/[a]*?"})
	require.True(t, ok)
	built := parse(t, text)
	assert.Equal(t, []OwnSource{{Workspace: true}}, built.OwnSources("library-a"))
	assert.Equal(t, []OwnSource{{Path: "../b"}}, built.OwnSources("b"))
	assert.False(t, built.HasSource("c"))
	assert.Equal(t, []string{"libs/[[]a][*][?]"}, built.WorkspaceMembers)
	assert.True(t, built.HasMember("libs/[a]*?"))
	assert.False(t, built.HasMember("libs/a/b"))
	require.Len(t, built.NamedIndexes(), 1)
	assert.Equal(t, "ours", built.NamedIndexes()[0].Name)

	text, ok = parse(t, "[tool.uv.workspace]\nmembers = ['a']\n").ForBuilds(nil, nil)
	require.True(t, ok)
	assert.Empty(t, parse(t, text).NamedIndexes())
}

func TestNamedOutside(t *testing.T) {
	t.Parallel()
	p := parse(t, `
[build-system]
requires = ["hatchling", "setuptools-scm"]
build-backend = "hatchling.build"
[project]
name = "p"
readme = "../README.md"
license-files = ["LICENSE", "../../licenses/*.txt", "../notes?", ".."]
[tool.hatch.build.targets.sdist.force-include]
"../shared/data" = "data"
[[tool.hatch.build.hooks]]
path = "a/../../hook.py"
[tool.setuptools-scm]
root = "../.."
version_file = ["../version/{name}.py", "../other/[ab].py"]
[tool.uv.build-backend]
data = { headers = "../include", "../same" = "../same" }
[tool.uv.sources]
x = { path = "../not-this" }
[tool.ruff]
extend = "../ruff.toml"
`)
	assert.Equal(t, []string{
		"../../licenses", "../README.md", "../hook.py", "../include", "../other", "../same", "../shared/data", "../version",
	}, p.NamedOutside())
	assert.Empty(t, parse(t, "[project]\nname = 'p'\nreadme = 'docs/..hidden/README.md'\nlicense = { text = \"see\\n../LICENSE\" }\n").NamedOutside())
}
