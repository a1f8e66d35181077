package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// Where packages are built decides whether what they compile runs on Lambda, and
// whether a build takes minutes or hours.
func TestWherePackagesAreBuilt(t *testing.T) {
	t.Parallel()
	const slow = "packages are built for linux/arm64 by emulation on linux/amd64, which takes many times as long: build on a machine of that platform, or give these packages wheels"
	source, wheel := lockOf(pkg("a", []string{"sdist"})), lockOf(pkg("a", []string{"py3-none-any"}))
	for name, tt := range map[string]struct {
		lock     string
		builder  bool
		runnable []string
		on       plan.Machine
		warning  string
	}{
		"no builder":                {source, false, []string{"linux/amd64", "linux/arm64"}, "", ""},
		"machine that is not known": {source, true, nil, plan.Build, ""},
		"another machine":           {source, true, []string{"linux/amd64"}, plan.Build, ""},
		"the target's machine":      {source, true, []string{"linux/arm64", "linux/amd64"}, plan.Target, ""},
		"emulation":                 {source, true, []string{"linux/amd64", "linux/arm64"}, plan.Target, slow},
		"nothing to build":          {wheel, true, []string{"linux/amd64", "linux/arm64"}, plan.Target, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table := keys("handler = 'app.handler'")
			if tt.builder {
				table = keys("handler = 'app.handler'\nbuilder = 'registry.example.com/sam:3.14'")
			}
			p, err := newPlan(contextOf(change(with(table, "uv.lock", tt.lock))), client{platform: "linux/arm64", runnable: tt.runnable})
			require.NoError(t, err)
			assert.Equal(t, tt.on, p.BuilderOn)
			if tt.lock == source {
				assert.Equal(t, tt.builder, plan.First[plan.Package](p).InBuilder)
			} else {
				assert.False(t, plan.First[plan.Dependencies](p).InBuilder)
			}
			at := plan.Location{File: "pyproject.toml", Line: 9, EndLine: 9}
			if tt.builder {
				assert.Equal(t, &plan.Image{Ref: "registry.example.com/sam:3.14", Source: at}, p.Builder)
			} else {
				assert.Nil(t, p.Builder)
			}
			if tt.warning == "" {
				assert.Empty(t, p.Warnings)
				return
			}
			assert.Equal(t, []plan.Warning{{Message: tt.warning, Source: at}}, p.Warnings)
		})
	}
}

// Members and packages from git are built too, and so in the builder, and large
// wheels are not.
func TestWhatIsBuiltInTheBuilder(t *testing.T) {
	t.Parallel()
	lock := baseLock + "dependencies = [{ name = 'big' }, { name = 'library' }, { name = 'tools' }]\n" +
		"\n[[package]]\nname = 'big'\nversion = '1'\n" + index + "wheels = [{ url = 'https://packages.example.com/big-1-py3-none-any.whl', hash = 'sha256:00', size = 99000000 }]\n" +
		"\n[[package]]\nname = 'library'\nversion = '1'\nsource = { editable = 'library' }\n" +
		"\n[[package]]\nname = 'tools'\nversion = '1'\nsource = { git = 'https://example.com/tools.git#0123456789abcdef0123456789abcdef01234567' }\n"
	for _, builder := range []bool{false, true} {
		table := "handler = 'app.handler'"
		if builder {
			table += "\nbuilder = 'registry.example.com/sam:3.14'"
		}
		p, err := newPlan(contextOf(change(with(keys(table), "uv.lock", lock, "library/pyproject.toml", libraryProject))), client{})
		require.NoError(t, err)
		assert.Equal(t, builder, plan.First[plan.Member](p).InBuilder)
		assert.Equal(t, builder, plan.First[plan.Git](p).InBuilder)
		assert.False(t, plan.First[plan.Package](p).InBuilder)
		assert.Equal(t, builder, p.BuildsInBuilder())
	}
}
