package integration

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"
)

// TestOutputDiskFull has results that are larger than the disk that they go to.
// Each build ends, and says which place is full.
func TestOutputDiskFull(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, uvlambda("handler = \"app.handler\"\ninclude = [\"data.bin\"]"))
	data := make([]byte, 8<<20)
	_, err := rand.Read(data)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "data.bin"), data, 0o644))
	for name, test := range map[string]struct {
		dest  string
		flags []string
	}{
		"zip":    {"DISK/out", []string{"--target", "zip", "-o", "DEST"}},
		"dir":    {"DISK/out", []string{"--target", "dir", "-o", "DEST"}},
		"oci":    {"DISK/out.tar", []string{"-o", "type=oci,dest=DEST"}},
		"layout": {"DISK/out", []string{"-o", "type=oci,tar=false,dest=DEST"}},
		"tar":    {"DISK/out.tar", []string{"--target", "dir", "-o", "type=tar,dest=DEST"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			disk := t.TempDir()
			require.NoError(t, unix.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"))
			t.Cleanup(func() { require.NoError(t, unix.Unmount(disk, unix.MNT_DETACH)) })
			ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
			defer cancel()
			dest := strings.Replace(test.dest, "DISK", disk, 1)
			args := []string{"build", "--progress", "quiet"}
			for _, flag := range test.flags {
				args = append(args, strings.ReplaceAll(flag, "DEST", dest))
			}
			command := env.Command(ctx, env.Binary("uvlambda"), append(args, dir)...)
			var stderr bytes.Buffer
			command.Stderr = &stderr
			require.Error(t, command.Run())
			require.NoError(t, ctx.Err(), "the build did not end")
			require.Equal(t, "ERROR: writing "+dest+": its disk is full: free some of it, or write to another with -o\n", stderr.String())
			if file := filepath.Join(disk, "out.tar"); dest == file {
				entries, err := os.ReadDir(disk)
				require.NoError(t, err)
				require.Empty(t, entries, "what was written is left there")
			}
		})
	}
}
