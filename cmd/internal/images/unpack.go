package images

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// Unpack writes an image's root filesystem to a folder, layer by layer:
// with owners, modes and links, without what upper layers delete, and never
// outside the folder.
func Unpack(ctx context.Context, folder string, image v1.Image) error {
	layers, err := image.Layers()
	if err != nil {
		return fmt.Errorf("reading the image's layers: %w", err)
	}
	for _, layer := range layers {
		if err := unpackLayer(ctx, folder, layer); err != nil {
			return err
		}
	}
	return nil
}

// unpackLayer applies one layer to a folder.
func unpackLayer(ctx context.Context, folder string, layer v1.Layer) (err error) {
	digest, err := layer.Digest()
	if err != nil {
		return fmt.Errorf("reading an image layer: %w", err)
	}
	files, err := layer.Uncompressed()
	if err != nil {
		return fmt.Errorf("reading the image layer %s: %w", digest, err)
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	if err := unpack(ctx, folder, files); err != nil {
		return fmt.Errorf("unpacking the image layer %s: %w", digest, err)
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
	if err := unpack(ctx, folder, file); err != nil {
		return fmt.Errorf("it is not an image archive: %w", err)
	}
	return nil
}

// unpack applies a tar stream to a folder as a layer is applied.
func unpack(ctx context.Context, folder string, files io.Reader) error {
	if _, err := archive.Apply(ctx, folder, files); err != nil {
		return err
	}
	// A layer's verification ends with its last byte.
	_, err := io.Copy(io.Discard, files)
	return err
}
