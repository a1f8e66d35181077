package lint

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// All stands for the names of all rules.
const All = "all"

// Options say which rules count, and for how much.
type Options struct {
	// Skip are names of rules that do not count.
	Skip []string
	// Error is set when what the rules find fails a build.
	Error bool
}

// TableOptions reads the options in [tool.uvlambda.check]. Its errors are of type
// *source.Error.
func TableOptions(s *spec.Spec) (Options, error) {
	for i, name := range s.Check.Skip {
		if err := CheckName(name); err != nil {
			return Options{}, source.Errorf(s.Locate("check", "skip", strconv.Itoa(i)), "check.skip: %w", err)
		}
	}
	return Options{Skip: s.Check.Skip, Error: s.Check.Error}, nil
}

// CheckName refuses a name that no rule has, or only a rule that cannot be skipped.
func CheckName(name string) error {
	rule, ok := Lookup(name)
	if name == All || ok && !rule.Mistake {
		return nil
	}
	if ok {
		return fmt.Errorf("%s is a mistake that no build gets past, so it cannot be skipped: remove the name", name)
	}
	names := []string{All}
	for _, r := range Rules() {
		if !r.Mistake {
			names = append(names, r.Name)
		}
	}
	return fmt.Errorf("unknown rule %q: %s", name, suggest.OneOf(name, names, "known are "+suggest.List(names)))
}

// skips tells whether a rule does not count.
func (o Options) skips(name string) bool {
	return slices.Contains(o.Skip, name) || slices.Contains(o.Skip, All)
}
