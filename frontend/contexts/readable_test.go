package contexts

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// TestReadLimits reads of a file that is too large one byte more than it may
// have.
func TestReadLimits(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	folder, err := OpenFolder(dir)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	for name, limit := range map[string]int{"uv.lock": project.MaxLockSize, ".python-version": project.MaxLockSize, "pyproject.toml": source.MaxSize} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
		require.NoError(t, os.Truncate(filepath.Join(dir, name), 3<<30))
		data, err := folder.readFile(name)
		require.NoError(t, err)
		assert.Len(t, data, limit+1)
	}
}

// TestLargeFilesAreNotTransferredWhole from a daemon.
const chunk = 2 << 20

func TestLargeFilesAreNotTransferredWhole(t *testing.T) {
	t.Parallel()
	ref := &largeFile{size: 10 * chunk}
	for _, limit := range []int{1, chunk, chunk + 1, 3 * chunk} {
		assert.Len(t, readFile(t.Context(), ref, "uv.lock", limit).Data, limit)
	}
	assert.Len(t, readFile(t.Context(), ref, "uv.lock", 11*chunk).Data, 10*chunk)
}

// largeFile is a result with a file of zeros.
type largeFile struct {
	gwclient.Reference
	size int
}

func (f *largeFile) ReadFile(_ context.Context, req gwclient.ReadRequest) ([]byte, error) {
	return make([]byte, min(req.Range.Length, max(f.size-req.Range.Offset, 0))), nil
}

func (f *largeFile) StatFile(context.Context, gwclient.StatRequest) (*fstypes.Stat, error) {
	return &fstypes.Stat{Size: int64(f.size)}, nil
}
