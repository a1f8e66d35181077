package run

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/plan"
)

// Packages are measured only when their wheels can come to more than the limit.
func TestMayExceed(t *testing.T) {
	t.Parallel()
	packages := []*plan.Package{{Size: 60}, {Size: 40}}
	assert.False(t, mayExceed(packages, 1000))
	assert.True(t, mayExceed(packages, 999))
	assert.False(t, mayExceed(nil, 0))
}

func TestRefuseTooLarge(t *testing.T) {
	t.Parallel()
	trees := func() []sizedTree {
		return []sizedTree{{"numpy", 3e6}, {"torch", 7e6}, {"all others", 1e6}}
	}
	require.NoError(t, refuseTooLarge(trees(), 11e6))
	require.EqualError(t, refuseTooLarge(trees(), 11e6-1), "the installed files have 11000000 bytes, over Lambda's limit of 10999999 for images; "+
		"the largest packages are torch 7.0 MB, numpy 3.0 MB, all others 1.0 MB: leave some out, or have the function read large files from S3 or EFS")
}

// folderReference is a result that is a folder of this machine.
type folderReference struct {
	gwclient.Reference
	dir string
}

func (r folderReference) ReadDir(_ context.Context, request gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	entries, err := os.ReadDir(filepath.Join(r.dir, request.Path))
	var stats []*fstypes.Stat
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		stats = append(stats, &fstypes.Stat{Path: entry.Name(), Mode: uint32(info.Mode()), Size: info.Size()})
	}
	return stats, err
}

func TestSizeOf(t *testing.T) {
	t.Parallel()
	ref := folderReference{dir: t.TempDir()}
	_, err := sizeOf(t.Context(), ref)
	require.ErrorIs(t, err, fs.ErrNotExist)
	for name, size := range map[string]int{"one.py": 3, "numpy/core/two.so": 5, "numpy/three": 7} {
		file := filepath.Join(ref.dir, plan.TaskRoot, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, make([]byte, size), 0o644))
	}
	size, err := sizeOf(t.Context(), ref)
	require.NoError(t, err)
	assert.Equal(t, int64(15), size)
}
