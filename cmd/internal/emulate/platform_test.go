package emulate

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestCheckRunnable(t *testing.T) {
	t.Parallel()
	const missing = "the image is for linux/arm64 and this machine is linux/amd64: register an emulator (apt-get install qemu-user-static, with binfmt_misc mounted), or build with --platform linux/amd64"
	tests := map[string]struct {
		state string
		want  string
	}{
		"registered":   {"enabled\ninterpreter /usr/libexec/qemu\nflags: POCF\noffset 0\n", ""},
		"disabled":     {"disabled\nflags: F\n", missing},
		"not fixed":    {"enabled\nflags: OC\n", missing},
		"unregistered": {"", missing},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			if test.state != "" {
				require.NoError(t, os.WriteFile(filepath.Join(folder, "qemu-aarch64"), []byte(test.state), 0o600))
			}
			err := checkRunnable("arm64", "amd64", folder)
			if test.want == "" {
				assert.NoError(t, err)
				return
			}
			assert.EqualError(t, err, test.want)
		})
	}
	assert.NoError(t, checkRunnable("amd64", "amd64", t.TempDir()))
}
