package planner

import (
	"path"

	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// Target is a value of --target.
type Target struct {
	// Function is empty for what is not one function's.
	Function string
	Output   plan.Output
	// Default is set for what is built without --target.
	Default bool
	Source  plan.Location
}

// String is the target as --target takes it.
func (t Target) String() string { return path.Join(t.Function, string(t.Output)) }

// Targets gives all targets of a table: the outputs of each function, in file
// order, and last the lock, which all functions share. There is no default
// when there are several functions.
func Targets(table *spec.Spec) []Target {
	functions := table.Functions()
	single := len(functions) < 2
	if len(functions) == 0 {
		functions = []string{""}
	}
	var targets []Target
	for _, name := range functions {
		source := table.Locate()
		if name != "" {
			source = table.Locate("functions", name)
		}
		for _, output := range plan.Outputs() {
			if output != plan.OutputLock {
				targets = append(targets, Target{name, output, single && output == plan.OutputImage, source})
			}
		}
	}
	return append(targets, Target{Output: plan.OutputLock, Source: table.Locate()})
}
