package gateway

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// checkNoCache refuses names of stages that no build has: nothing would run
// again for them.
func checkNoCache(opts map[string]string) error {
	kinds := kindNames()
	for name := range strings.SplitSeq(opts[keyNoCache], ",") {
		known := func(kind string) bool { return strings.EqualFold(kind, name) }
		if name != "" && !slices.ContainsFunc(kinds, known) {
			return fmt.Errorf("there is no stage %q for --no-cache-filter: %s", name,
				suggest.OneOf(name, kinds, "the stages are "+strings.Join(kinds, ", ")))
		}
	}
	return nil
}

// kindNames are the kinds of steps as --no-cache-filter takes them.
func kindNames() []string {
	var names []string
	for _, kind := range plan.StepKinds() {
		names = append(names, string(kind))
	}
	return names
}
