package spec

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestKeysAreDescribed(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, key := range Keys() {
		assert.NotEmpty(t, key.Doc, key.Name)
		assert.NotEmpty(t, key.Default, key.Name)
		assert.NotEmpty(t, key.Type, key.Name)
		assert.NotEmpty(t, key.Example, key.Name)
		assert.Regexp(t, `^[A-Z].*\.$`, key.Doc, key.Name)
		assert.False(t, seen[key.Name], "%s is described twice", key.Name)
		seen[key.Name] = true
	}
	assert.Len(t, seen, 22)
}

// TestListedValuesAreTheAcceptedOnes keeps the descriptions and the checks from
// drifting apart.
func TestListedValuesAreTheAcceptedOnes(t *testing.T) {
	t.Parallel()
	tried := 0
	for _, key := range Keys() {
		for _, value := range key.Values {
			tried++
			_, err := parse(t, "uvlambda.toml", key.Name+" = '"+value+"'\n")
			require.NoError(t, err, "%s = %q", key.Name, value)
		}
		if key.Values != nil {
			_, err := parse(t, "uvlambda.toml", key.Name+" = 'something else'\n")
			require.Error(t, err, key.Name)
		}
	}
	assert.Greater(t, tried, 5)
}
