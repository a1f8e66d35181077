//go:build unix

package plainfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// A pipe is refused at once, and so is a file that is too large; nothing is read of
// either.
func TestRead(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	place := func(name string) string { return filepath.Join(dir, name) }
	require.NoError(t, syscall.Mkfifo(place("pipe"), 0o644))
	require.NoError(t, os.Symlink("pipe", place("link")))
	require.NoError(t, os.WriteFile(place("file"), []byte("text"), 0o644))
	require.NoError(t, os.WriteFile(place("large"), nil, 0o644))
	require.NoError(t, os.Truncate(place("large"), Limit+1))

	for _, read := range []func(string) ([]byte, error){
		func(name string) ([]byte, error) { return Read(place(name)) },
		func(name string) ([]byte, error) { return fs.ReadFile(Folder(dir), name) },
	} {
		data, err := read("file")
		require.NoError(t, err)
		assert.Equal(t, "text", string(data))
		for _, name := range []string{"pipe", "link"} {
			_, err = read(name)
			require.EqualError(t, err, place(name)+" is a named pipe, a socket or a device, not a file: remove it, or name another")
		}
		_, err = read("large")
		require.EqualError(t, err, place("large")+" is over the limit of 64 MiB: check that it is the file that was meant")
		_, err = read("none")
		require.ErrorIs(t, err, fs.ErrNotExist)
	}
	entries, err := fs.ReadDir(Folder(dir), ".")
	require.NoError(t, err)
	assert.Len(t, entries, 4)
}

// What a shell names for a command's output is a pipe, and has a writer.
func TestReadOfAShellsPipe(t *testing.T) {
	t.Parallel()
	reader, writer, err := os.Pipe()
	require.NoError(t, err)
	defer reader.Close()
	_, err = writer.WriteString("text")
	require.NoError(t, err)
	require.NoError(t, writer.Close())
	data, err := Read(fmt.Sprintf("/dev/fd/%d", reader.Fd()))
	require.NoError(t, err)
	assert.Equal(t, "text", string(data))
}
