package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

const house = "source = { registry = 'wheel house' }\n"

// A package from a folder of wheels is installed by the path of its best wheel,
// for which nothing is exported; the check of the lock reads all its files.
func TestLocalIndex(t *testing.T) {
	t.Parallel()
	files := "wheels = [{ path = 'numbers-1.0-cp314-cp314-manylinux_2_28_x86_64.whl' }, { path = 'old/numbers-1.0-py3-none-any.whl' }, { path = 'numbers-1.0-cp314-cp314-win_amd64.whl' }]\n" +
		"sdist = { path = 'numbers-1.0.tar.gz' }"
	p, err := newPlan(contextOf(change(map[string]string{"uv.lock": locked("numbers", house+files)})), client{})
	require.NoError(t, err)
	assert.Nil(t, plan.First[plan.Export](p))
	assert.Nil(t, plan.First[plan.Dependencies](p))
	require.Len(t, plan.All[plan.Member](p), 1)
	assert.Equal(t, []any{"wheel house/numbers-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", true}, []any{plan.First[plan.Member](p).Path, plan.First[plan.Member](p).IsFile})
	assert.Equal(t, []string{
		"wheel house/numbers-1.0-cp314-cp314-manylinux_2_28_x86_64.whl", "wheel house/old/numbers-1.0-py3-none-any.whl",
		"wheel house/numbers-1.0-cp314-cp314-win_amd64.whl", "wheel house/numbers-1.0.tar.gz",
	}, plan.First[plan.LockCheck](p).LocalFiles)

	p, err = newPlan(contextOf(change(map[string]string{"uv.lock": locked("numbers", house+files)})), client{platform: "linux/arm64"})
	require.NoError(t, err)
	assert.Equal(t, "wheel house/old/numbers-1.0-py3-none-any.whl", plan.First[plan.Member](p).Path)

	p, err = newPlan(contextOf(change(map[string]string{"uv.lock": locked("numbers", house+"sdist = { path = 'numbers-1.0.tar.gz' }")})), client{})
	require.NoError(t, err)
	assert.Equal(t, "wheel house/numbers-1.0.tar.gz", plan.First[plan.Member](p).Path)
}

func TestLocalIndexBesideAnother(t *testing.T) {
	t.Parallel()
	lock := locked("numbers", house+"wheels = [{ path = 'numbers-1.0-py3-none-any.whl' }]\ndependencies = [{ name = 'words' }]") +
		"\n[[package]]\nname = 'words'\nversion = '1.0'\n" + index + "wheels = [{ url = 'https://packages.example.com/words-1.0-py3-none-any.whl', hash = 'sha256:00' }]\n"
	p, err := newPlan(contextOf(change(map[string]string{"uv.lock": lock})), client{})
	require.NoError(t, err)
	assert.Equal(t, 1, plan.First[plan.Dependencies](p).Packages)
	assert.Equal(t, []string{"--no-emit-package", "numbers"}, plan.First[plan.Export](p).Args)
	assert.Equal(t, "wheel house/numbers-1.0-py3-none-any.whl", plan.First[plan.Member](p).Path)
}

func TestLocalIndexErrors(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name: "absolute",
			files: map[string]string{"uv.lock": locked("numbers",
				"source = { registry = '/home/me/house' }\nwheels = [{ path = '/home/me/house/numbers-1.0-py3-none-any.whl' }]")},
			want: "uv.lock:11: numbers is in /home/me/house, an absolute path, which a build does not have: name it relative to pyproject.toml in [tool.uv], and lock again",
		},
		{
			name: "outside",
			files: map[string]string{"uv.lock": locked("numbers",
				"source = { registry = '../house' }\nwheels = [{ path = 'numbers-1.0-py3-none-any.whl' }]")},
			want: "uv.lock:11: numbers is in ../house/numbers-1.0-py3-none-any.whl, outside of the build context: build with a context that holds it, and -f for this project",
		},
		{
			name:  "no wheel for the target",
			files: map[string]string{"uv.lock": locked("numbers", house+"wheels = [{ path = 'numbers-1.0-cp314-cp314-win_amd64.whl' }]")},
			want: "uv.lock:11: 1 of the locked packages cannot be installed on linux/amd64 with Python 3.14 (glibc 2.34):\n" +
				"  numbers 1.0 <- your dependencies: it has wheels for win_amd64\nno other Python would do: lock versions that have such a wheel, or depend on packages that have one",
		},
	})
}
