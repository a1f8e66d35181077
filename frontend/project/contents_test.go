package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestContents(t *testing.T) {
	t.Parallel()
	const (
		hatch      = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
		setuptools = "[build-system]\nrequires = ['setuptools']\nbuild-backend = 'setuptools.build_meta'\n"
		pdm        = "[build-system]\nrequires = ['pdm-backend']\nbuild-backend = 'pdm.backend'\n"
	)
	for text, want := range map[string]Contents{
		"": {Found: true},
		hatch + "[tool.hatch.build.targets.wheel]\npackages = ['src/acme/', 'one.py']\n":        {Modules: []string{"acme", "one"}, Found: true},
		hatch + "[tool.hatch.build]\npackages = ['a']\n":                                        {Modules: []string{"a"}, Found: true},
		hatch + "[tool.hatch.build.targets.wheel]\nbypass-selection = true\n":                   {},
		hatch + "[tool.hatch.build.targets.wheel]\npackages = ['a']\nsources = { 'a' = 'b' }\n": {},
		hatch + "[tool.hatch.build]\nonly-include = ['assets']\n":                               {},
		hatch + "[tool.hatch.build.targets.wheel.force-include]\n'../x' = 'x'\n":                {},
		hatch + "[tool.hatch.build.targets.sdist]\npackages = ['a']\n":                          {Found: true},
		setuptools: {Found: true},
		setuptools + "[tool.setuptools]\npackages = []\n":                                  {},
		setuptools + "[tool.setuptools]\npy-modules = []\n":                                {},
		setuptools + "[tool.setuptools]\npackages = ['a', 'a.b']\npy-modules = ['c']\n":    {Modules: []string{"a", "a/b", "c"}},
		setuptools + "[tool.setuptools.packages.find]\nwhere = ['src']\n":                  {Some: true, Found: true},
		setuptools + "[tool.setuptools.packages.find]\nwhere = ['src']\ninclude = []\n":    {},
		setuptools + "[tool.setuptools.packages.find]\nwhere = ['src']\nexclude = ['*']\n": {},
		pdm: {Found: true},
		pdm + "[tool.pdm.build]\nincludes = ['a']\n":                                       {Some: true, Found: true},
		"[build-system]\nrequires = []\nbuild-backend = 'backend'\nbackend-path = ['.']\n": {},
		"[build-system]\nrequires = ['uv_build']\nbuild-backend = 'uv_build'\n":            {},
	} {
		assert.Equal(t, want, parse(t, text).Contents(), text)
	}
}

func TestModulePlaces(t *testing.T) {
	t.Parallel()
	places := parse(t, "[project]\nname = 'My.Own-lib'\n[tool.hatch.build]\npackages = ['lib/x/']\n[tool.uv.build-backend]\nmodule-root = 'python'\n").ModulePlaces()
	assert.Equal(t, []string{
		"src", "src/my_own_lib", "src/my_own_lib/__init__.py", "my_own_lib", "my_own_lib/__init__.py", "my_own_lib.py", "lib/x", "python",
	}, places)
}

func TestBackend(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                                "setuptools",
		"[build-system]\nrequires = []\n": "setuptools",
		"[build-system]\nbuild-backend = 'setuptools.build_meta:__legacy__'\n":          "setuptools",
		"[build-system]\nbuild-backend = 'poetry.core.masonry.api'\n":                   "poetry",
		"[build-system]\nbuild-backend = 'uv_build'\n":                                  "uv_build",
		"[build-system]\nbuild-backend = 'hatchling.build'\nbackend-path = ['tools']\n": "",
	} {
		assert.Equal(t, want, parse(t, text).Backend(), text)
	}
}
