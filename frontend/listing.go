package frontend

import (
	"context"
	"encoding/binary"
	"errors"
	"io/fs"
	"math"
	"slices"
	"strings"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

// metadataFile is what a transfer without contents leaves in place of the
// files: https://github.com/tonistiigi/fsutil/blob/master/receive.go
const metadataFile = ".fsutil-metadata"

// listing gives the files of the client's context with their sizes, without
// their contents. There are none when the daemon cannot do that, or when the
// context is not a folder of the client.
func (g *gatewayContext) listing(ctx context.Context) ([]lint.Sent, error) {
	caps := g.client.BuildOpts().LLBCaps
	if caps.Supports(pb.CapSourceMetadataTransfer) != nil {
		return nil, nil
	}
	ref, err := g.solve(ctx, "list of files", "listing", llb.MetadataOnlyTransfer(nil))
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
			return nil, contextError(err, "the list of files")
		}
		data = data[end:]
		if fs.FileMode(st.Mode).IsRegular() {
			all = append(all, lint.Sent{Path: st.Path, Size: st.Size})
		}
	}
	return all, nil
}

// sentFor are the files of a listing that the client sends for a plan.
func sentFor(p *plan.Plan, listed []lint.Sent) ([]lint.Sent, error) {
	paths, whole := p.ContextPaths()
	unread, err := files.Matcher(notProjects)
	if err != nil {
		return nil, err
	}
	var sent []lint.Sent
	for _, file := range listed {
		if whole {
			unsent, err := unread(file.Path)
			if err != nil {
				return nil, err
			}
			if !unsent {
				sent = append(sent, file)
			}
			continue
		}
		below := func(p string) bool { return file.Path == p || strings.HasPrefix(file.Path, p+"/") }
		if slices.ContainsFunc(paths, below) {
			sent = append(sent, file)
		}
	}
	return sent, nil
}
