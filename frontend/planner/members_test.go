package planner_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

func TestMemberErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:  "member outside of the context",
			files: map[string]string{"uv.lock": locked("library", "source = { editable = '../library' }")},
			want:  "uv.lock:11: library is in ../library, outside of the build context: build with a context that holds it, and -f for this project",
		},
		{
			name:  "archive outside of the context",
			files: map[string]string{"uv.lock": locked("library", "source = { path = '../library-1.0-py3-none-any.whl' }\nwheels = [{ filename = 'library-1.0-py3-none-any.whl' }]")},
			want: "uv.lock:11: library is in ../library-1.0-py3-none-any.whl, outside of the build context: " +
				"build with a context that holds it, and -f for this project",
		},
		{
			name:   "file that is not there",
			files:  map[string]string{"uv.lock": locked("library", "source = { path = 'wheels/library-1.0-py3-none-any.whl' }\nwheels = [{ filename = 'library-1.0-py3-none-any.whl' }]")},
			absent: []string{"wheels/library-1.0-py3-none-any.whl"},
			want:   "uv.lock:11: library is in the file wheels/library-1.0-py3-none-any.whl, which the build context does not have: put it there",
		},
		{
			name:  "absolute member",
			files: map[string]string{"uv.lock": locked("library", "source = { directory = '/srv/library' }")},
			want:  "uv.lock:11: library is in /srv/library, outside of the build context: build with a context that holds it, and -f for this project",
		},
		{
			name: "malformed member",
			files: map[string]string{
				"uv.lock":                locked("library", "source = { directory = 'library' }"),
				"library/pyproject.toml": "[project]\nname = \n",
			},
			want: "library/pyproject.toml:2: malformed TOML: unexpected character U+000A at start of value: correct this line or the one before",
		},
	})
}

func TestMembersThatAreNotNeededMayBeOutside(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{"uv.lock": baseLock + "[[package]]\nname = 'library'\nsource = { editable = '../library' }\n"})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	assert.Empty(t, plan.All[plan.Member](p))
}

func TestMemberWithoutPyproject(t *testing.T) {
	t.Parallel()
	contents := change(map[string]string{
		"uv.lock":          locked("library", "source = { directory = 'library' }"),
		"library/setup.py": "from setuptools import setup\nsetup()\n",
	})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	require.Len(t, plan.All[plan.Member](p), 1)
	assert.True(t, plan.First[plan.Member](p).LegacySetuptools)
	assert.Equal(t, "uv.lock", p.Step(plan.KindMembers).Source.File)
	assert.Contains(t, plan.First[plan.LockCheck](p).Files, "library/setup.py")
}

// TestNestedMemberInAnOddFolder leaves a package's own folder out of the
// sources of the one around it, and no other that its name would match.
func TestNestedMemberInAnOddFolder(t *testing.T) {
	t.Parallel()
	const built = "[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
	contents := change(map[string]string{
		"pyproject.toml":                 base()["pyproject.toml"] + built,
		"uv.lock":                        strings.Replace(locked("library", "source = { directory = 'libs/core [old]' }"), "virtual", "editable", 1),
		"libs/core [old]/pyproject.toml": "[project]\nname = 'library'\nversion = '1'\n" + built,
		"api/__init__.py":                "",
	})
	p, err := newPlan(contextOf(contents), client{})
	require.NoError(t, err)
	require.Len(t, plan.All[plan.Member](p), 2)
	assert.Contains(t, plan.First[plan.Member](p).Exclude, `libs/core [\[]old[\]]`)
	assert.Equal(t, "libs/core [old]", plan.All[plan.Member](p)[1].Path)
}
