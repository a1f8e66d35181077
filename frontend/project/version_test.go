package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

func TestGitVersion(t *testing.T) {
	t.Parallel()
	const dynamic = "[project]\nname = 'a'\ndynamic = ['version']\n"
	setuptools := func(more string) string {
		return dynamic + "[build-system]\nrequires = ['setuptools', 'setuptools_scm[toml]>=8']\n" + more
	}
	number := []string{"*[0-9]*"}
	for text, want := range map[string]GitVersion{
		setuptools(""): {Tags: Tags{Match: number}, Archival: ArchivalText, Digits: 9},
		setuptools("[tool.setuptools_scm]\ngit_describe_command = 'git describe --dirty --tags --long --match \"pkg-*\"'\n"): {
			Tags: Tags{Match: []string{"pkg-*"}}, Archival: ArchivalText,
		},
		setuptools("[tool.setuptools_scm.scm.git]\ndescribe_command = ['git', 'describe', '--long', '--match=v*', '--exclude', '*rc*']\n"): {
			Tags: Tags{Match: []string{"v*"}, Exclude: []string{"*rc*"}, Annotated: true}, Archival: ArchivalText,
		},
		setuptools("[tool.setuptools_scm.tag]\nprefix = 'a-'\nstrict = true\n"): {
			Tags: Tags{Match: []string{"a-*[0-9]*.*[0-9]*"}}, Archival: ArchivalText, Digits: 9,
		},
		setuptools("[tool.setuptools_scm]\nversion_scheme = 'only-version'\nlocal_scheme = 'no-local-version'\n"): {
			Tags: Tags{Match: number}, Archival: ArchivalText, Digits: 9, Constant: true,
		},
		dynamic + "[build-system]\nrequires = ['hatchling', 'hatch-vcs']\n[tool.hatch.version]\nsource = 'vcs'\nraw-options = { tag = { prefix = 'b' } }\n": {
			Tags: Tags{Match: []string{"b*[0-9]*"}}, Archival: ArchivalText, Digits: 9,
		},
		dynamic + "[build-system]\nrequires = ['hatchling', 'uv-dynamic-versioning']\n": {Tags: Tags{Match: []string{"v[0-9]*"}}, Archival: ArchivalJSON},
		dynamic + "[build-system]\nrequires = ['poetry-dynamic-versioning']\n[tool.poetry-dynamic-versioning]\npattern = 'default-unprefixed'\npattern-prefix = 'b-'\n": {
			Tags: Tags{Match: []string{"b-v[0-9]*", "b-[0-9]*"}}, Archival: ArchivalJSON,
		},
		setuptools("[tool.setuptools_scm]\ngit_describe_command = 'git describe --abbrev=12'\n"):                         {Tags: Tags{Annotated: true}, Archival: ArchivalText, Digits: 9},
		dynamic + "[build-system]\nrequires = ['uv-dynamic-versioning']\n[tool.uv-dynamic-versioning]\npattern = '^x'\n": {},
		// These are not known here.
		setuptools("[tool.setuptools_scm]\ngit_describe_command = 'git describe --first-parent'\n"): {},
		setuptools("[tool.setuptools_scm]\ngit_describe_command = 'my-describe'\n"):                 {},
		dynamic + "[build-system]\nrequires = ['pdm-backend']\n":                                    {},
		"[project]\nname = 'a'\nversion = '1'\n[build-system]\nrequires = ['setuptools-scm']\n":     {},
	} {
		doc, err := source.Parse("pyproject.toml", []byte(text))
		require.NoError(t, err)
		py, err := ParsePyproject(doc)
		require.NoError(t, err)
		got, ok := py.GitVersion()
		assert.Equal(t, want, got, text)
		assert.Equal(t, want.Archival != "", ok, text)
	}
}
