package frontend

import (
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/fixture"
)

// What is sent for nothing is told where the daemon can list it.
func TestCheckOfLargeContext(t *testing.T) {
	t.Parallel()
	s := asking("lint", greeting(), nil)
	s.listing = fixture.Listing(t,
		&fstypes.Stat{Path: "library/data/a.bin", Mode: 0o644, Size: 70_000_000},
		&fstypes.Stat{Path: "other/b.bin", Mode: 0o644, Size: 70_000_000},
	)
	results, _, _ := lintStub(t, s)
	require.Len(t, results.Warnings, 1)
	assert.Equal(t, "70 MB are sent to the builder and probably not needed, most of it in library/data/ (70 MB): name what the project is not built from in .dockerignore", results.Warnings[0].Detail)

	old := asking("lint", greeting(), nil).without(pb.CapSourceMetadataTransfer)
	res, err := buildForTest(t.Context(), old)
	require.NoError(t, err)
	assert.Equal(t, "0", string(res.Metadata["result.statuscode"]))
}
