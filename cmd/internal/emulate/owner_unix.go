//go:build unix

package emulate

import (
	"fmt"
	"os"
	"syscall"

	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

// ownerOf is who owns a folder. A root filesystem that was exported belongs to
// whoever exported it, not to the users of its image, and may be closed to all
// others.
func ownerOf(folder string) (owner, error) {
	if rootless.OneUser() {
		return imageUser(), nil
	}
	info, err := os.Stat(folder)
	if err != nil {
		return owner{}, fmt.Errorf("looking for the root filesystem: %w", err)
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); ok {
		return owner{uid: stat.Uid, gid: stat.Gid}, nil
	}
	return lambdaUser(), nil
}
