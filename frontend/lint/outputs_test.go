package lint_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

// onlyFor are the outputs of rules that are not about all of them, with the reason.
// The lock is no function, and no rule is about it.
var onlyFor = map[string]struct {
	outputs []plan.Output
	why     string
}{
	"ImageIndex": {[]plan.Output{plan.OutputImage}, "only an image has an index"},
	"ExtensionNotExecutable": {[]plan.Output{plan.OutputImage, plan.OutputTest, plan.OutputZip, plan.OutputLayer},
		"the task root and the archive of an application have no extensions"},
	"SizeLimit": {[]plan.Output{plan.OutputZip, plan.OutputLayer, plan.OutputDir},
		"an image may be larger, and what goes beside a layer is counted with it when both are there"},
}

// breaks tells whether an example breaks a rule when an output is made of it. A
// layer cannot be made of an example without third-party packages.
func breaks(t *testing.T, rule lint.Rule, output plan.Output) (broken, possible bool) {
	t.Helper()
	e := rule.Bad
	flags, _, _ := strings.Cut(e.Flags, "--target")
	e.Flags = strings.TrimSpace(flags + " --target " + string(output))
	warnings, err := checkExample(t, e, lint.Options{})
	if err != nil {
		return slices.Contains(rulesOf(err), rule.Name), !strings.Contains(err.Error(), "to make a layer of")
	}
	return slices.ContainsFunc(warnings, func(w plan.Warning) bool { return w.Rule == rule.Name }), true
}

// TestRulesOfEveryOutput makes each output of each rule's example: a mistake in a
// function is reported for every output that the rule is about.
func TestRulesOfEveryOutput(t *testing.T) {
	t.Parallel()
	layers := 0
	for _, rule := range lint.Rules() {
		for _, output := range plan.Outputs() {
			only, limited := onlyFor[rule.Name]
			want := output != plan.OutputLock && (!limited || slices.Contains(only.outputs, output))
			broken, possible := breaks(t, rule, output)
			if !possible {
				continue
			}
			if output == plan.OutputLayer {
				layers++
			}
			assert.Equal(t, want, broken, "%s of a build of %s: %s", rule.Name, output, only.why)
		}
	}
	assert.Greater(t, layers, 5, "examples that a layer can be made of")
}
