package images

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// answerTime is how long a Docker engine may take to say whether it has an
// image.
const answerTime = 5 * time.Second

// InEngine reports whether a Docker engine answers that has an image. It is
// spoken to through the docker command, which knows the contexts of the user.
func InEngine(ctx context.Context, reference string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	return exec.CommandContext(ctx, "docker", "image", "inspect", "--", reference).Run() == nil
}

// OpenSaved opens an image of the Docker engine, as Open does that of an
// archive.
func OpenSaved(ctx context.Context, reference, platform string) (v1.Image, func() error, error) {
	folder, err := os.MkdirTemp("", "uvlambda-saved-")
	if err != nil {
		return nil, nil, fmt.Errorf("making a folder for the image: %w", err)
	}
	remove := func() error { return os.RemoveAll(folder) }
	archive := filepath.Join(folder, "image.tar")
	save := exec.CommandContext(ctx, "docker", "image", "save", "--output", archive, "--", reference)
	var stderr bytes.Buffer
	save.Stderr = &stderr
	if err := save.Run(); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("saving the image %s of the Docker engine: %w: %s", reference, err, bytes.TrimSpace(stderr.Bytes())), remove())
	}
	image, removeArchive, err := Open(ctx, File, archive, platform)
	if err != nil {
		return nil, nil, errors.Join(err, remove())
	}
	return image, func() error { return errors.Join(removeArchive(), remove()) }, nil
}
