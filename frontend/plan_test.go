package frontend

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/fixture"
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

func TestPlan(t *testing.T) {
	t.Parallel()
	dir := write(t, fixture.Shop())
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
		"base = 'registry.example.com/python'\n": {"LockStale", "RuntimeDeprecated", "UnpinnedImage"},
		"base = 'registry.example.com/python'\ncheck.skip = ['LockStale', 'RuntimeDeprecated', 'UnpinnedImage']\n": nil,
	} {
		contents := fixture.Shop()
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
		contents := fixture.Shop()
		contents["services/orders/pyproject.toml"] += keys
		plans, err := Plan(t.Context(), write(t, contents), PlanOptions{Filename: "services/orders/pyproject.toml"})
		require.NoError(t, err)
		assert.Equal(t, want, plans[0].Platform)
	}
}

func TestPlanOfALock(t *testing.T) {
	t.Parallel()
	contents := fixture.Shop()
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
			"pyproject.toml: the build file cannot be read (no such file or directory): check -f, and that the file is in the context",
		},
		{
			"build file outside", nil, PlanOptions{Filename: "../pyproject.toml"},
			"../pyproject.toml: the build file cannot be read (it is outside of the build context): check -f, and that the file is in the context",
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
			"wrong platform", map[string]string{"pyproject.toml": fixture.Orders}, PlanOptions{Platforms: []string{"a/b/c/d"}},
			`platform a/b/c/d: "a/b/c/d": cannot parse platform specifier: invalid argument: use linux/amd64 or linux/arm64`,
		},
		{
			"no lock", map[string]string{"pyproject.toml": fixture.Orders}, PlanOptions{},
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
