package contexts

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

// metadataFile is what a transfer without contents leaves in place of the
// files: https://github.com/tonistiigi/fsutil/blob/master/receive.go
const metadataFile = ".fsutil-metadata"

// Sizes gives the files that the client sends, with their sizes, without their
// contents. There are none when the daemon cannot do that, or when the context
// is no folder of the client.
func (g *Gateway) Sizes(ctx context.Context) ([]lint.Sent, error) {
	if !g.folder || !g.client.Supports(pb.CapSourceMetadataTransfer) {
		return nil, nil
	}
	ref, err := g.solve(ctx, "list of files", "listing", bkllb.MetadataOnlyTransfer(nil))
	if err != nil {
		return nil, err
	}
	return parseListing(readFile(ctx, ref, metadataFile, math.MaxInt).Data)
}

// parseListing reads entries that each follow their length.
func parseListing(data []byte) ([]lint.Sent, error) {
	var all []lint.Sent
	for len(data) > 0 {
		if len(data) < 4 || uint64(len(data)-4) < uint64(binary.LittleEndian.Uint32(data)) {
			return nil, errors.New("reading the list of files: it is cut off")
		}
		end := 4 + int(binary.LittleEndian.Uint32(data))
		var st fstypes.Stat
		if err := st.UnmarshalVT(data[4:end]); err != nil {
			return nil, Reading(err, "the list of files")
		}
		data = data[end:]
		if fs.FileMode(st.Mode).IsRegular() {
			all = append(all, lint.Sent{Path: st.Path, Size: st.Size})
		}
	}
	return all, nil
}
