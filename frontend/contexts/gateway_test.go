package contexts

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// folderRef is a result that is a folder of this machine, and counts the calls.
type folderRef struct {
	gwclient.Reference
	dir   string
	calls atomic.Int64
}

func (r *folderRef) ReadFile(_ context.Context, req gwclient.ReadRequest) ([]byte, error) {
	r.calls.Add(1)
	return os.ReadFile(filepath.Join(r.dir, req.Filename))
}

func (r *folderRef) StatFile(_ context.Context, req gwclient.StatRequest) (*fstypes.Stat, error) {
	r.calls.Add(1)
	info, err := os.Stat(filepath.Join(r.dir, req.Path))
	if err != nil {
		return nil, err
	}
	return &fstypes.Stat{Path: info.Name(), Mode: uint32(info.Mode()), Size: info.Size()}, nil
}

func (r *folderRef) ReadDir(_ context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	r.calls.Add(1)
	entries, err := os.ReadDir(filepath.Join(r.dir, req.Path))
	var stats []*fstypes.Stat
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		st := &fstypes.Stat{Path: entry.Name(), Mode: uint32(info.Mode()), Size: info.Size()}
		if info.Mode()&fs.ModeSymlink != 0 {
			if st.Linkname, err = os.Readlink(filepath.Join(r.dir, req.Path, entry.Name())); err != nil {
				return nil, err
			}
		}
		stats = append(stats, st)
	}
	return stats, err
}

// TestReadListed reads existing files, through links too. It asks the daemon
// nothing about missing files.
func TestReadListed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{"pyproject.toml": "project", "src/app.py": "app", "lib/deep/x.py": "x", "folder.py/a": ""} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(name)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	require.NoError(t, os.Symlink("lib/deep", filepath.Join(dir, "linked")))
	require.NoError(t, os.Symlink("src/app.py", filepath.Join(dir, "main.py")))
	require.NoError(t, os.Symlink("gone", filepath.Join(dir, "dangling.py")))
	paths := []string{"pyproject.toml", "src/app.py", "linked/x.py", "linked/y.py", "main.py", "dangling.py", "folder.py", "uv.lock", "app.py", "src/uv.lock", "a/b/c.py"}

	ref := &folderRef{dir: dir}
	got, err := readListed(t.Context(), ref, paths)
	require.NoError(t, err)
	want, err := readPaths(t.Context(), &folderRef{dir: dir}, paths)
	require.NoError(t, err)
	assert.Equal(t, want, got)
	assert.Equal(t, files.Folder, got["folder.py"].Kind)
	// Five folders, two files, and two calls for each of the four by way of a link,
	// less one for each that leads to nothing.
	assert.LessOrEqual(t, ref.calls.Load(), int64(5+2+8))

	few := &folderRef{dir: dir}
	_, err = readListed(t.Context(), few, []string{"uv.lock", "app.py", "src/uv.lock", "a/b/c.py"})
	require.NoError(t, err)
	assert.Equal(t, int64(5), few.calls.Load(), "the folders are listed, and nothing is read")
}
