package gateway

import (
	"fmt"

	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
)

// required are the capabilities that no build does without, and the BuildKit that
// brought them. A capability with a fallback is asked for where it is used.
var required = []struct {
	id    apicaps.CapID
	since string
}{
	{pb.CapFileBase, "0.5"},
	{pb.CapSourceLocalFollowPaths, "0.3"},
	{pb.CapExecMountSelector, "0.3"},
	{pb.CapExecMountCacheSharing, "0.3"},
	{pb.CapExecMountTmpfs, "0.3"},
	{pb.CapExecMountSecret, "0.4"},
	{pb.CapMetaIgnoreCache, "0.3"},
}

// checkCapabilities refuses a BuildKit that is too old.
func checkCapabilities(caps apicaps.CapSet) error {
	for _, r := range required {
		if caps.Supports(r.id) != nil {
			return fmt.Errorf("this BuildKit does not support %q: use BuildKit %s or later (Docker 20.10 or later has one)", r.id, r.since)
		}
	}
	return nil
}
