package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

func TestLockCheckReadsLocalFiles(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"uv.lock": baseLock + `
[[package]]
name = "unused"
version = "1.0"
source = { path = "wheels/unused-1.0-py3-none-any.whl" }

[[package]]
name = "elsewhere"
version = "1.0"
source = { path = "../elsewhere-1.0-py3-none-any.whl" }
`,
	})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	assert.Equal(t, []string{"wheels/unused-1.0-py3-none-any.whl"}, plan.First[plan.LockCheck](p).LocalFiles)
	assert.Empty(t, plan.First[plan.LockCheck](p).Builds)
	assert.Empty(t, plan.All[plan.Member](p))
}

func TestLockCheckBuildsPackagesThatDoNotDeclareTheirDependencies(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pyproject string
		builds    bool
	}{
		"declared":                {"[project]\nname = 'library'\ndependencies = []\n", false},
		"dynamic version":         {"[project]\nname = 'library'\ndynamic = ['version']\n", false},
		"dynamic dependencies":    {"[project]\nname = 'library'\ndynamic = ['version', 'dependencies']\n", true},
		"dynamic extras":          {"[project]\nname = 'library'\ndynamic = ['optional-dependencies']\n", true},
		"no project table":        {"[tool.poetry]\nname = 'library'\n", true},
		"nothing but a setup.cfg": {"", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contents := change(map[string]string{
				"uv.lock":                locked("library", "source = { directory = 'library' }"),
				"library/setup.cfg":      "[metadata]\nname = library\n",
				"library/pyproject.toml": test.pyproject,
			})
			p, err := newPlan(contextOf(contents), client{})
			require.NoError(t, err)
			var builds []plan.Folder
			if test.builds {
				builds = []plan.Folder{{Path: "library", Exclude: plan.First[plan.Member](p).Exclude, Package: "library"}}
			}
			assert.Equal(t, builds, plan.First[plan.LockCheck](p).Builds)
		})
	}
}

// A wheel that the context does not have, and that the function does not need, is
// no reason not to check the lock.
func TestLockCheckStandsInForAbsentWheels(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"uv.lock": baseLock + `
[[package]]
name = "hidden"
version = "1.0"
source = { path = "wheels/hidden-1.0-py3-none-win_amd64.whl" }

[package.metadata]
requires-dist = [
    { name = "direct", url = "https://packages.example.com/direct-1.0-py3-none-any.whl" },
    { name = "idna", extras = ["all"], marker = "sys_platform == 'win32' and extra == 'more'", specifier = ">=3" },
]
provides-extras = ["more"]

[[package]]
name = "elsewhere"
version = "1.0"
source = { path = "../elsewhere-1.0-py3-none-any.whl" }
`,
	})
	context := contextOf(contents)
	context["wheels/hidden-1.0-py3-none-win_amd64.whl"] = files.Entry{Kind: files.Missing}
	p, err := newPlan(context, client{})
	require.NoError(t, err)
	assert.Empty(t, plan.First[plan.LockCheck](p).LocalFiles)
	assert.Equal(t, []plan.Stub{
		{Path: "wheels/hidden-1.0-py3-none-win_amd64.whl", Metadata: "Metadata-Version: 2.1\nName: hidden\nVersion: 1.0\nProvides-Extra: more\n" +
			"Requires-Dist: direct @ https://packages.example.com/direct-1.0-py3-none-any.whl \n" +
			"Requires-Dist: idna[all]>=3 ; sys_platform == 'win32' and extra == 'more'\n"},
		{Path: "../elsewhere-1.0-py3-none-any.whl", Metadata: "Metadata-Version: 2.1\nName: elsewhere\nVersion: 1.0\n"},
	}, plan.First[plan.LockCheck](p).Stubs)
}

// The check reads the versions of the lock, so that another one of the project
// is no reason to fail.
func TestLockCheckReadsTheVersionsOfTheLock(t *testing.T) {
	t.Parallel()
	planned := func(version string) *plan.Plan {
		contents := change(nil)
		require.Contains(t, contents["pyproject.toml"], `version = "1.0.0"`)
		contents["pyproject.toml"] = strings.Replace(contents["pyproject.toml"], `version = "1.0.0"`, `version = "`+version+`"`, 1)
		p, err := newPlan(contextOf(contents), client{})
		require.NoError(t, err)
		return p
	}
	same, other := planned("1.0.0"), planned("2.0")
	require.Len(t, plan.First[plan.LockCheck](other).Reduced, 1)
	assert.Equal(t, plan.First[plan.LockCheck](same).Reduced[0].Content, plan.First[plan.LockCheck](other).Reduced[0].Content)
	assert.False(t, plan.First[plan.LockCheck](same).Reduced[0].Altered)
	assert.True(t, plan.First[plan.LockCheck](other).Reduced[0].Altered)
	assert.Empty(t, plan.First[plan.LockCheck](same.Whole()).Reduced)
	assert.Equal(t, plan.First[plan.LockCheck](other).Reduced, plan.First[plan.LockCheck](other.Whole()).Reduced, "the version is not what a failure is about")
}

// A file of a folder that is an index is not missed when it is not there: only the
// wheel that is installed has to be.
func TestLockCheckWithoutFilesOfAnIndex(t *testing.T) {
	t.Parallel()
	set := contextOf(change(map[string]string{
		"uv.lock": locked("numbers", house+"wheels = [{ path = 'numbers-1.0-py3-none-any.whl' }, { path = 'numbers-1.0-cp314-cp314-win_amd64.whl' }]"),
		"wheel house/numbers-1.0-py3-none-any.whl": "x",
	}))
	set["wheel house/numbers-1.0-cp314-cp314-win_amd64.whl"] = files.Entry{Kind: files.Missing}
	p, err := newPlan(set, client{})
	require.NoError(t, err)
	assert.Equal(t, []string{"wheel house/numbers-1.0-py3-none-any.whl"}, plan.First[plan.LockCheck](p).LocalFiles)
	assert.Empty(t, plan.First[plan.LockCheck](p).Stubs)
}

// What a package is built from beside its folder is there for the check that builds
// it, each once, and without the files that say what is ignored.
func TestLockCheckBuildsBeside(t *testing.T) {
	t.Parallel()
	const dynamic = "version = '1.0'\ndynamic = ['dependencies']\n[build-system]\nrequires = ['plugin']\nbuild-backend = 'hatchling.build'\n[tool.uv.sources]\nplugin = { path = '../plugin' }\n[tool.hatch.version]\npath = '../VERSION'\n"
	contents := change(map[string]string{
		"uv.lock": baseLock + "[[package]]\nname = 'one'\nversion = '1.0'\nsource = { editable = 'one' }\n[[package]]\nname = 'two'\nversion = '1.0'\nsource = { editable = 'two' }\n" +
			"[[package]]\nname = 'three'\nversion = '1.0'\nsource = { editable = 'three' }\n",
		"one/pyproject.toml": "[project]\nname = 'one'\n" + dynamic, "two/pyproject.toml": "[project]\nname = 'two'\n" + dynamic + "[tool.hatch]\nmore = '../three'\n",
		"three/pyproject.toml": "[project]\nname = 'three'\n" + dynamic, "plugin/setup.py": "\n", "VERSION": "1.0\n", ".gitignore": "*.tmp\n",
	})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	paths := func(folders []plan.Folder) []string {
		var all []string
		for _, f := range folders {
			all = append(all, f.Path)
		}
		return all
	}
	check := plan.First[plan.LockCheck](p)
	assert.Equal(t, []string{"one", "two", "three"}, paths(check.Builds))
	assert.Equal(t, []string{"VERSION", "plugin"}, paths(check.Beside))
	assert.Equal(t, []string{"one/pyproject.toml", "plugin/setup.py", "pyproject.toml", "three/pyproject.toml", "two/pyproject.toml", "uv.lock"}, check.Files)
	require.Len(t, check.Reduced, 1, "what is built is there as it is")
	assert.Equal(t, "pyproject.toml", check.Reduced[0].Path)
}
