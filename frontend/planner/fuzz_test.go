package planner_test

import (
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

// FuzzNew plans arbitrary projects: whatever the files hold, there is either a
// plan or an error with a place.
func FuzzNew(f *testing.F) {
	f.Add(base()["pyproject.toml"], baseLock, "3.13\n", false)
	f.Add(baseProject+"[tool.uvlambda]\ninclude = ['a', { from = 'app.py', to = '.' }]\nexclude = ['!a/[', '**']\ngroups = ['g']\n",
		locked("numbers", index+"sdist = { url = 'x' }"), "", true)
	f.Add("[tool.uv.workspace]\n[tool.uvlambda]\npackage = 'a'\n", "version = 1\n[[package]]\nname = 'a'\nsource = { directory = '/a/..' }\n", "x", false)
	archives, err := filepath.Glob("testdata/*.txtar")
	require.NoError(f, err)
	for _, archive := range archives {
		contents := readFixture(f, archive).contents
		f.Add(contents["pyproject.toml"], contents["uv.lock"], contents[".python-version"], false)
	}
	f.Fuzz(func(t *testing.T, pyproject, lock, version string, lockOnly bool) {
		contents := map[string]string{
			"pyproject.toml": pyproject, "uv.lock": lock, ".python-version": version,
			"app.py": handlerCode, "library/pyproject.toml": pyproject,
		}
		if version == "" {
			delete(contents, ".python-version")
		}
		c := client{platform: "linux/arm64"}
		if lockOnly {
			delete(contents, "uv.lock")
			c.target = "lock"
		}
		p, err := newPlan(contextOf(contents), c)
		require.Equal(t, err == nil, p != nil)
		if err != nil {
			requireLocated(t, err)
		}
	})
}
