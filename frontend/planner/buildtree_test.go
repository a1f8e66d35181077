package planner_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// libraryIn is a member in a folder, with a build system and more.
func libraryIn(dir, requires, backend, more string) map[string]string {
	return map[string]string{
		"uv.lock": locked("library", "source = { editable = '"+dir+"' }"),
		dir + "/pyproject.toml": fmt.Sprintf("[project]\nname = 'library'\nversion = '1.0'\n[build-system]\nrequires = [%s]\nbuild-backend = '%s'\n%s",
			requires, backend, more),
	}
}

// besideOf are the paths beside the only member of a plan, and written the
// files that it is given.
func besideOf(t *testing.T, set files.Set, listing files.Listing) (beside []string, written map[string]string) {
	t.Helper()
	in, err := newInput(set, client{})
	require.NoError(t, err)
	in.Listing = listing
	require.NoError(t, in.Workspace.AddBuildFiles(set))
	p, err := planned(in)
	require.NoError(t, err)
	require.Len(t, plan.All[plan.Member](p), 1)
	for _, folder := range plan.First[plan.Member](p).Beside {
		beside = append(beside, folder.Path)
	}
	written = map[string]string{}
	for _, file := range plan.First[plan.Member](p).Written {
		written[file.Path] = file.Content
	}
	return beside, written
}

func TestIgnoreFilesOfAMember(t *testing.T) {
	t.Parallel()
	ignored := map[string]string{
		".gitignore": "a", ".hgignore": "b", "packages/.gitignore": "c", "packages/other/.gitignore": "d", "packages/library/src/.gitignore": "e",
	}
	own := map[string]string{"packages/library/.gitignore": "f"}
	for _, test := range []struct {
		name, backend string
		more          string
		files         map[string]string
		hidden        []string
		beside        []string
		written       map[string]string
	}{
		{name: "the nearest of each kind", backend: "hatchling.build", beside: []string{".hgignore", "packages/.gitignore"}},
		{name: "its own", backend: "hatchling.build", files: own, beside: []string{".hgignore"}},
		{name: "an empty one", backend: "hatchling.build", files: map[string]string{"packages/.gitignore": "\n"}, beside: []string{".hgignore", "packages/.gitignore"}},
		{
			name: "hidden ones", backend: "hatchling.build", files: own, hidden: []string{".hgignore", "packages/library/.gitignore"},
			written: map[string]string{".hgignore": "b", "packages/library/.gitignore": "f"},
		},
		{name: "uv", backend: "uv_build"},
		{name: "setuptools", backend: "setuptools.build_meta:__legacy__"},
		{name: "flit", backend: "flit_core.buildapi"},
		{name: "pdm", backend: "pdm.backend"},
		{name: "poetry", backend: "poetry.core.masonry.api"},
		{name: "an unknown one", backend: "maturin", beside: []string{".gitignore", ".hgignore", "packages/.gitignore"}},
		{name: "one of the package", backend: "hatchling.build", more: "backend-path = ['.']", beside: []string{".gitignore", ".hgignore", "packages/.gitignore"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			contents := change(libraryIn("packages/library", "'x'", test.backend, test.more))
			maps.Copy(contents, ignored)
			maps.Copy(contents, test.files)
			set := contextOf(contents)
			for _, name := range test.hidden {
				set[name] = files.Entry{Kind: files.Hidden, Data: set[name].Data}
			}
			beside, written := besideOf(t, set, files.Listing{})
			assert.Equal(t, test.beside, beside)
			assert.Equal(t, orEmpty(test.written), written)
		})
	}
}

// orEmpty gives an empty map for none.
func orEmpty(m map[string]string) map[string]string {
	if m == nil {
		return map[string]string{}
	}
	return m
}

func TestFilesThatTablesName(t *testing.T) {
	t.Parallel()
	there := map[string]string{
		"shared/acme/__init__.py": "", "shared/data/x.json": "", "VERSION": "", "above.txt": "", "lib2/module.py": "", "words.txt": "",
		"ruff.toml": "", "packages/other/x": "",
	}
	for _, test := range []struct {
		name, backend, more string
		files               map[string]string
		want                []string
	}{
		{
			name: "hatchling", backend: "hatchling.build",
			more: "[tool.hatch.build.force-include]\n'../../shared/acme' = 'acme'\n[tool.hatch.version]\npath = '../../VERSION'\n[tool.ruff]\nextend = '../../ruff.toml'\n[tool.uv.sources]\nx = { path = '../other' }\n",
			want: []string{"VERSION", "shared/acme"},
		},
		{
			name: "setuptools", backend: "setuptools.build_meta", more: "[tool.setuptools.package-dir]\n'' = '../../lib2'\n[tool.distutils.x]\nfile = '../../words.txt'\n",
			files: map[string]string{"packages/library/setup.cfg": "[options]\nlicense_files = ../../gone.txt, ../../above.txt\n", "packages/library/setup.py": "open('../../shared/data/x.json')\n"},
			want:  []string{"above.txt", "lib2", "shared/data/x.json"},
		},
		{name: "a pattern", backend: "hatchling.build", more: "[tool.hatch.build]\ninclude = ['../../shared/d*/*.json', '../../shared/data/**']\n", want: []string{"shared", "shared/data"}},
		{name: "a plugin", backend: "hatchling.build", more: "[tool.plugin-of-ours]\nfile = '../../words.txt'\n", want: []string{"words.txt"}},
		{name: "folders to search from", backend: "hatchling.build", more: "[tool.hatch.version.raw-options]\nroot = '../..'\nother = ['..', '../', '../../packages']\n"},
		{name: "out of the context", backend: "hatchling.build", more: "[tool.hatch.build.force-include]\n'../../../x' = 'x'\n'/etc/passwd' = 'y'\n'~/z' = 'z'\n"},
		{name: "readme", backend: "uv_build", more: "[project.urls]\nx = '../../above.txt'\n[tool.uv.build-backend]\nmodule-root = '../../lib2'\n", want: []string{"lib2"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			contents := change(libraryIn("packages/library", "'x', 'plugin-of-ours>=2'", test.backend, test.more))
			maps.Copy(contents, there)
			maps.Copy(contents, test.files)
			beside, _ := besideOf(t, contextOf(contents), files.Listing{})
			assert.Equal(t, test.want, beside)
		})
	}
}

func TestBuildersOfTheRepository(t *testing.T) {
	t.Parallel()
	plugin := func(requires, dependencies, more string) string {
		return "[project]\nname = 'plugin'\nversion = '1.0'\ndependencies = [" + dependencies + "]\n[build-system]\nrequires = [" + requires + "]\nbuild-backend = 'uv_build'\n" + more
	}
	const workspace = "[tool.uv.workspace]\nmembers = ['packages/*', 'plugin', 'more/*']\n"
	lock := locked("library", "source = { editable = 'packages/library' }") + "[[package]]\nname = 'plugin'\nversion = '1.0'\nsource = { editable = 'plugin' }\n" +
		"[[package]]\nname = 'unused'\nversion = '1.0'\nsource = { editable = 'more/unused' }\n"
	for _, test := range []struct {
		name, requires, more, root string
		files                      map[string]string
		beside                     []string
		written                    string
	}{
		{
			name: "source of the package", requires: "'hatchling', 'Plugin'", more: "[tool.uv.sources]\nplugin = { workspace = true }\n",
			beside: []string{"plugin"}, written: "[tool]\n[tool.uv]\n[tool.uv.sources]\n[tool.uv.workspace]\nmembers = ['packages/library', 'plugin']\n",
		},
		{
			name: "source of the root", requires: "'plugin[extra]>=1; python_version > \"3\"'", root: "[tool.uv.sources]\nplugin = { workspace = true }\nother = { path = 'x' }\n",
			beside: []string{"plugin"}, written: "[tool]\n[tool.uv]\n[tool.uv.sources]\n[tool.uv.sources.plugin]\nworkspace = true\n\n[tool.uv.workspace]\nmembers = ['packages/library', 'plugin']\n",
		},
		{
			name: "index of the root", requires: "'private'", root: "[tool.uv.sources]\nprivate = { index = 'ours' }\n[[tool.uv.index]]\nname = 'ours'\nurl = 'https://packages.example.com/simple'\n",
			written: "[tool]\n[tool.uv]\n[[tool.uv.index]]\nname = 'ours'\nurl = 'https://packages.example.com/simple'\n\n[tool.uv.sources]\n[tool.uv.sources.private]\nindex = 'ours'\n\n[tool.uv.workspace]\nmembers = ['packages/library']\n",
		},
		{
			name: "a path, and what that needs", requires: "'outer'", more: "[tool.uv.sources]\nouter = [{ path = '../../outer', marker = \"sys_platform == 'linux'\" }]\n",
			files: map[string]string{
				"outer/pyproject.toml": "[project]\nname = 'outer'\nversion = '1.0'\ndependencies = ['inner', 'requests']\n[build-system]\nrequires = ['maker']\nbuild-backend = 'maker'\n" +
					"[tool.uv.sources]\ninner = { path = '../inner' }\nmaker = { path = '../maker-1.0-py3-none-any.whl' }\n",
				"inner/setup.py": "", "maker-1.0-py3-none-any.whl": "x",
			},
			beside: []string{"inner", "maker-1.0-py3-none-any.whl", "outer"},
		},
		{
			name: "more for one build", requires: "'hatchling'", root: "[tool.uv.extra-build-dependencies]\nlibrary = [{ requirement = 'plugin', match-runtime = false }]\n[tool.uv.sources]\nplugin = { workspace = true }\n",
			beside: []string{"plugin"}, written: "[tool]\n[tool.uv]\n[tool.uv.sources]\n[tool.uv.sources.plugin]\nworkspace = true\n\n[tool.uv.workspace]\nmembers = ['packages/library', 'plugin']\n",
		},
		{name: "nothing of it", requires: "'hatchling'", root: "[tool.uv.sources]\nplugin = { workspace = true }\n"},
		{name: "itself", requires: "'library'", more: "[tool.uv.sources]\nlibrary = { path = '.' }\n"},
		{name: "out of the context", requires: "'outer'", more: "[tool.uv.sources]\nouter = { path = '../../../outer' }\n"},
		{name: "what is not there", requires: "'outer'", more: "[tool.uv.sources]\nouter = { path = '../../outer' }\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			contents := change(libraryIn("packages/library", test.requires, "setuptools", test.more))
			contents["uv.lock"], contents["plugin/pyproject.toml"] = lock, plugin("'uv_build'", "", "")
			contents["pyproject.toml"] = asking("library") + "[tool.uvlambda]\nhandler = 'app.handler'\n" + workspace + test.root
			maps.Copy(contents, test.files)
			beside, written := besideOf(t, contextOf(contents), files.Listing{})
			assert.Equal(t, test.beside, beside)
			assert.Equal(t, test.written, written["pyproject.toml"])
		})
	}
}

// TestBuildFiles asks for what is not in the lock.
func TestBuildFiles(t *testing.T) {
	t.Parallel()
	contents := change(libraryIn("packages/library", "'outer'", "hatchling.build", "[tool.uv.sources]\nouter = { path = '../../outer' }\n[tool.hatch]\nx = '../x.txt'\n"))
	in, err := newInput(contextOf(contents), client{})
	require.NoError(t, err)
	w := in.Workspace
	for _, name := range []string{".gitignore", ".hgignore"} {
		w.Files[name] = files.Entry{}
	}
	read, stat := w.BuildFiles()
	assert.Equal(t, []string{"outer/.gitignore", "outer/.hgignore", "outer/pyproject.toml", "outer/setup.cfg", "outer/setup.py"}, read)
	assert.Equal(t, []string{"packages/x.txt"}, stat)

	require.NoError(t, w.AddBuildFiles(files.Set{
		"outer/.gitignore": {}, "outer/.hgignore": {}, "outer/setup.cfg": {}, "outer/setup.py": {},
		"outer/pyproject.toml": {Kind: files.Regular, Data: []byte("[project]\nname = 'outer'\nversion = '1.0'\n[tool.setuptools]\nx = '../y.txt'\n")},
	}))
	read, stat = w.BuildFiles()
	assert.Empty(t, read)
	assert.Equal(t, []string{"packages/x.txt", "y.txt"}, stat)
}

// TestLinksOfAMember follows the symbolic links in a member's folder.
func TestLinksOfAMember(t *testing.T) {
	t.Parallel()
	set := contextOf(change(libraryIn("library", "'setuptools'", "setuptools.build_meta", "")))
	entries := files.Set{
		"library": {Kind: files.Folder}, "library/src": {Kind: files.Folder},
		"library/src/pkg":     {Kind: files.Link, Link: "../../shared/pkg"},
		"library/inside":      {Kind: files.Link, Link: "src"},
		"library/gone":        {Kind: files.Link, Link: "../gone"},
		"library/out":         {Kind: files.Link, Link: "../../out"},
		"library/absolute":    {Kind: files.Link, Link: "/etc/passwd"},
		"library/dist":        {Kind: files.Link, Link: "../elsewhere"},
		"shared":              {Kind: files.Folder},
		"shared/pkg":          {Kind: files.Folder},
		"shared/pkg/data.txt": {Kind: files.Link, Link: "../../data.txt"},
		"data.txt":            {Kind: files.Link, Link: "real.txt"},
		"real.txt":            {Kind: files.Regular},
		"elsewhere":           {Kind: files.Folder},
	}
	beside, _ := besideOf(t, set, files.Listing{Roots: []string{"."}, Entries: entries})
	assert.Equal(t, []string{"shared/pkg", "data.txt"}, beside)

	in, err := newInput(set, client{})
	require.NoError(t, err)
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	assert.Contains(t, decided.Unlisted, "library")
	in.Listing = files.Listing{Roots: []string{"library", "app.py"}, Entries: entries}
	decided, err = planner.Decide(in)
	require.NoError(t, err)
	assert.Equal(t, []string{"gone", "shared/pkg"}, decided.Unlisted)
}

// A link to what is no source of the package brings that all the same: somebody who
// linked it wants it.
func TestLinksToWhatIsNoSource(t *testing.T) {
	t.Parallel()
	set := contextOf(change(libraryIn("library", "'setuptools'", "setuptools.build_meta", "")))
	entries := files.Set{
		"library": {Kind: files.Folder}, "library/src": {Kind: files.Folder}, "library/src/static": {Kind: files.Link, Link: "../dist/web"}, "library/self": {Kind: files.Link, Link: "."},
		"library/dist": {Kind: files.Folder}, "library/dist/web": {Kind: files.Folder}, "library/src/again": {Kind: files.Link, Link: "../dist/web"},
	}
	beside, _ := besideOf(t, set, files.Listing{Roots: []string{"."}, Entries: entries})
	assert.Equal(t, []string{"library/dist/web"}, beside)
}

// Packages of the workspace whose lock does not have them yet, and projects that are
// malformed, are told of by uv, or at their line.
func TestBuildersThatAreNotLocked(t *testing.T) {
	t.Parallel()
	contents := change(libraryIn("packages/library", "'plugin'", "hatchling.build", "[tool.uv.sources]\nplugin = { workspace = true }\n"))
	beside, written := besideOf(t, contextOf(contents), files.Listing{})
	assert.Empty(t, beside)
	assert.Contains(t, written["pyproject.toml"], "members = []", "the library is no member")

	contents["pyproject.toml"] = asking("library") + "[tool.uvlambda]\n[tool.uv.workspace]\nmembers = ['packages/*']\n"
	beside, written = besideOf(t, contextOf(contents), files.Listing{})
	assert.Empty(t, beside)
	assert.Contains(t, written["pyproject.toml"], "members = ['packages/library']")

	in, err := newInput(contextOf(contents), client{})
	require.NoError(t, err)
	err = in.Workspace.AddBuildFiles(files.Set{"outer/pyproject.toml": {Kind: files.Regular, Data: []byte("[project]\nname = 3\n")}})
	require.EqualError(t, err, "outer/pyproject.toml:2: project.name must be a string, not an integer: put it in quotes")
	in.Workspace.Lock = nil
	read, stat := in.Workspace.BuildFiles()
	assert.Empty(t, read)
	assert.Empty(t, stat)
}

// A member may be built with the project in the workspace's root, and one that is out
// of the context is left alone.
func TestBuiltWithTheRoot(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"uv.lock":                strings.Replace(locked("library", "source = { editable = 'library' }"), "virtual", "editable", 1) + "[[package]]\nname = 'elsewhere'\nversion = '1.0'\nsource = { editable = '../elsewhere' }\n",
		"library/pyproject.toml": "[project]\nname = 'library'\nversion = '1.0'\n[build-system]\nrequires = ['api']\nbuild-backend = 'x'\n[tool.uv.sources]\napi = { path = '..' }\n",
		"pyproject.toml":         keys("handler = 'api.handler'")["pyproject.toml"] + "[build-system]\nrequires = ['helper']\nbuild-backend = 'x'\n[tool.uv.sources]\nhelper = { path = 'helper' }\n",
		"helper/setup.py":        "\n", "api.py": handlerCode, "app.py": "",
	})
	in, err := newInput(contextOf(contents), client{})
	require.NoError(t, err)
	beside := map[string][]string{}
	for _, m := range plan.All[plan.Member](decideAll(t, in).Plan) {
		for _, folder := range m.Beside {
			beside[m.Name] = append(beside[m.Name], folder.Path)
		}
	}
	assert.Equal(t, map[string][]string{"api": {"helper"}, "library": {".", "helper"}}, beside)
	read, _ := in.Workspace.BuildFiles()
	assert.NotContains(t, read, "../elsewhere/pyproject.toml")
}

// TestWholeContext plans a member that did not build from its own files.
func TestWholeContext(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(change(libraryIn("library", "'setuptools'", "setuptools.build_meta", ""))), client{})
	require.NoError(t, err)
	in.Whole = []string{"library"}
	p, err := planned(in)
	require.NoError(t, err)
	assert.True(t, plan.First[plan.Member](p).Whole)
	assert.Empty(t, plan.First[plan.Member](p).Beside)
	assert.Contains(t, plan.First[plan.Member](p).Exclude, "library/build/lib")
	assert.Nil(t, plan.First[plan.LockCheck](p).Beside)

	in.WholeCheck = true
	p, err = planned(in)
	require.NoError(t, err)
	assert.False(t, plan.First[plan.LockCheck](p).Whole, "the check builds nothing")
	assert.NotEmpty(t, plan.First[plan.LockCheck](p).Reduced)

	in, err = newInput(contextOf(change(map[string]string{
		"uv.lock": locked("library", "source = { editable = 'library' }"), "library/pyproject.toml": "[project]\nname = 'library'\ndynamic = ['dependencies']\n",
	})), client{})
	require.NoError(t, err)
	in.WholeCheck = true
	p, err = planned(in)
	require.NoError(t, err)
	assert.True(t, plan.First[plan.LockCheck](p).Whole)
	assert.Equal(t, ".", plan.First[plan.LockCheck](p).Beside[0].Path)
	assert.Empty(t, plan.First[plan.LockCheck](p).Reduced)
}

// TestHiddenModules has the wheel hold a module when .dockerignore hides the
// place where one may be.
func TestHiddenModules(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]bool{"library/src": true, "**/*.py": true, "library/tests": false, "*.md": false, "src": false} {
		in, err := newInput(contextOf(change(libraryIn("library", "'setuptools'", "setuptools.build_meta", ""))), client{})
		require.NoError(t, err)
		in.Workspace.Ignored.Patterns = []string{pattern}
		p, err := planned(in)
		require.NoError(t, err)
		assert.Equal(t, want, plan.First[plan.Member](p).SomeModule, pattern)
		assert.Equal(t, plan.LimitImage, int(plan.First[plan.Member](p).Limit))
	}
}
