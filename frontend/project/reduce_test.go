package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

const whole = `# a comment
[project]
version = "1"
name = "app" # another
description = "not read"
dependencies = ["b", "a; python_version < '3.13'"]
optional-dependencies = { x = ["c"] }
[project.urls]
home = "https://example.com"
[build-system]
requires = ["hatchling"]
[dependency-groups]
dev = ["pytest", { include-group = "lint" }]
lint = ["ruff"]
[tool.uv]
default-groups = ["dev"]
sources = { a = [{ index = "one", marker = "sys_platform == 'linux'" }, { path = "../a" }] }
[[tool.uv.index]]
name = "one"
url = "https://example.com/simple"
[tool.ruff]
line-length = 100
`

// TestReduced: what uv does not read is left out, and nothing else is.
func TestReduced(t *testing.T) {
	t.Parallel()
	const (
		system  = "[build-system]\nrequires = ['hatchling']\n\n"
		groups  = "[dependency-groups]\ndev = ['pytest', {include-group = 'lint'}]\nlint = ['ruff']\n\n"
		project = "[project]\ndependencies = ['b', \"a; python_version < '3.13'\"]\nname = 'app'\nversion = '1'\n\n" +
			"[project.optional-dependencies]\nx = ['c']\n\n"
		uv = "[[tool.uv.index]]\nname = 'one'\nurl = 'https://example.com/simple'\n\n" +
			"[tool.uv.sources]\n[[tool.uv.sources.a]]\nindex = 'one'\nmarker = \"sys_platform == 'linux'\"\n\n" +
			"[[tool.uv.sources.a]]\npath = '../a'\n"
	)
	tests := []struct {
		name, text string
		groups     bool
		want       string
	}{
		{"for the export", whole, false, system + project + "[tool]\n[tool.uv]\n" + uv},
		{"for the check", whole, true, system + groups + project + "[tool]\n[tool.uv]\ndefault-groups = ['dev']\n\n" + uv},
		{"without any table", "", true, ""},
		{"of a virtual root", "[tool.uv.workspace]\nmembers = ['*']\n[tool.mypy]\nstrict = true\n", true,
			"[tool]\n[tool.uv]\n[tool.uv.workspace]\nmembers = ['*']\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, _, ok := parse(t, tt.text).Reduced(tt.groups, nil, nil)
			assert.True(t, ok)
			assert.Equal(t, tt.want, got)
		})
	}
}

// TestReducedKeepsPasswordsOut: the text would be part of the build's records.
func TestReducedKeepsPasswordsOut(t *testing.T) {
	t.Parallel()
	_, _, ok := parse(t, "[[tool.uv.index]]\nname = 'one'\nurl = 'https://user:word@example.com/simple'\n").Reduced(true, nil, nil)
	assert.False(t, ok)
}

// FuzzReduced: a reduced file is a file again that reduces to itself.
func FuzzReduced(f *testing.F) {
	f.Add(whole)
	f.Add("[project]\nname = 'a'\n[tool.uv]\nx = [1, 2.5, 1979-05-27, {a = []}]\n")
	f.Fuzz(func(t *testing.T, text string) {
		doc, err := source.Parse("pyproject.toml", []byte(text))
		if err != nil {
			return
		}
		p, err := ParsePyproject(doc)
		if err != nil {
			return
		}
		reduced, _, ok := p.Reduced(true, nil, nil)
		if !ok {
			return
		}
		again, _, ok := parse(t, reduced).Reduced(true, nil, nil)
		require.True(t, ok)
		require.Equal(t, reduced, again)
	})
}

func parse(t *testing.T, text string) *Pyproject {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(text))
	require.NoError(t, err)
	p, err := ParsePyproject(doc)
	require.NoError(t, err)
	return p
}

// A version of the lock stands in the place of the project's own.
func TestReducedToAVersion(t *testing.T) {
	t.Parallel()
	locked := func(text, version string) string {
		reduced, _, ok := parse(t, text).Reduced(true, &version, nil)
		assert.True(t, ok)
		return reduced
	}
	same, _, ok := parse(t, "[project]\nname = 'a'\nversion = '1.0'\n").Reduced(true, nil, nil)
	assert.True(t, ok)
	assert.Equal(t, same, locked("[project]\nname = 'a'\nversion = '1.1'\n", "1.0"))
	assert.Equal(t, same, locked("[project]\nname = 'a'\ndynamic = ['version']\n", "1.0"))
	assert.Equal(t, "[project]\ndynamic = ['dependencies', 'version']\nname = 'a'\n", locked("[project]\nname = 'a'\nversion = '1.1'\ndynamic = ['dependencies']\n", ""))
}
