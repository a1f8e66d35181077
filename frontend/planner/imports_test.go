package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
)

// optionalLock has requests in an extra and pyyaml in a group.
const optionalLock = baseLock + `
[package.optional-dependencies]
lambda = [{ name = "requests" }]

[package.dev-dependencies]
dev = [{ name = "pyyaml" }]

[package.metadata]
provides-extras = ["lambda"]

[[package]]
name = "requests"
version = "2.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [{ url = "https://packages.example.com/requests-2.0-py3-none-any.whl", hash = "sha256:00" }]

[[package]]
name = "pyyaml"
version = "6.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [{ url = "https://packages.example.com/pyyaml-6.0-py3-none-any.whl", hash = "sha256:00" }]
`

// importing is a handler's module with more lines before the function.
func importing(lines string) string { return lines + "\n" + handlerCode }

func TestImportErrors(t *testing.T) {
	t.Parallel()
	const remedy = " is in the repository, and nothing copies it: add "
	missing := func(at, top string) string { return at + ": " + top + " is imported here and is not in the function: " }
	extras := with(keys("handler = 'app.handler'\nextras = ['lambda']\n[project.optional-dependencies]\nlambda = ['requests']"), "uv.lock", optionalLock)
	checkMistakes(t, []mistake{
		{
			name:  "file beside the handler",
			files: map[string]string{"app.py": importing("import os\nimport helpers"), "helpers.py": "X = 1\n"},
			want:  missing("app.py:2", "helpers") + "helpers.py" + remedy + `include = ["helpers.py"] to [tool.uvlambda]`,
		},
		{
			name:  "package below src",
			files: map[string]string{"app.py": importing("from shared.db import connect"), "src/shared/db.py": "\n"},
			want:  missing("app.py:1", "shared") + "src/shared/db.py" + remedy + `include = [{ from = "src/shared", to = "shared" }] to [tool.uvlambda]`,
		},
		{
			name: "beside an include",
			files: with(with(keys("handler = 'app.handler'\ninclude = ['data']"), "app.py", importing("from shared import db")),
				"shared/__init__.py", "\n", "data/a.json", "{}"),
			want: missing("app.py:1", "shared") + "shared/__init__.py" + remedy + `"shared" to include`,
		},
		{
			name: "through modules that are copied",
			files: with(keys("handler = 'app.main.handler'"), "app/main.py", importing("from .views import index"), "app.py", "",
				"app/__init__.py", "from app import settings\n", "app/settings.py", "\n", "app/views.py", "import json\n\nimport helpers\n", "helpers.py", "\n"),
			want: missing("app/views.py:3", "helpers") + "helpers.py" + remedy + `include = ["helpers.py"] to [tool.uvlambda]`,
		},
		{
			name: "packaged project whose wheel leaves it out",
			files: map[string]string{
				"uv.lock": packagedLock, "pyproject.toml": uvBuild("handler = 'api.main.handler'", ""),
				"src/api/main.py": importing("import api.views, tools"), "src/api/views.py": "\n", "src/tools.py": "\n",
			},
			want: missing("src/api/main.py:1", "tools") + "src/tools.py" + remedy + `include = [{ from = "src/tools.py", to = "tools.py" }] to [tool.uvlambda]`,
		},
		{
			name: "through a module two folders above",
			files: with(keys("handler = 'app.views.index.handler'"), "app.py", "", "app/views/index.py", importing("from ..tools import x\nfrom . import other"), "app/tools.py", "import helpers\n",
				"app/views/other.py", "\n", "tools.py", "import nowhere\n", "helpers.py", "\n"),
			want: missing("app/tools.py:1", "helpers") + "helpers.py" + remedy + `include = ["helpers.py"] to [tool.uvlambda]`,
		},
		{
			name:  "beside a module that is not Python",
			files: with(keys("handler = 'app.main.handler'"), "app.py", "", "app/main.py", importing("from app import broken\nimport helpers"), "app/broken.py", "def (\n", "helpers.py", "\n"),
			want:  missing("app/main.py:2", "helpers") + "helpers.py" + remedy + `include = ["helpers.py"] to [tool.uvlambda]`,
		},
		{
			name: "beside a member whose wheel leaves it out",
			files: map[string]string{
				"pyproject.toml": keys("handler = 'library.entry.handler'")["pyproject.toml"], "uv.lock": withLibrary,
				"library/pyproject.toml": "[project]\nname = 'library'\n[build-system]\nbuild-backend = 'uv_build'\n", "library/src/library/entry.py": importing("import extra"), "library/src/extra.py": "\n",
			},
			want: missing("library/src/library/entry.py:1", "extra") + "library/src/extra.py" + remedy + `include = [{ from = "library/src/extra.py", to = "extra.py" }] to [tool.uvlambda]`,
		},
		{
			name: "out of the build file's folder",
			files: map[string]string{
				"pyproject.toml": "[tool.uv.workspace]\nmembers = ['*']\n", "deploy/pyproject.toml": "[project]\nname = 'deploy'\n[tool.uvlambda]\npackage = 'orders'\nhandler = 'main.handler'\n",
				"uv.lock":               "version = 1\n[[package]]\nname = 'deploy'\nsource = { virtual = 'deploy' }\n[[package]]\nname = 'orders'\nsource = { virtual = 'orders' }\n",
				"orders/pyproject.toml": "[project]\nname = 'orders'\n", "orders/main.py": importing("import helpers"), "orders/helpers.py": "\n",
			},
			client: client{file: "deploy/pyproject.toml"},
			want:   missing("orders/main.py:1", "helpers") + "orders/helpers.py is in the repository, and nothing copies it: move it below deploy/, or make it a package of the workspace",
		},
		{
			name:  "in an archive",
			files: map[string]string{"app.py": importing("import helpers"), "helpers.py": "X = 1\n"}, client: client{target: "zip"},
			want: missing("app.py:1", "helpers") + "helpers.py" + remedy + `include = ["helpers.py"] to [tool.uvlambda]`,
		},
		{
			name:  "package of an extra",
			files: map[string]string{"app.py": importing("import requests"), "uv.lock": optionalLock},
			want:  missing("app.py:1", "requests") + `only the extra "lambda" has it: set extras = ["lambda"] in [tool.uvlambda], or add it to the dependencies`,
		},
		{
			name:  "package of a group, with another name",
			files: with(extras, "app.py", importing("import requests, yaml")),
			want:  missing("app.py:1", "yaml") + `only the group "dev" has it: set groups = ["dev"] in [tool.uvlambda], or add it to the dependencies`,
		},
	})
}

func TestImports(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name          string
		files         map[string]string
		target        string
		unfound, open []string
	}{
		{"included", with(keys("handler = 'app.handler'\ninclude = ['helpers.py', { from = 'lib', to = '.' }]"),
			"app.py", importing("import helpers, tools, ns.part"), "helpers.py", "\n", "lib/tools.py", "\n", "lib/ns/part.py", "\n"), "", nil, nil},
		{"included, beside what goes to the root", with(keys("handler = 'app.handler'\ninclude = [{ from = 'lib', to = '.' }, 'helpers.py']"),
			"app.py", importing("import helpers"), "helpers.py", "\n", "lib/tools.py", "\n"), "", nil, nil},
		{"module of a wheel that has several", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": uvBuild("handler = 'api.main.handler'", "module-name = ['api', 'tools.part']"), "src/api/main.py": importing("import tools.part, other"), "src/api/__init__.py": "\n", "src/tools/part/__init__.py": "\n",
		}, "", []string{"other"}, nil},
		{"nowhere, beside a wheel that is not known", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": keys("handler = 'api.handler'")["pyproject.toml"] + "[build-system]\nbuild-backend = 'setuptools.build_meta'\n", "api.py": importing("import nowhere"),
		}, "", nil, []string{"nowhere"}},
		{"nowhere, beside what goes to the root", with(keys("handler = 'app.handler'\ninclude = [{ from = 'lib', to = '.' }]"), "app.py", importing("import nowhere"), "lib/tools.py", "\n"), "", nil, []string{"nowhere"}},
		{"modules of AWS's base", map[string]string{"app.py": importing("import boto3, awslambdaric")}, "", nil, nil},
		{"modules of AWS's base, on another", with(keys("handler = 'app.handler'\nbase = 'registry.example.com/base'\nentrypoint = ['/start']"), "app.py", importing("import boto3")), "", nil, []string{"boto3"}},
		{"guarded", map[string]string{"helpers.py": "\n", "app.py": importing("try:\n    import helpers\nexcept ImportError:\n    pass\ndef f():\n    import helpers")}, "", nil, nil},
		{"search path", with(keys("handler = 'app.handler'\ninclude = ['src']"),
			"app.py", importing("import sys\nsys.path.insert(0, 'src')\nimport helpers"), "src/helpers.py", "\n"), "", nil, nil},
		{"member", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "app.py": importing("import library.sub, wrapper_tools")}, "", nil, nil},
		{"wheel that is not known", map[string]string{
			"uv.lock": packagedLock, "pyproject.toml": keys("handler = 'api.handler'")["pyproject.toml"] + "[build-system]\nbuild-backend = 'setuptools.build_meta'\n",
			"api.py": importing("import helpers"), "helpers.py": "\n",
		}, "", nil, []string{"helpers"}},
		{"nowhere", map[string]string{"app.py": importing("import nowhere, os")}, "", []string{"nowhere"}, nil},
		{"nowhere, beside packages", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "app.py": importing("import nowhere")}, "", nil, []string{"nowhere"}},
		{"extra, in an archive", map[string]string{"app.py": importing("import requests"), "uv.lock": optionalLock}, "zip", []string{"requests"}, nil},
		{"layer", map[string]string{"uv.lock": withLibrary, "library/pyproject.toml": libraryProject, "app.py": importing("import helpers"), "helpers.py": "\n"}, "layer", nil, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			in, err := newInput(contextOf(change(test.files)), client{target: test.target})
			require.NoError(t, err)
			readImports(in)
			decided, err := planner.Decide(in)
			require.NoError(t, err)
			assert.Equal(t, test.unfound, tops(decided.Unfound))
			assert.Equal(t, test.open, tops(decided.Open))
		})
	}
}

// readImports reads what a plan wants to know of the context, all of which the
// input has.
func readImports(in planner.Input) {
	for _, name := range planner.ImportFiles(in, true) {
		if _, known := in.Workspace.Files[name]; !known {
			in.Workspace.Files[name] = files.Entry{}
		}
	}
}

func tops(imports []planner.Import) []string {
	var all []string
	for _, i := range imports {
		all = append(all, i.Module)
	}
	return all
}

// Where each read is a transfer, only what is outside of the handler's own
// package is read, and packages of the lock never are.
func TestImportFiles(t *testing.T) {
	t.Parallel()
	set := contextOf(change(with(keys("handler = 'app.main.handler'\ninclude = [{ from = 'lib', to = 'tools' }]"), "uv.lock", withLibrary,
		"library/pyproject.toml", libraryProject, "app.py", "", "app/main.py", importing("import os, wrapper_tools\nfrom .views import index\nfrom tools import a"))))
	in, err := newInput(set, client{})
	require.NoError(t, err)
	got := planner.ImportFiles(in, false)
	assert.Equal(t, []string{
		"lib/__init__.py", "lib/a.py", "lib/a/__init__.py", "src/tools.py", "src/tools/__init__.py", "src/tools/a.py", "src/tools/a/__init__.py",
		"tools.py", "tools/__init__.py", "tools/a.py", "tools/a/__init__.py",
	}, got)
	assert.Contains(t, planner.ImportFiles(in, true), "app/views.py")
}

// An import whose file nobody has looked for may be there.
func TestImportsThatWereNotLookedFor(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(change(map[string]string{"app.py": importing("import nowhere")})), client{})
	require.NoError(t, err)
	decided := decideAll(t, in)
	assert.Equal(t, [][]string{nil, {"nowhere"}}, [][]string{tops(decided.Unfound), tops(decided.Open)})
	assert.Equal(t, "nowhere is imported here and is not in the function: add the package that has it to the dependencies, or copy the file with `include`", decided.Open[0].String())
	require.NoError(t, decided.Open[0].Err())
}

// Imports are looked for in the files of the function's own package, and of a handler
// that is included.
func TestImportFilesOfTheSelectedPackage(t *testing.T) {
	t.Parallel()
	contents := map[string]string{
		"pyproject.toml": "[tool.uv.workspace]\nmembers = ['*']\n", "deploy/pyproject.toml": "[project]\nname = 'deploy'\n[tool.uvlambda]\npackage = 'Orders'\nhandler = 'main.handler'\n",
		"uv.lock":               "version = 1\n[[package]]\nname = 'deploy'\nsource = { virtual = 'deploy' }\n[[package]]\nname = 'orders'\nsource = { virtual = 'orders' }\n",
		"orders/pyproject.toml": "[project]\nname = 'orders'\n", "orders/main.py": importing("import helpers"),
	}
	in, err := newInput(contextOf(contents), client{file: "deploy/pyproject.toml"})
	require.NoError(t, err)
	assert.Equal(t, []string{
		"deploy/helpers.py", "deploy/helpers/__init__.py", "deploy/src/helpers.py", "deploy/src/helpers/__init__.py",
		"orders/helpers.py", "orders/helpers/__init__.py", "orders/src/helpers.py", "orders/src/helpers/__init__.py",
	}, planner.ImportFiles(in, false))
	in.Workspace.Lock = nil
	assert.Empty(t, planner.ImportFiles(in, false))

	included := change(with(keys("handler = 'fn.index.run'\ninclude = [{ from = 'code', to = 'fn' }]"), "code/index.py", "from fn import tools\nimport helpers\n"+runCode))
	in, err = newInput(contextOf(included), client{})
	require.NoError(t, err)
	assert.Equal(t, []string{"helpers.py", "helpers/__init__.py", "src/helpers.py", "src/helpers/__init__.py"}, planner.ImportFiles(in, false))
	assert.Contains(t, planner.ImportFiles(in, true), "code/tools.py")
}
