package planner_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// Places of packages that a build does not have are refused, and passwords, which
// no message repeats.
func TestBuildArgumentErrors(t *testing.T) {
	t.Parallel()
	const index = ", relative to that file, and lock again"
	const none = "names a place that is no URL with https or http, which a build does not have: name it in pyproject.toml by "
	const password = "holds a password, which would be kept in the records of the build: take it out, and "
	const unnamed = password + "give the index a name (UV_INDEX=NAME=URL) and its password as the build secret UV_INDEX_<NAME>_PASSWORD, or pass --secret id=netrc"
	for arg, want := range map[[2]string]string{
		{"UV_DEFAULT_INDEX", "file:///home/me/simple"}:                        none + "[[tool.uv.index]] with `name` and `url` and `default = true`" + index,
		{"UV_INDEX", "own=./house"}:                                           none + "[[tool.uv.index]] with `name` and `url`" + index,
		{"UV_FIND_LINKS", "https://example.com/links,./wheels"}:               none + "`find-links` of [tool.uv]" + index,
		{"UV_INDEX", "own=https://me:hunter2@packages.example.com/simple"}:    password + "pass it as the build secret UV_INDEX_OWN_PASSWORD",
		{"UV_EXTRA_INDEX_URL", "https://a.example.com https://a:hunter2@b/c"}: unnamed,
		{"UV_INDEX_URL", "https://me:hunter2@packages.example.com/simple"}:    unnamed,
		{"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_APY", "1.0"}:                     "is for no package of the repository: did you mean \"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_API\"?",
		{"UPGRADE", "all"}: "",
		{"HTTPS_PROXY", "http://me:hunter2@proxy.example.com"}: "",
	} {
		in, err := newInput(contextOf(base()), client{})
		require.NoError(t, err)
		in.BuildArgs = map[string]string{arg[0]: arg[1]}
		_, err = planner.Decide(in)
		if want == "" {
			require.NoError(t, err, arg)
			continue
		}
		require.EqualError(t, err, "pyproject.toml:7: the build argument "+arg[0]+" "+want)
		assert.NotContains(t, err.Error(), "hunter2")
	}
}

// scmWorkspace is a function with two packages whose version git would tell, and
// one with its own.
func scmWorkspace() map[string]string {
	contents := change(map[string]string{"uv.lock": baseLock +
		"dependencies = [{ name = 'big-words' }, { name = 'numbers' }, { name = 'fixed' }]\n" +
		"\n[[package]]\nname = 'big-words'\nsource = { directory = 'words' }\n" +
		"\n[[package]]\nname = 'numbers'\nsource = { directory = 'numbers' }\n" +
		"\n[[package]]\nname = 'fixed'\nversion = '1.0'\nsource = { directory = 'fixed' }\n"})
	const build = "\n[build-system]\nrequires = ['setuptools', 'setuptools-scm']\nbuild-backend = 'setuptools.build_meta'\n"
	contents["words/pyproject.toml"] = "[project]\nname = 'big.words'\ndynamic = ['version']\n" + build
	contents["numbers/pyproject.toml"] = "[project]\nname = 'numbers'\ndynamic = ['version', 'dependencies']\n" + build
	contents["fixed/pyproject.toml"] = "[project]\nname = 'fixed'\nversion = '1.0'\n" + build
	return contents
}

// A pretended version reaches the steps that build the package which it names, and
// no others: other steps would run again when it changes.
func TestPretendedVersions(t *testing.T) {
	t.Parallel()
	const all, words = "SETUPTOOLS_SCM_PRETEND_VERSION", "SETUPTOOLS_SCM_PRETEND_VERSION_FOR_BIG_WORDS"
	decide := func(args map[string]string, c client) *plan.Plan {
		in, err := newInput(contextOf(scmWorkspace()), c)
		require.NoError(t, err)
		in.BuildArgs, in.Undescribed = args, true
		p, err := planned(in)
		require.NoError(t, err)
		return p
	}
	// Backends know no variable for a package by its name, or have others.
	told := func(version string, given map[string]string) map[string]string {
		variables := maps.Clone(given)
		for _, name := range project.VersionVariables() {
			if variables[name] == "" {
				variables[name] = version
			}
		}
		return variables
	}
	of := func(p *plan.Plan) map[string]map[string]string {
		steps := map[string]map[string]string{"check": plan.First[plan.LockCheck](p).Variables}
		for _, m := range plan.All[plan.Member](p) {
			steps[m.Name] = m.Variables
		}
		maps.DeleteFunc(steps, func(_ string, variables map[string]string) bool { return len(variables) == 0 })
		return steps
	}
	one, other := map[string]string{words: "2.0"}, map[string]string{all: "1.5"}
	assert.Empty(t, of(decide(nil, client{})))
	assert.Equal(t, map[string]map[string]string{"big-words": told("2.0", one)}, of(decide(one, client{})))
	// The dependencies of numbers are dynamic too: the check of the lock builds it.
	assert.Equal(t, map[string]map[string]string{"big-words": told("1.5", other), "numbers": told("1.5", other), "check": told("1.5", other)}, of(decide(other, client{})))
	both := map[string]string{words: "2.0", all: "1.5"}
	assert.Equal(t, told("2.0", both), of(decide(both, client{}))["big-words"])
	pdm := map[string]string{"PDM_BUILD_SCM_VERSION": "4.0"}
	assert.Equal(t, told("4.0", pdm), of(decide(pdm, client{}))["numbers"])
	assert.Equal(t, both, plan.First[plan.Lock](decide(both, client{target: "lock"})).Variables)
}

// Indexes of build arguments reach the steps that ask an index, and have secrets.
func TestIndexesOfBuildArguments(t *testing.T) {
	t.Parallel()
	args := map[string]string{"UV_DEFAULT_INDEX": "https://mirror.example.com/simple", "UV_INDEX": "own=https://packages.example.com/simple https://b.example.com", "UV_FIND_LINKS": ""}
	used := maps.Clone(args)
	delete(used, "UV_FIND_LINKS")
	in, err := newInput(contextOf(change(map[string]string{"uv.lock": locked("numbers", index+"wheels = [{ url = 'https://packages.example.com/numbers-1.0-py3-none-any.whl', hash = 'sha256:00' }]")})), client{})
	require.NoError(t, err)
	in.BuildArgs = args
	p, err := planned(in)
	require.NoError(t, err)
	assert.Equal(t, used, plan.First[plan.LockCheck](p).Variables)
	assert.Equal(t, used, plan.First[plan.Dependencies](p).Variables)
	installing := p.Steps[slices.IndexFunc(p.Steps, func(s plan.Step) bool { return s.Kind == plan.KindDependencies })]
	assert.Equal(t, []plan.Secret{
		{ID: "UV_INDEX_OWN_USERNAME", Env: "UV_INDEX_OWN_USERNAME"}, {ID: "UV_INDEX_OWN_PASSWORD", Env: "UV_INDEX_OWN_PASSWORD"},
	}, installing.Secrets)
	assert.Equal(t, []project.NamedIndex{
		{URL: "https://mirror.example.com/simple"}, {Name: "own", URL: "https://packages.example.com/simple"}, {URL: "https://b.example.com"},
	}, in.IndexesOfArgs())
	in.BuildCommand = "uvlambda build"
	assert.Equal(t, "uvlambda build --build-arg UV_DEFAULT_INDEX=https://mirror.example.com/simple "+
		"--build-arg 'UV_INDEX=own=https://packages.example.com/simple https://b.example.com' --target lock -o . .", in.LockCommand())
}

// Credentials can be given for indexes of arguments beside the workspace's, each once;
// a place without a name has none.
func TestNamedIndexesOfBuildArguments(t *testing.T) {
	t.Parallel()
	contents := base()
	contents["pyproject.toml"] += "[[tool.uv.index]]\nname = 'our-own'\nurl = 'https://packages.example.com/simple'\n"
	in, err := newInput(contextOf(contents), client{})
	require.NoError(t, err)
	in.BuildArgs = map[string]string{
		"UV_DEFAULT_INDEX": "Our_Own=https://mirror.example.com", "UV_INDEX": "theirs=https://a.example.com https://b.example.com?c=d", "UV_EXTRA_INDEX_URL": "THEIRS=https://c.example.com", "UPGRADE": "x=https://d.example.com",
	}
	var names []string
	for _, index := range in.NamedIndexes() {
		names = append(names, index.Name+" "+index.URL)
	}
	assert.Equal(t, []string{"our-own https://packages.example.com/simple", "THEIRS https://c.example.com"}, names)
	all := in.IndexesOfArgs()
	assert.Equal(t, project.NamedIndex{URL: "https://b.example.com?c=d"}, all[len(all)-1], "an equals sign in a URL is no name")
}

// Without a lock nobody knows which packages there are.
func TestPretendedVersionWithoutALock(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(change(map[string]string{"uv.lock": ""})), client{target: "lock"})
	require.NoError(t, err)
	in.BuildArgs = map[string]string{"SETUPTOOLS_SCM_PRETEND_VERSION_FOR_APY": "1.0"}
	p, err := planned(in)
	require.NoError(t, err)
	assert.Equal(t, in.BuildArgs, plan.First[plan.Lock](p).Variables)
}
