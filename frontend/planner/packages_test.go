package planner_test

import (
	"fmt"
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
