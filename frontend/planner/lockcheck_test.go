package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

func TestLockCheckReadsArchives(t *testing.T) {
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
	assert.Equal(t, []string{"wheels/unused-1.0-py3-none-any.whl"}, p.LockCheck.Archives)
	assert.Empty(t, p.LockCheck.Builds)
	assert.Empty(t, p.Members)
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
				builds = []plan.Folder{{Path: "library", Exclude: p.Members[0].Exclude}}
			}
			assert.Equal(t, builds, p.LockCheck.Builds)
		})
	}
}
