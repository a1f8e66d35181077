package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestNames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"Flask": "flask", "ruamel.yaml": "ruamel-yaml", "a__b--c..d": "a-b-c-d", "x": "x",
	} {
		assert.Equal(t, want, NormalizeName(name))
		assert.True(t, ValidName(name), name)
	}
	for _, name := range []string{"", "-a", "a-", "a b", "a/b", "ä"} {
		assert.False(t, ValidName(name), name)
	}
}

func TestEnvName(t *testing.T) {
	t.Parallel()
	for index, want := range map[string]string{"my.idx-1": "MY_IDX_1", "internal": "INTERNAL", "A b": "A_B", "azAZ09": "AZAZ09", "@[`{/:": "______", "é": "_"} {
		assert.Equal(t, want, EnvName(index))
	}
}
