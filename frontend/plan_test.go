package frontend

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

// write makes a folder with these files.
func write(t *testing.T, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range contents {
		file := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return dir
}

// shop is a workspace with a function and a library.
func shop() map[string]string {
	return map[string]string{
		"pyproject.toml":                 "[tool.uv.workspace]\nmembers = ['services/*', 'library']\n",
		"uv.lock":                        lock,
		"library/pyproject.toml":         "[project]\nname = 'library'\n",
		"services/orders/pyproject.toml": function,
		"services/orders/app.py":         "def handler(event, context): ...\n",
	}
}

func TestPlan(t *testing.T) {
	t.Parallel()
	dir := write(t, shop())
	for _, name := range []string{"services/orders/pyproject.toml", "./services/orders/pyproject.toml"} {
		plans, err := Plan(t.Context(), dir, PlanOptions{
			Filename: name, Platforms: []string{"linux/amd64", "linux/arm64"}, Labels: map[string]string{"team": "shop"},
		})
		require.NoError(t, err)
		require.Len(t, plans, 2)
		assert.Equal(t, "linux/amd64", plans[0].Platform)
		assert.Equal(t, "linux/arm64", plans[1].Platform)
		assert.Equal(t, "shop", plans[1].Config.Labels["team"])
		assert.Equal(t, "services/orders/app.py", plan.First[plan.App](&plans[1]).Copies[0].From)
		assert.Equal(t, "services/orders/pyproject.toml", plans[1].Step(plan.KindApp).Source.File)
	}
}

// A plan has the warnings of a build, less those that are skipped.
func TestPlanWarnings(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string][]string{
		"base = 'python'\n": {"RuntimeDeprecated", "UnpinnedImage"},
		"base = 'python'\ncheck.skip = ['RuntimeDeprecated', 'UnpinnedImage']\n": nil,
	} {
		contents := shop()
		contents["services/orders/pyproject.toml"] += keys
		plans, err := Plan(t.Context(), write(t, contents), PlanOptions{
			Filename: "services/orders/pyproject.toml", Today: time.Date(2035, time.January, 1, 0, 0, 0, 0, time.UTC),
		})
		require.NoError(t, err)
		var rules []string
		for _, w := range plans[0].Warnings {
			rules = append(rules, w.Rule)
		}
		assert.Equal(t, want, rules, keys)
	}
}

func TestPlanPlatform(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]string{"": "linux/amd64", "architecture = 'arm64'\n": "linux/arm64", "architecture = 'x86_64'\n": "linux/amd64"} {
		contents := shop()
		contents["services/orders/pyproject.toml"] += keys
		plans, err := Plan(t.Context(), write(t, contents), PlanOptions{Filename: "services/orders/pyproject.toml"})
		require.NoError(t, err)
		assert.Equal(t, want, plans[0].Platform)
	}
}

func TestPlanOfALock(t *testing.T) {
	t.Parallel()
	contents := shop()
	delete(contents, "uv.lock")
	plans, err := Plan(t.Context(), write(t, contents), PlanOptions{Filename: "services/orders/pyproject.toml", Target: "lock"})
	require.NoError(t, err)
	assert.Equal(t, plan.OutputLock, plans[0].Output)
	assert.Equal(t, ".", plan.First[plan.Lock](&plans[0]).Root)
}

func TestPlanErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name  string
		files map[string]string
		opts  PlanOptions
		want  string
	}{
		{
			"no build file", nil, PlanOptions{},
			"reading the build file: openat pyproject.toml: no such file or directory: check -f, and that the file is in the context",
		},
		{
			"build file outside", nil, PlanOptions{Filename: "../pyproject.toml"},
			"reading the build file: openat ../pyproject.toml: path escapes from parent: check -f, and that the file is in the context",
		},
		{
			"malformed build file", map[string]string{"pyproject.toml": "[tool\n"}, PlanOptions{},
			"pyproject.toml:1: malformed TOML: ",
		},
		{
			"wrong key", map[string]string{"pyproject.toml": "[tool.uvlambda]\nhandlr = 'a.b'\n"}, PlanOptions{},
			`pyproject.toml:2: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`,
		},
		{
			"wrong platform", map[string]string{"pyproject.toml": function}, PlanOptions{Platforms: []string{"a/b/c/d"}},
			`platform a/b/c/d: "a/b/c/d": cannot parse platform specifier: invalid argument: use linux/amd64 or linux/arm64`,
		},
		{
			"no lock", map[string]string{"pyproject.toml": function}, PlanOptions{},
			"pyproject.toml:1: uv.lock is missing: write it with `uv lock`, or without uv by `uvlambda build --target lock -o . .`",
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := Plan(t.Context(), write(t, test.files), test.opts)
			require.ErrorContains(t, err, test.want)
		})
	}
	_, err := Plan(t.Context(), filepath.Join(t.TempDir(), "gone"), PlanOptions{})
	require.ErrorIs(t, err, os.ErrNotExist)
	require.ErrorContains(t, err, "opening the build context: ")
}

func TestLocalContext(t *testing.T) {
	t.Parallel()
	dir := write(t, map[string]string{
		"pyproject.toml": "a", "b/pyproject.toml": "b", "b/c/pyproject.toml": "c", "b/other.toml": "",
		".venv/pyproject.toml": "", "b/node_modules/x/pyproject.toml": "", ".git/pyproject.toml": "",
	})
	for link, target := range map[string]string{"inside": "b/pyproject.toml", "outside": "../elsewhere", "absolute": dir, "dangling": "gone"} {
		require.NoError(t, os.Symlink(target, filepath.Join(dir, link)))
	}
	root, err := os.OpenRoot(dir)
	require.NoError(t, err)
	defer root.Close()
	local, err := openLocal(root, "pyproject.toml")
	require.NoError(t, err)
	c := local.files()

	found, err := c.Find(t.Context(), "pyproject.toml")
	require.NoError(t, err)
	assert.Equal(t, []string{"b/c/pyproject.toml", "b/pyproject.toml", "pyproject.toml"}, found)

	set, err := c.Read(t.Context(), []string{"pyproject.toml", "gone", "inside", "outside", "../x"})
	require.NoError(t, err)
	assert.Equal(t, files.Set{
		"pyproject.toml": {Kind: files.Regular, Data: []byte("a")}, "inside": {Kind: files.Regular, Data: []byte("b")},
		"gone": {}, "outside": {}, "../x": {},
	}, set)

	set, err = c.Stat(t.Context(), []string{"pyproject.toml", "b", "gone", "inside", "outside", "absolute", "dangling"})
	require.NoError(t, err)
	assert.Equal(t, files.Set{
		"pyproject.toml": {Kind: files.Regular}, "inside": {Kind: files.Regular}, "b": {Kind: files.Folder},
		"gone": {}, "dangling": {},
		"outside": {Kind: files.Outside, Link: "../elsewhere"}, "absolute": {Kind: files.Outside, Link: dir},
	}, set)
}
