package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// TestOrigins finds the lines of a member that ask for the packages.
func TestOrigins(t *testing.T) {
	t.Parallel()
	f := readFixture(t, "testdata/monorepo.txtar")
	in, err := newInput(contextOf(f.contents), f.client)
	require.NoError(t, err)
	decided, err := planner.Decide(in)
	require.NoError(t, err)
	for name, want := range map[string]string{
		"requests":    "requests 2.32.0 <- your dependencies, line 5 of services/orders/pyproject.toml",
		"shop-models": "shop-models 0.1.0 <- your dependencies, line 5 of services/orders/pyproject.toml",
	} {
		origin, ok := decided.Origins.Find(name, "")
		require.True(t, ok, name)
		assert.Equal(t, want, origin.String())
	}

	in.Output = "lock"
	decided, err = planner.Decide(in)
	require.NoError(t, err)
	assert.Nil(t, decided.Origins, "the lock is only being made")
}

func TestProjects(t *testing.T) {
	t.Parallel()
	f := readFixture(t, "testdata/monorepo.txtar")
	in, err := newInput(contextOf(f.contents), f.client)
	require.NoError(t, err)
	var names []string
	for _, p := range in.Workspace.Projects() {
		names = append(names, p.Doc.Name)
	}
	assert.Equal(t, []string{
		"services/orders/pyproject.toml", "pyproject.toml", "packages/shop-models/pyproject.toml", "services/receipts/pyproject.toml",
	}, names)

	in.Workspace.Own = nil
	assert.Equal(t, "pyproject.toml", in.Workspace.Projects()[0].Doc.Name, "a build file without a project")
}
