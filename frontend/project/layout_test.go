package project_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
)

func TestLayout(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, backend, tables string
		roots, modules        []string
		known                 bool
	}{
		{"no backend", "", "", nil, nil, false},
		{"unknown backend", "corp.backend", "", nil, nil, false},
		{"uv", "uv_build", "", nil, []string{"my_job"}, true},
		{"uv, at the root", "uv_build", "[tool.uv.build-backend]\nmodule-root = ''\nmodule-name = 'job'", nil, []string{"job"}, true},
		{"uv, elsewhere", "uv_build", "[tool.uv.build-backend]\nmodule-root = 'lib/'\nmodule-name = ['job', 'acme.api']", []string{"lib"}, []string{"job", "acme/api"}, true},
		{"uv, outside", "uv_build", "[tool.uv.build-backend]\nmodule-root = '../lib'", nil, []string{"my_job"}, true},
		{"hatch", "hatchling.build", "", nil, []string{"my_job"}, true},
		{"hatch, packages", "hatchling.build", "[tool.hatch.build.targets.wheel]\npackages = ['lib/job', 'api']", []string{"lib"}, []string{"job", "api"}, true},
		{"hatch, src itself", "hatchling.build", "[tool.hatch.build.targets.wheel]\npackages = ['src']", nil, []string{"src"}, true},
		{"hatch, sources", "hatchling.build", "[tool.hatch.build.targets.wheel]\nsources = ['python']\nonly-include = ['python/job', 'python/main.py']", []string{"python"}, []string{"job", "main"}, true},
		{"hatch, patterns", "hatchling.build", "[tool.hatch.build.targets.wheel]\ninclude = ['**/*.py']", nil, []string{"my_job"}, false},
		{"hatch, hook of all targets", "hatchling.build", "[tool.hatch.build.hooks.custom]", nil, []string{"my_job"}, false},
		{"hatch, renamed", "hatchling.build", "[tool.hatch.build.targets.wheel.sources]\n'src/foo' = 'bar'", nil, []string{"my_job"}, false},
		{"setuptools", "setuptools.build_meta", "[tool.setuptools]\npackage-dir = {'' = 'lib'}\npackages = ['job', 'job.api']\npy-modules = ['main']", []string{"lib"}, []string{"job", "job/api", "main"}, false},
		{"setuptools, found", "setuptools.build_meta", "[tool.setuptools.packages.find]\nwhere = ['python']", []string{"python"}, nil, false},
		{"setuptools without a build system", "", "[tool.setuptools.packages.find]\nwhere = ['python']", []string{"python"}, nil, false},
		{"maturin", "maturin", "[tool.maturin]\npython-source = 'python'", []string{"python"}, nil, false},
		{"pdm", "pdm.backend", "[tool.pdm.build]\npackage-dir = 'lib'", []string{"lib"}, nil, false},
		{"poetry", "poetry.core.masonry.api", "", nil, []string{"my_job"}, true},
		{"poetry, packages", "poetry.core.masonry.api", "[tool.poetry]\npackages = [{ include = 'job', from = 'lib' }, { include = 'main.py', to = 'acme' }]", []string{"lib"}, []string{"job", "acme/main"}, true},
		{"poetry, patterns", "poetry.core.masonry.api", "[[tool.poetry.packages]]\ninclude = '*'\nfrom = 'lib'", []string{"lib"}, []string{"*"}, false},
		{"flit", "flit_core.buildapi", "[tool.flit.module]\nname = 'acme.job'", nil, []string{"acme/job"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text := "[project]\nname = 'My.Job'\n"
			if test.backend != "" {
				text += "[build-system]\nbuild-backend = '" + test.backend + "'\n"
			}
			doc, err := source.Parse("pyproject.toml", []byte(text+test.tables+"\n"))
			require.NoError(t, err)
			p, err := project.ParsePyproject(doc)
			require.NoError(t, err)
			l := p.Layout()
			assert.Equal(t, append([]string{".", "src"}, test.roots...), l.Roots)
			assert.Equal(t, test.modules, l.Modules)
			assert.Equal(t, test.known, l.Known)
		})
	}
}

func TestLayoutHolds(t *testing.T) {
	t.Parallel()
	l := project.Layout{Modules: []string{"job", "acme/api"}}
	for module, want := range map[string]bool{"job": true, "job/main": true, "jobs": false, "acme": false, "acme/api/v1": true, "acme/web": false} {
		assert.Equal(t, want, l.Holds(module), module)
	}
}
