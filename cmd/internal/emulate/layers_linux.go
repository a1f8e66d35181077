package emulate

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/containerd/v2/core/mount"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"

	"github.com/uvlambda/uvlambda/cmd/internal/images"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

// mount makes an image's root filesystem at a folder, to be read only. Below
// all layers it has the points that a container's filesystems are mounted on,
// which it makes in a folder of their own. The function that it returns
// releases it.
func (l *Layers) mount(ctx context.Context, image v1.Image, points, target string) (func() error, error) {
	layers, err := images.Layers(image)
	if err != nil {
		return nothing, err
	}
	if err := makeMountPoints(points); err != nil {
		return nothing, err
	}
	held, err := l.holdAll(ctx, layers)
	if err != nil {
		return nothing, err
	}
	folders := []string{points}
	for _, hold := range held {
		folders = append(folders, filepath.Join(hold.Name(), filesFolder))
	}
	slices.Reverse(folders)
	// Nothing of an image may have an effect outside of its container.
	options := []string{"ro", "nosuid", "nodev", "lowerdir=" + strings.Join(folders, ":")}
	if rootless.OneUser() {
		options = append(options, "userxattr")
	}
	if err := mount.All([]mount.Mount{{Type: "overlay", Source: "overlay", Options: options}}, target); err != nil {
		return nothing, errors.Join(fmt.Errorf("mounting the image's layers: %w", err), release(held))
	}
	return func() error {
		// A process that is ending may hold files of it.
		if err := mount.UnmountAll(target, unix.MNT_DETACH); err != nil {
			return fmt.Errorf("unmounting the image's layers: %w", err)
		}
		return release(held)
	}, nil
}

// makeMountPoints makes the mount points of a container's filesystems in a folder:
// a root filesystem that is only read can't be given what an image lacks.
func makeMountPoints(folder string) error {
	for _, m := range mounts() {
		point := filepath.Join(folder, m.Destination)
		file := m.Type == "bind"
		if file {
			point = filepath.Dir(point)
		}
		if err := os.MkdirAll(point, 0o755); err != nil {
			return fmt.Errorf("preparing a root filesystem: %w", err)
		}
		if file {
			if err := os.WriteFile(filepath.Join(folder, m.Destination), nil, 0o644); err != nil {
				return fmt.Errorf("preparing a root filesystem: %w", err)
			}
		}
	}
	return nil
}
