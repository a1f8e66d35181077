package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// A step reads project files in a shorter form when Whole has other work for it.
func TestReduced(t *testing.T) {
	t.Parallel()
	p := full()
	whole := p.Whole()
	var reduced []StepKind
	for i := range p.Steps {
		changed := p.Steps[i].Work != whole.Steps[i].Work
		assert.Equal(t, changed, p.Steps[i].Reduced(), p.Steps[i].Name)
		if changed {
			reduced = append(reduced, p.Steps[i].Kind)
		}
	}
	assert.Equal(t, []StepKind{KindExport, KindLockCheck}, reduced)
}
