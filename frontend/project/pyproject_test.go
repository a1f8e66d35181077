package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

func parsePyproject(t *testing.T, text string) (*Pyproject, error) {
	t.Helper()
	doc, err := source.Parse("pyproject.toml", []byte(text))
	require.NoError(t, err)
	return ParsePyproject(doc)
}

func TestParsePyproject(t *testing.T) {
	t.Parallel()
	p, err := parsePyproject(t, `
[project]
name = "My.App"
version = "0.1.0"
description = "An app"
license = "MIT"
requires-python = ">=3.13"
dependencies = ["fastapi", "mangum>=0.1"]
dynamic = ["classifiers"]
[project.optional-dependencies]
Fast_IO = ["uvloop"]
none = []
[project.urls]
Source = "https://example.com/app"
[dependency-groups]
prod = ["a"]
Dev_Tools = [{ include-group = "prod" }]
[build-system]
requires = ["uv_build"]
[tool.uv]
required-version = "==0.9.26"
dev-dependencies = ["pytest"]
no-build = true
no-build-package = ["A_b"]
no-binary-package = ["C.d"]
[tool.uv.workspace]
members = ["services/*"]
exclude = ["services/old"]
[[tool.uv.index]]
name = "my.idx-1"
url = "https://index.example.com/simple"
[[tool.uv.index]]
url = "https://other.example.com/simple"
`)
	require.NoError(t, err)
	assert.True(t, p.HasProject)
	assert.Equal(t, "My.App", p.Name)
	assert.Equal(t, "0.1.0", p.Version)
	assert.Equal(t, "An app", p.Description)
	assert.Equal(t, "MIT", p.License)
	assert.Equal(t, ">=3.13", p.RequiresPython)
	assert.Equal(t, []string{"fastapi", "mangum>=0.1"}, p.Dependencies)
	assert.Equal(t, []string{"classifiers"}, p.Dynamic)
	assert.Equal(t, map[string][]string{"fast-io": {"uvloop"}, "none": {}}, p.OptionalDependencies)
	assert.Equal(t, map[string]string{"Source": "https://example.com/app"}, p.URLs)
	assert.Equal(t, []string{"dev", "dev-tools", "prod"}, p.Groups)
	assert.True(t, p.BuildSystem)
	assert.True(t, p.Workspace)
	assert.Equal(t, []string{"services/*"}, p.WorkspaceMembers)
	assert.Equal(t, []string{"services/old"}, p.WorkspaceExclude)
	assert.Equal(t, "==0.9.26", p.RequiredVersion)
	assert.Equal(t, []NamedIndex{{Name: "my.idx-1", URL: "https://index.example.com/simple", Source: plan.Location{File: "pyproject.toml", Line: 30, EndLine: 30}}}, p.NamedIndexes())
	assert.Equal(t, BuildSettings{
		NoBuild: true, NoBuildPackage: []string{"a-b"}, NoBinaryPackage: []string{"c-d"},
	}, p.BuildSettings())
}

func TestParsePyprojectWithoutMuch(t *testing.T) {
	t.Parallel()
	p, err := parsePyproject(t, "[tool.uv.workspace]\nmembers = ['a']\n")
	require.NoError(t, err)
	assert.False(t, p.HasProject)
	assert.True(t, p.Workspace)
	assert.Empty(t, p.Groups)
	assert.Empty(t, p.NamedIndexes())

	p, err = parsePyproject(t, "[project]\nname = 'a'\nlicense = { text = 'BSD' }\n"+
		"[dependency-groups]\nb = []\na = []\n[tool.uv]\nindex = [{ name = 'x', url = 'y' }]\n")
	require.NoError(t, err)
	assert.Equal(t, "BSD", p.License)
	assert.Equal(t, []string{"a", "b"}, p.Groups)
	assert.Equal(t, []NamedIndex{{Name: "x", URL: "y", Source: plan.Location{File: "pyproject.toml", Line: 8, EndLine: 8}}}, p.NamedIndexes())
}

func TestParsePyprojectErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{"no name", "\n[project]\nversion = '1'\n", "pyproject.toml:2: [project] has no name: add one"},
		{
			"bad name", "[project]\nname = 'a b'\n",
			`pyproject.toml:2: "a b" is not a name for a project: use letters, digits and -, _ or . between them`,
		},
		{"project is no table", "project = 1\n", "pyproject.toml:1: project must be a table, not an integer"},
		{"tool is no table", "tool = []\n", "pyproject.toml:1: tool must be a table, not an array"},
		{
			"several, in file order",
			"[project]\nname = 'a'\nrequires-python = '3.13'\ndependencies = 'x'\n[tool.uv]\nrequired-version = 'new'\n",
			`pyproject.toml:3: requires-python: "3.13" is not a version specifier: write it as in ">=3.12,<3.14" (PEP 440)
pyproject.toml:4: project.dependencies must be an array, not a string: put it in brackets
pyproject.toml:6: required-version: "new" is not a version specifier: write it as in ">=3.12,<3.14" (PEP 440)`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parsePyproject(t, tt.text)
			assert.EqualError(t, err, tt.want)
		})
	}
}

func FuzzParsePyproject(f *testing.F) {
	f.Add([]byte("[project]\nname='a'\n[tool.uv]\nexclude-newer='2026-01-01'\n[[tool.uv.index]]\nurl='https://a:b@c'\n"))
	f.Add([]byte("project=1\ntool=[{uv={index=[1]}}]\ndependency-groups={a=1}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := source.Parse("pyproject.toml", data)
		if err != nil {
			return
		}
		p, err := ParsePyproject(doc)
		if err != nil {
			return
		}
		p.NamedIndexes()
		p.BuildSettings()
		if text, err := p.InstallSettings(Installation{}); err == nil {
			_, err := source.Parse("uv.toml", []byte(text))
			require.NoError(t, err)
		}
	})
}
