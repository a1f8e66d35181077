package aws

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestPins refuses requirements that could be another version tomorrow.
func TestPins(t *testing.T) {
	t.Parallel()
	exact := regexp.MustCompile(`^[A-Za-z0-9._-]+==[^ *]+( ; .*)?$`)
	for line := range strings.Lines(string(requirements)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "#") {
			require.Regexp(t, exact, line)
		}
	}
	var node struct{ Dependencies map[string]string }
	require.NoError(t, json.Unmarshal(packageJSON, &node))
	require.NotEmpty(t, node.Dependencies)
	for name, version := range node.Dependencies {
		require.Regexp(t, `^\d+\.\d+\.\d+$`, version, name)
	}
}

func TestKeyTellsPinsApart(t *testing.T) {
	t.Parallel()
	require.Equal(t, key([]byte("moto==1")), key([]byte("moto==1")))
	require.NotEqual(t, key([]byte("moto==1")), key([]byte("moto==2")))
}
