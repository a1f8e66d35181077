package frontend

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/llb"
)

// checkNoCache refuses names of stages that no build has: nothing would run
// again for them.
func checkNoCache(opts map[string]string) error {
	stages := llb.Stages()
	for name := range strings.SplitSeq(opts[keyNoCache], ",") {
		known := func(stage string) bool { return strings.EqualFold(stage, name) }
		if name != "" && !slices.ContainsFunc(stages, known) {
			return fmt.Errorf("there is no stage %q for --no-cache-filter: %s", name,
				suggest.OneOf(name, stages, "the stages are "+strings.Join(stages, ", ")))
		}
	}
	return nil
}
