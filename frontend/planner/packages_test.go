package planner_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// sizedLock is a lock of the base project with packages of these sizes, called a0,
// a1 and so on.
func sizedLock(sizes ...int) string {
	var dependencies, packages strings.Builder
	for i, size := range sizes {
		fmt.Fprintf(&dependencies, "{ name = \"a%d\" },", i)
		fmt.Fprintf(&packages, "\n[[package]]\nname = \"a%[1]d\"\nversion = \"1\"\nsource = { registry = \"https://pypi.example.com/simple\" }\n"+
			"wheels = [{ url = \"https://files.example.com/a%[1]d-1-py3-none-any.whl\", hash = \"sha256:%02[1]x\", size = %[2]d }]\n", i, size)
	}
	return baseLock + "dependencies = [" + dependencies.String() + "]\n" + packages.String()
}

// stepNames are the names of a plan's steps.
func stepNames(p *plan.Plan) []string {
	var names []string
	for _, st := range p.Steps {
		names = append(names, st.Name)
	}
	return names
}

// TestWhichPackagesAreAlone: a package is alone by its size, whatever else there
// is, and past the most layers the smallest join the rest.
func TestWhichPackagesAreAlone(t *testing.T) {
	t.Parallel()
	const large = project.LargeWheel
	many := []int{1}
	for i := range 42 {
		many = append(many, large+i)
	}
	tests := []struct {
		name  string
		sizes []int
		alone []string
		rest  int
	}{
		{"none is large", []int{large - 1, 1}, nil, 2},
		{"one is large", []int{large, 1}, []string{"a0"}, 1},
		{"all are large", []int{large, large + 1}, []string{"a0", "a1"}, 0},
		{"more than layers", many, nil, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			p, err := newPlan(contextOf(change(map[string]string{"uv.lock": sizedLock(tt.sizes...)})), client{})
			require.NoError(t, err)
			var alone []string
			for _, work := range plan.All[plan.Package](p) {
				alone = append(alone, work.Name)
			}
			rest, export := plan.First[plan.Dependencies](p), plan.First[plan.Export](p)
			if tt.rest == 0 {
				assert.Nil(t, rest)
				assert.Nil(t, export)
				assert.NotContains(t, stepNames(p), "export")
			} else {
				assert.Equal(t, tt.rest, rest.Packages)
				assert.Len(t, export.Args, 2*len(alone))
			}
			if len(tt.sizes) < 10 {
				assert.Equal(t, tt.alone, alone)
				return
			}
			assert.Len(t, alone, 40)
			assert.NotContains(t, alone, "a1", "the smallest of the large packages")
			assert.NotContains(t, alone, "a2")
			assert.IsIncreasing(t, alone)
		})
	}
}

// TestPackageIsTheSameInEveryProject: nothing of a project is in the work of a
// large package, so that a builder has it once.
func TestPackageIsTheSameInEveryProject(t *testing.T) {
	t.Parallel()
	work := func(contents map[string]string) *plan.Package {
		p, err := newPlan(contextOf(contents), client{})
		require.NoError(t, err)
		require.NotNil(t, plan.First[plan.Package](p))
		assert.Empty(t, p.Step(plan.KindPackage).Takes)
		assert.Empty(t, p.Step(plan.KindPackage).Reads)
		assert.Empty(t, p.Step(plan.KindPackage).Secrets)
		return plan.First[plan.Package](p)
	}
	one := change(map[string]string{"uv.lock": sizedLock(project.LargeWheel)})
	other := change(map[string]string{"uv.lock": strings.Replace(sizedLock(project.LargeWheel, 1, 2), `name = "api"`, `name = "shop"`, 1)})
	other["pyproject.toml"] = strings.Replace(one["pyproject.toml"], `name = "api"`, `name = "shop"`, 1) +
		"[tool.uv]\nno-build-package = [\"a1\"]\nexclude-newer = \"2026-01-01\"\n[[tool.uv.index]]\nname = \"private\"\nurl = \"https://private.example.com/simple\"\n"
	assert.Equal(t, work(one), work(other))
}

// A large package asks the index that it is from, with that index's credentials and no
// others, so that it is the same step in every project.
func TestIndexOfALargePackage(t *testing.T) {
	t.Parallel()
	const own = "[[tool.uv.index]]\nname = 'own'\nurl = 'https://pypi.example.com/simple'\n[[tool.uv.index]]\nname = 'other'\nurl = 'https://other.example.com/simple'\n"
	secret := func(names ...string) []string {
		var all []string
		for _, name := range names {
			all = append(all, "UV_INDEX_"+name+"_USERNAME", "UV_INDEX_"+name+"_PASSWORD")
		}
		return all
	}
	for name, tt := range map[string]struct {
		settings  string
		args      map[string]string
		variables map[string]string
		secrets   []string
	}{
		"public":                {"", nil, nil, nil},
		"of the project":        {own, nil, nil, secret("OWN")},
		"of an argument":        {"", map[string]string{"UV_INDEX": "mine=https://pypi.example.com/simple/"}, map[string]string{"UV_INDEX": "mine=https://pypi.example.com/simple/"}, secret("MINE")},
		"without a name":        {"", map[string]string{"UV_DEFAULT_INDEX": "https://pypi.example.com/simple"}, map[string]string{"UV_DEFAULT_INDEX": "https://pypi.example.com/simple"}, nil},
		"of another argument":   {"", map[string]string{"UV_INDEX": "mine=https://other.example.com/simple"}, nil, nil},
		"of both":               {own, map[string]string{"UV_INDEX": "own=https://pypi.example.com/simple"}, map[string]string{"UV_INDEX": "own=https://pypi.example.com/simple"}, secret("OWN")},
		"of both, by two names": {own, map[string]string{"UV_INDEX": "mine=https://pypi.example.com/simple"}, map[string]string{"UV_INDEX": "mine=https://pypi.example.com/simple"}, secret("OWN", "MINE")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			contents := change(map[string]string{"uv.lock": sizedLock(project.LargeWheel)})
			contents["pyproject.toml"] += tt.settings
			in, err := newInput(contextOf(contents), client{})
			require.NoError(t, err)
			in.BuildArgs = tt.args
			p := decideAll(t, in).Plan
			assert.Equal(t, tt.variables, plan.First[plan.Package](p).Variables)
			var secrets []string
			for _, s := range p.Step(plan.KindPackage).Secrets {
				secrets = append(secrets, s.ID)
			}
			assert.Equal(t, tt.secrets, secrets)
		})
	}
}

// A step points at the line that asks for its package, or at the project when no line
// of it does.
func TestLinesOfPackages(t *testing.T) {
	t.Parallel()
	lock := sizedLock(project.LargeWheel)
	lock = strings.Replace(lock, "dependencies = [", "dependencies = [{ name = 'tools' }, ", 1) + "\n[[package]]\nname = 'tools'\nversion = '1'\nsource = { git = 'https://example.com/tools.git#0123456789abcdef0123456789abcdef01234567' }\n"
	for dependencies, want := range map[string]int{"dependencies = [\n  'a0',\n  'tools',\n]": 1, "dependencies = []": 0} {
		contents := change(map[string]string{"uv.lock": lock})
		contents["pyproject.toml"] = strings.Replace(contents["pyproject.toml"], "dependencies = []", dependencies, 1)
		p, err := newPlan(contextOf(contents), client{})
		require.NoError(t, err)
		assert.Equal(t, []int{5 + want, 5 + 2*want}, []int{p.Step(plan.KindPackage).Source.Line, p.Step(plan.KindGit).Source.Line}, dependencies)
	}
}

// Of more packages than there are layers for, those that are built keep theirs: what is
// left is a large wheel, or a package that is built with the others, in the builder too.
func TestPackagesPastTheLayers(t *testing.T) {
	t.Parallel()
	var many [][]string
	for i := range 40 {
		many = append(many, pkg(fmt.Sprintf("b%02d", i), []string{"sdist"}))
	}
	wheel := lockOf(append(slices.Clone(many), pkg("a", []string{"py3-none-any"}))...)
	wheel = strings.Replace(wheel, "a-1.0-py3-none-any.whl', hash = 'sha256:00'", fmt.Sprintf("a-1.0-py3-none-any.whl', hash = 'sha256:00', size = %d", 10*project.LargeWheel), 1)
	source := lockOf(append(slices.Clone(many), pkg("c", []string{"sdist"}))...)
	for _, tt := range []struct {
		lock, builder string
		args          []string
		inBuilder     bool
	}{
		{wheel, "builder = 'registry.example.com/sam:3.14'", []string{"--only-binary", ":all:"}, false},
		{source, "builder = 'registry.example.com/sam:3.14'", []string{"--only-binary", ":all:", "--no-binary", "c"}, true},
		{source, "", []string{"--only-binary", ":all:", "--no-binary", "c"}, false},
	} {
		p, err := newPlan(contextOf(change(with(keys("handler = 'app.handler'\n"+tt.builder), "uv.lock", tt.lock))), client{})
		require.NoError(t, err)
		var alone []string
		for _, work := range plan.All[plan.Package](p) {
			alone = append(alone, work.Name[:1])
			assert.Equal(t, tt.builder != "", work.InBuilder)
		}
		assert.Equal(t, slices.Repeat([]string{"b"}, 40), alone)
		rest := plan.First[plan.Dependencies](p)
		assert.Equal(t, 1, rest.Packages)
		assert.Equal(t, tt.args, rest.Args)
		assert.Equal(t, tt.inBuilder, rest.InBuilder)
	}
}
