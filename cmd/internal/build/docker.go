package build

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/moby/buildkit/session/filesync"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// dockerLoad is an output that loads the image into the Docker engine. The
// docker command writes its output to log, and its errors to failures.
func dockerLoad(ctx context.Context, log, failures io.Writer) (filesync.FileOutputFunc, error) {
	if _, err := docker.Find(ctx); err != nil {
		return nil, noEngine(err)
	}
	return func(map[string]string) (io.WriteCloser, error) {
		return docker.Load(ctx, log, failures)
	}, nil
}

// noEngine explains why an image cannot be loaded. An archive of the image
// needs no engine, neither to be written nor to be run.
func noEngine(err error) error {
	const archive = "in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs"
	if missing, ok := errors.AsType[*docker.MissingError](err); ok {
		return fmt.Errorf("the image cannot be loaded, since %s: %s, or %s", missing.Reason, missing.Remedy, archive)
	}
	return fmt.Errorf("the image cannot be loaded: %w", err)
}
