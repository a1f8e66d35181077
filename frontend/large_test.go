package frontend

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// inTime fails a test whose work grows with the square of a large input, which
// takes longer than this on any machine; what grows with its size takes seconds,
// half a minute under the race detector on a busy machine.
func inTime(t *testing.T, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		work()
	}()
	select {
	case <-done:
	case <-time.After(5 * time.Minute):
		t.Fatal("this takes too long for its size")
	}
}

// bare is a project without dependencies, with more in its table.
func bare(table string) map[string]string {
	return map[string]string{
		"pyproject.toml": "[project]\nname = 'p'\nversion = '1'\nrequires-python = '>=3.13'\n[tool.uvlambda]\nhandler = 'app.handler'\n" + table,
		"app.py":         "def handler(event, context): ...\n",
		"uv.lock":        "version = 1\nrequires-python = '>=3.13'\n\n[[package]]\nname = 'p'\nversion = '1'\nsource = { virtual = '.' }\n",
	}
}

func TestManyVariables(t *testing.T) {
	t.Parallel()
	const count = 100_000
	table := &strings.Builder{}
	table.WriteString("[tool.uvlambda.env]\n")
	for i := range count {
		fmt.Fprintf(table, "V%d = '%d'\n", i, i)
	}
	dir := write(t, bare(table.String()))
	inTime(t, func() {
		plans, err := Plan(t.Context(), dir, PlanOptions{})
		assert.NoError(t, err)
		if assert.Len(t, plans, 1) {
			assert.GreaterOrEqual(t, len(plans[0].Config.Env), count)
		}
	})
}

func TestLongChainOfPackages(t *testing.T) {
	t.Parallel()
	const count = 30_000
	contents := bare("")
	contents["pyproject.toml"] = strings.Replace(contents["pyproject.toml"], "[tool", "dependencies = ['c0']\n[tool", 1)
	lock := &strings.Builder{}
	lock.WriteString(contents["uv.lock"] + "dependencies = [{ name = 'c0' }]\n")
	for i := range count {
		fmt.Fprintf(lock, "\n[[package]]\nname = 'c%d'\nversion = '1'\nsource = { registry = 'https://example.com/simple' }\n", i)
		fmt.Fprintf(lock, "wheels = [{ url = 'https://example.com/c%d-1-py3-none-any.whl', hash = 'sha256:00' }]\n", i)
		if i+1 < count {
			fmt.Fprintf(lock, "dependencies = [{ name = 'c%d' }]\n", i+1)
		}
	}
	contents["uv.lock"] = lock.String()
	dir := write(t, contents)
	inTime(t, func() {
		plans, err := Plan(t.Context(), dir, PlanOptions{})
		assert.NoError(t, err)
		if assert.Len(t, plans, 1) {
			assert.Equal(t, count, plan.First[plan.Dependencies](&plans[0]).Packages)
		}
	})
}

// functionsOf is a table of functions that inherit their handler.
func functionsOf(count int) string {
	table := &strings.Builder{}
	for i := range count {
		fmt.Fprintf(table, "[tool.uvlambda.functions.f%d]\n", i)
	}
	return table.String()
}

func TestManyFunctions(t *testing.T) {
	t.Parallel()
	dir := write(t, bare(functionsOf(spec.MaxFunctions/4)))
	inTime(t, func() {
		plans, err := PlanFunctions(t.Context(), dir, PlanOptions{})
		assert.NoError(t, err)
		assert.Len(t, plans, spec.MaxFunctions/4)
	})
	_, err := Plan(t.Context(), dir, PlanOptions{})
	require.ErrorContains(t, err, "f9 and 240 more")
	assert.Less(t, len(err.Error()), 500)
}

func TestTooManyFunctions(t *testing.T) {
	t.Parallel()
	dir := write(t, bare(functionsOf(20_000)))
	inTime(t, func() {
		_, err := PlanFunctions(t.Context(), dir, PlanOptions{})
		assert.EqualError(t, err, "pyproject.toml:7: there are 20000 functions, over the limit of 1000: divide them among several build files")
	})
}

// TestManyMistakes are told in a message of a size that a person reads.
func TestManyMistakes(t *testing.T) {
	t.Parallel()
	table := &strings.Builder{}
	for i := range 50_000 {
		fmt.Fprintf(table, "unknown-%d = 1\n", i)
	}
	dir := write(t, bare(table.String()))
	for door, run := range map[string]func() error{
		"plan": func() error { _, err := Plan(t.Context(), dir, PlanOptions{}); return err },
		"build": func() error {
			_, err := buildForTest(t.Context(), newFolderStub(t, dir, "pyproject.toml", map[string]string{}))
			return err
		},
	} {
		err := run()
		require.ErrorContains(t, err, "and 49990 more mistakes", door)
		assert.Less(t, len(err.Error()), 10_000, door)
	}
}

// TestPlanFunctions are the plans of the functions one by one.
func TestPlanFunctions(t *testing.T) {
	t.Parallel()
	dir := write(t, bare(functionsOf(3)))
	all, err := PlanFunctions(t.Context(), dir, PlanOptions{})
	require.NoError(t, err)
	require.Len(t, all, 3)
	for i, planned := range all {
		alone, err := Plan(t.Context(), dir, PlanOptions{Target: fmt.Sprintf("f%d/image", i)})
		require.NoError(t, err)
		assert.Equal(t, alone[0], planned)
	}
	one, err := PlanFunctions(t.Context(), dir, PlanOptions{Target: "f1"})
	require.NoError(t, err)
	assert.Equal(t, all[1:2], one)
}
