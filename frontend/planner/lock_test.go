package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// What may be upgraded is what a person asks for: nothing, all, or these packages.
func TestUpgrade(t *testing.T) {
	t.Parallel()
	for upgrade, want := range map[string][]string{
		"": nil, "all": {"--upgrade"}, "requests": {"--upgrade-package", "requests"},
		"requests,Own_Tools": {"--upgrade-package", "requests", "--upgrade-package", "Own_Tools"},
	} {
		p, err := newPlan(contextOf(base()), client{target: "lock", upgrade: upgrade})
		require.NoError(t, err)
		assert.Equal(t, want, plan.First[plan.Lock](p).Args, upgrade)
	}
}

// A resolution may ask the repositories that the projects name, and those that the
// lock has of packages of packages; it takes git only then.
func TestRepositoriesOfALock(t *testing.T) {
	t.Parallel()
	contents := base()
	p, err := newPlan(contextOf(contents), client{target: "lock"})
	require.NoError(t, err)
	assert.Empty(t, plan.First[plan.Lock](p).Repositories)

	contents["pyproject.toml"] += "[tool.uv.sources]\ntools = { git = 'https://example.com/tools.git', tag = 'v1' }\n"
	const commit = "#0123456789abcdef0123456789abcdef01234567"
	contents["uv.lock"] += "\n[[package]]\nname = 'tools'\nversion = '1'\nsource = { git = 'https://example.com/tools.git?tag=v1" + commit + "' }\n" +
		"\n[[package]]\nname = 'helper'\nversion = '1'\nsource = { git = 'ssh://git@example.com/helper.git?branch=main" + commit + "' }\n" +
		"\n[[package]]\nname = 'broken'\nversion = '1'\nsource = { git = 'https://example.com/broken.git' }\n"
	p, err = newPlan(contextOf(contents), client{target: "lock"})
	require.NoError(t, err)
	assert.Equal(t, []string{"https://example.com/tools.git", "ssh://git@example.com/helper.git"}, plan.First[plan.Lock](p).Repositories)
	delete(contents, "uv.lock")
	p, err = newPlan(contextOf(contents), client{target: "lock"})
	require.NoError(t, err)
	assert.Equal(t, []string{"https://example.com/tools.git"}, plan.First[plan.Lock](p).Repositories)
}

func TestMistakesInLocks(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name: "no runtime", client: client{target: "lock"}, files: map[string]string{"pyproject.toml": "[project]\nname = 'api'\nrequires-python = '>=3.16'\n[tool.uvlambda]\n", "uv.lock": ""},
			want: "pyproject.toml:3: requires-python (>=3.16 of api) excludes every Lambda runtime: allow one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9",
		},
		{
			name: "no runtime of a file", client: client{target: "lock"}, files: map[string]string{"pyproject.toml": "[project]\nname = 'api'\n[tool.uvlambda]\n", "uv.lock": "", ".python-version": "<3.9\n"},
			want: ".python-version:1: Lambda has no Python that is <3.9: write one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9 there, or set `python`",
		},
	})
}

// A base decides the Python of a lock too, so it is looked at.
func TestLockOnABase(t *testing.T) {
	t.Parallel()
	in, err := newInput(contextOf(based(ownBase, "handler = 'app.handler'\n")), client{target: "lock"})
	require.NoError(t, err)
	in.AssumePython = false
	_, err = planner.Decide(in)
	var unknown *planner.Unknown
	require.ErrorAs(t, err, &unknown)
	assert.Equal(t, ownBase, unknown.Base.Image.Ref)
	in.Bases = map[string]*planner.Base{ownBase: {Executable: "/usr/bin/python3", FullVersion: "3.13.5"}}
	assert.Equal(t, "3.13", decideAll(t, in).Plan.Python.Version)
}

// Settings under which no builder could lock are undone for the resolution, and no
// others are.
func TestSettingsThatALockUndoes(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string][]string{
		"": nil, "link-mode = 'copy'": nil, "offline = true": {"--no-offline"}, "no-build-isolation = true": {"--build-isolation"},
		"no-build-isolation-package = ['numbers']\noffline = true": {"--build-isolation", "--no-offline"},
	} {
		contents := base()
		contents["pyproject.toml"] += "[tool.uv]\n" + settings + "\n"
		p, err := newPlan(contextOf(contents), client{target: "lock"})
		require.NoError(t, err, settings)
		assert.Equal(t, want, plan.First[plan.Lock](p).Args, settings)
	}
}
