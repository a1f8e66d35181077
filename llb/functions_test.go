package llb_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

// TestFunctionsShareVertices converts two functions that install the same, and
// looks for the vertices they have in common: all up to their applications,
// whose names and lines are no part of a vertex.
func TestFunctionsShareVertices(t *testing.T) {
	t.Parallel()
	function := func(name string, line int) graph {
		p := readPlan(t, "../frontend/planner/testdata/monorepo.json")
		p.Function = name
		for i := range p.Steps {
			st := &p.Steps[i]
			st.Source.Line, st.Source.EndLine = line, line
			if st.Kind == plan.KindApp || st == p.Result() {
				st.Owner = name
			}
		}
		plan.First[plan.App](p).Copies = []plan.Copy{{From: name, To: name}}
		p.Config.Cmd = []string{name + ".handler"}
		return convertState(t, p, options(t))
	}
	orders, receipts := function("orders", 10), function("receipts", 20)
	require.Len(t, receipts.vertices, len(orders.vertices))
	var own []string
	for i, v := range orders.vertices {
		if string(orders.bytes[i]) != string(receipts.bytes[i]) {
			own = append(own, v.name)
		}
	}
	// What is without a name is the result.
	assert.Equal(t, []string{"[orders 4/5] copy the application", "[orders 5/5] assemble the image for linux/amd64", ""}, own)
}
