package build

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// A disk is full when it takes no more bytes, or no more files.
func TestIsFull(t *testing.T) {
	t.Parallel()
	for options, fill := range map[string]func(disk string){
		"size=1m": func(disk string) { _ = os.WriteFile(filepath.Join(disk, "file"), make([]byte, 2<<20), 0o644) },
		"size=8m,nr_inodes=10": func(disk string) {
			for i := range 20 {
				_ = os.WriteFile(filepath.Join(disk, fmt.Sprint(i)), nil, 0o644)
			}
		},
	} {
		disk := t.TempDir()
		if err := unix.Mount("tmpfs", disk, "tmpfs", 0, options); err != nil {
			t.Skipf("a small disk cannot be mounted here: %v", err)
		}
		t.Cleanup(func() { require.NoError(t, unix.Unmount(disk, unix.MNT_DETACH)) })
		assert.False(t, isFull(disk), options)
		fill(disk)
		assert.True(t, isFull(disk), options)
	}
}

// An output folder on a disk that stays full is told of after 20 seconds, and not
// while there is room again in between.
func TestWatchDisks(t *testing.T) {
	t.Parallel()
	disk := t.TempDir()
	if err := unix.Mount("tmpfs", disk, "tmpfs", 0, "size=1m"); err != nil {
		t.Skipf("a small disk cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { require.NoError(t, unix.Unmount(disk, unix.MNT_DETACH)) })
	file := filepath.Join(disk, "file")
	synctest.Test(t, func(t *testing.T) {
		d := &delivery{outputs: []buildflags.Output{{Dest: filepath.Join(disk, "out"), Folder: true}}}
		full := d.watchDisks(t.Context())
		wait := func(duration time.Duration) error {
			time.Sleep(duration)
			synctest.Wait()
			select {
			case err := <-full:
				return err
			default:
				return nil
			}
		}
		_ = os.WriteFile(file, make([]byte, 2<<20), 0o644)
		require.NoError(t, wait(19500*time.Millisecond))
		require.NoError(t, os.Remove(file))
		require.NoError(t, wait(time.Second))
		_ = os.WriteFile(file, make([]byte, 2<<20), 0o644)
		require.NoError(t, wait(19*time.Second))
		require.EqualError(t, wait(time.Second), "writing "+filepath.Join(disk, "out")+": its disk is full: free some of it, or write to another with -o")
	})
}
