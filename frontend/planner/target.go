package planner

import (
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// ParseTarget reads --target, [FUNCTION/]OUTPUT, and gives the function's spec.
// Without an output that is the image. Without a function it is the only one,
// and the table itself when there are none. The lock is the whole project's,
// and so always the spec of the table.
func ParseTarget(target string, table *spec.Spec) (*spec.Spec, plan.Output, error) {
	name, output, err := splitTarget(target, table)
	if err != nil {
		return nil, "", err
	}
	functions := table.Functions()
	switch {
	case output == plan.OutputLock:
		return table, output, nil
	case name == "" && len(functions) == 1:
		name = functions[0]
	case name == "" && len(functions) > 0:
		return nil, "", source.Errorf(table.Locate("functions"),
			"there are several functions (%s): choose one, as in --target %s/%s, or build all with `uvlambda bake | docker buildx bake -f -`",
			suggest.List(functions), functions[0], output)
	}
	function, err := table.Function(name)
	return function, output, err
}

// splitTarget gives the two parts of a target, the function empty when it is
// left out. A single word is an output if it can be one.
func splitTarget(target string, table *spec.Spec) (function string, output plan.Output, err error) {
	function, last, both := strings.Cut(target, "/")
	outputs := outputNames()
	// No line of the file is at fault for a flag.
	var flag plan.Location
	switch {
	case target == "":
		return "", plan.OutputImage, nil
	case !both && slices.Contains(outputs, target):
		return "", plan.Output(target), nil
	case !both && slices.Contains(table.Functions(), target):
		return target, plan.OutputImage, nil
	case function == "" || !both:
		return "", "", source.Errorf(flag, "unknown target %q: %s", target, suggestTarget(target, table.Functions(), outputs))
	case !slices.Contains(outputs, last):
		return "", "", source.Errorf(flag, "unknown output %q in --target %s: %s", last, target,
			suggest.OneOf(last, outputs, "outputs are "+strings.Join(outputs, ", ")))
	case last == string(plan.OutputLock):
		return "", "", source.Errorf(flag, "uv.lock is the same for all functions: use --target %s", last)
	}
	return function, plan.Output(last), nil
}

// suggestTarget suggests what a single word was meant to be.
func suggestTarget(word string, functions, outputs []string) string {
	otherwise := "--target takes " + strings.Join(outputs, ", ")
	if len(functions) > 0 {
		otherwise = "--target takes [FUNCTION/]OUTPUT, of the functions " + suggest.List(functions) +
			" and the outputs " + strings.Join(outputs, ", ")
	}
	return suggest.OneOf(word, slices.Concat(functions, outputs), otherwise)
}

func outputNames() []string {
	var names []string
	for _, o := range plan.Outputs() {
		names = append(names, string(o))
	}
	return names
}
