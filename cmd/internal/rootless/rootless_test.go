package rootless

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestParseIDMap(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text    string
		outside int
		one     bool
	}{
		"the machine":                 {"         0          0 4294967295\n", 0, false},
		"one user":                    {"         0       1000          1\n", 1000, true},
		"one user, and /etc/subuid's": {"         0       1000          1\n         1     100000      65536\n", 0, false},
		"a container's users":         {"         0     100000      65536\n", 0, false},
		"nothing":                     {"", 0, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			outside, one := parseIDMap(test.text)
			assert.Equal(t, test.outside, outside)
			assert.Equal(t, test.one, one)
		})
	}
}

func TestUserIDOutsideOfANamespace(t *testing.T) {
	t.Parallel()
	require.False(t, OneUser(), "the tests run in no namespace of their own")
	assert.Equal(t, os.Geteuid(), UserID())
}
