package invoke

import (
	"context"
	"errors"
	"io"
	"strings"

	"github.com/containerd/containerd/v2/core/mount"
	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sys/unix"
)

// unpackLayer writes a layer to a folder as a layer of an overlay: what it
// deletes of lower ones is marked there in overlay's own way.
func unpackLayer(ctx context.Context, folder string, layer v1.Layer) (err error) {
	files, err := layer.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	if _, err := archive.Apply(ctx, folder, files, archive.WithConvertWhiteout(archive.OverlayConvertWhiteout)); err != nil {
		return err
	}
	// A layer's verification ends with its last byte.
	_, err = io.Copy(io.Discard, files)
	return err
}

// mountLayers mounts folders over one another, the top one first, to be read
// only.
func mountLayers(folders []string, target string) error {
	return mount.All([]mount.Mount{{
		Type:    "overlay",
		Source:  "overlay",
		Options: []string{"ro", "lowerdir=" + strings.Join(folders, ":")},
	}}, target)
}

// unmountLayers releases a mount, also while a process that is ending holds
// files of it.
func unmountLayers(target string) error {
	return mount.UnmountAll(target, unix.MNT_DETACH)
}
