package images

import (
	"context"
	"fmt"
	"os"

	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"
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

// unpackArchive unpacks an image archive, which is a tar file, to a folder.
func unpackArchive(ctx context.Context, folder, path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	if _, err := archive.Apply(ctx, folder, file); err != nil {
		return fmt.Errorf("it is not an image archive: %w", err)
	}
	return nil
}
