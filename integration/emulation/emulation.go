// Package emulation lets this machine run programs of another architecture,
// for comparisons with builds that need it. Nothing that uvlambda builds does.
package emulation

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/testenv"
)

const (
	binfmt  = "/proc/sys/fs/binfmt_misc"
	handler = "qemu-aarch64"
	// recipe is what Debian's qemu-user-static registers at start.
	recipe = "/usr/lib/binfmt.d/qemu-aarch64.conf"
)

// Registered tells whether programs for ARM run here.
func Registered() bool {
	_, err := os.Stat(filepath.Join(binfmt, handler))
	return err == nil
}

// Register makes programs for ARM run here until the test ends.
func Register(t testenv.T) {
	t.Helper()
	if Registered() {
		return
	}
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.QEMU))
	if _, err := os.Stat(filepath.Join(binfmt, "register")); errors.Is(err, fs.ErrNotExist) {
		require.NoError(t, unix.Mount("binfmt_misc", binfmt, "binfmt_misc", 0, ""))
	}
	rule, err := os.ReadFile(recipe)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(binfmt, "register"), rule, 0o200))
	t.Cleanup(func() {
		require.NoError(t, os.WriteFile(filepath.Join(binfmt, handler), []byte("-1"), 0o200))
	})
}
