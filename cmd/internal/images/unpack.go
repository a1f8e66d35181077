package images

import (
	"archive/tar"
	"context"
	"fmt"
	"slices"

	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
)

// Unpack writes an image's root filesystem to a folder, layer by layer:
// with owners, modes and links, without what upper layers delete, and never
// outside the folder.
func Unpack(ctx context.Context, folder string, image v1.Image) error {
	layers, err := Layers(image)
	if err != nil {
		return err
	}
	for _, layer := range layers {
		if _, err := layer.Unpack(ctx, folder); err != nil {
			return err
		}
	}
	return nil
}

// ownedByRoot gives an entry to root, and leaves out the attributes that others
// than root may not set.
func ownedByRoot(header *tar.Header) (bool, error) {
	header.Uid, header.Gid = 0, 0
	header.PAXRecords = nil
	return true, nil
}

// readable is true for the files and folders of an image archive, which whoever
// unpacks it may read and remove whatever modes the archive has.
func readable(header *tar.Header) (bool, error) {
	header.PAXRecords = nil
	switch header.Typeflag {
	case tar.TypeDir:
		header.Mode = 0o700
	case tar.TypeReg:
		header.Mode = 0o600
	}
	return slices.Contains([]byte{tar.TypeDir, tar.TypeReg, tar.TypeLink, tar.TypeSymlink}, header.Typeflag), nil
}

// unpackArchive unpacks an image archive, which is a tar file, to a folder. The
// archive's owners mean nothing here: the files belong to the caller.
func unpackArchive(ctx context.Context, folder, path string) error {
	file, err := plainfile.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := archive.Apply(ctx, folder, file, archive.WithNoSameOwner(), archive.WithFilter(readable)); err != nil {
		return fmt.Errorf("it is not an image archive: %w", err)
	}
	return nil
}
