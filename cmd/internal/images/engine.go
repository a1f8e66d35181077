package images

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// OpenSaved opens an image that the Docker engine has. It saves the image to
// an archive first.
func OpenSaved(ctx context.Context, reference, platform string) (v1.Image, func() error, error) {
	folder, err := os.MkdirTemp("", "uvlambda-saved-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a folder for the image: %w", err)
	}
	remove := func() error { return os.RemoveAll(folder) }
	archive := filepath.Join(folder, "image.tar")
	if err := docker.Save(ctx, reference, archive); err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	image, removeArchive, err := Open(ctx, File, archive, platform)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return image, func() error { return errors.Join(removeArchive(), remove()) }, nil
}
