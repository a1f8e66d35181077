package testenv

import (
	"context"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// startRegistry serves an empty registry on a free port of the loopback.
func (e *Env) startRegistry() error {
	blobs := filepath.Join(e.dir, "registry")
	if err := os.Mkdir(blobs, 0o755); err != nil {
		return fmt.Errorf("creating the registry's folder: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the registry: %w", err)
	}
	server := &http.Server{Handler: e.traffic.count(registry.New(
		registry.Logger(log.New(io.Discard, "", 0)),
		registry.WithBlobHandler(registry.NewDiskBlobHandler(blobs)),
	))}
	go server.Serve(listener)
	e.close = append(e.close, server.Close)
	e.Registry = listener.Addr().String()
	return nil
}

// provideImages puts stand-ins into the registry for the images whose own
// registry does not answer.
func (e *Env) provideImages(ctx context.Context) error {
	images, err := standin.NewSource(ctx, e.log)
	if err != nil {
		return err
	}
	e.images = images
	for _, ref := range []string{standin.Python313, standin.UVNewest, standin.UVGuide} {
		if err := e.provide(ctx, ref); err != nil {
			return err
		}
	}
	return nil
}

func (e *Env) provide(ctx context.Context, ref string) error {
	image, ok, err := e.images.Get(ctx, ref)
	if err != nil || !ok {
		return err
	}
	return standin.Push(ctx, e.Registry, image)
}

// Provide makes an image that is not provided by default usable under its
// real name, such as standin.Python311.
func (e *Env) Provide(t T, ref string) {
	t.Helper()
	require.NoError(t, e.provide(context.Background(), ref))
}

// StandIns are the hosts whose images are made on this machine.
func (e *Env) StandIns() []string { return e.images.Silent() }
