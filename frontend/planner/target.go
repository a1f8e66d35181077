package planner

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// Outputs are the values of --target.
func Outputs() []plan.Output { return []plan.Output{plan.OutputImage, plan.OutputLock} }

// ParseTarget reads --target; empty means the image.
func ParseTarget(target string, s *spec.Spec) (plan.Output, error) {
	if target == "" {
		return plan.OutputImage, nil
	}
	var names []string
	for _, o := range Outputs() {
		if target == string(o) {
			return o, nil
		}
		names = append(names, string(o))
	}
	return "", source.Errorf(s.Locate(), "unknown target %q: %s", target,
		suggest.OneOf(target, names, fmt.Sprintf("--target takes %s", strings.Join(names, " or "))))
}
