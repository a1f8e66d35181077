package plan

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestArchitectures(t *testing.T) {
	t.Parallel()
	for _, a := range Architectures() {
		assert.Equal(t, a, ArchitectureOfOCI(a.OCI))
		assert.Equal(t, a, ArchitectureOfLambda(a.Lambda))
	}
	assert.Empty(t, ArchitectureOfOCI("x86_64"))
	assert.Empty(t, ArchitectureOfLambda("amd64"))
}
