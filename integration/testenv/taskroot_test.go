package testenv

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestLeftovers(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{".lock", "bin/fastapi", "requirements.txt", "six-1.17.0.dist-info/INSTALLER"}, Leftovers([]string{
		".lock", "app/main.py", "bin/fastapi", "requirements.txt", "six-1.17.0.dist-info/INSTALLER", "six.py",
	}))
}
