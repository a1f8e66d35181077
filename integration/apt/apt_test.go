package apt

import (
	"context"
	"io"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestMissingIsSortedAndUnique(t *testing.T) {
	t.Parallel()
	installed := func(command string) (string, error) {
		if command == "runc" {
			return "/usr/sbin/runc", nil
		}
		return "", exec.ErrNotFound
	}
	got := missing([]Package{Pip, Runc, Mmdebstrap, Pip}, installed)
	require.Equal(t, []string{"mmdebstrap", "python3-pip"}, got)
}

func TestEnsureWithoutRootNamesTheCommand(t *testing.T) {
	t.Parallel()
	err := Ensure(context.Background(), io.Discard, false, "a-package-that-no-machine-has")
	require.EqualError(t, err, "system packages are missing; run: sudo apt-get install -y --no-install-recommends a-package-that-no-machine-has")
}
