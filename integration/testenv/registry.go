package testenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/standin"
)

// startRegistry serves an empty registry on a free port of the loopback.
func (e *Env) startRegistry() error {
	folder := filepath.Join(e.dir, "registry")
	if err := os.Mkdir(folder, 0o755); err != nil {
		return fmt.Errorf("creating the registry's folder: %w", err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("starting the registry: %w", err)
	}
	server := &http.Server{Handler: e.traffic.count(resumable(folder, registry.New(
		registry.Logger(log.New(io.Discard, "", 0)),
		registry.WithBlobHandler(newBlobs(folder)),
	)))}
	go server.Serve(listener)
	e.close = append(e.close, server.Close)
	e.Registry = listener.Addr().String()
	return nil
}

// resumable serves the rest of a blob, from a byte on, which a builder asks for after
// a download that a failed build has cut off. The library's own registry does not
// know such ranges.
func resumable(folder string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, digest, isBlob := strings.Cut(r.URL.Path, "/blobs/")
		hash, err := v1.NewHash(digest)
		if r.Method != http.MethodGet || !isBlob || err != nil || !strings.HasSuffix(r.Header.Get("Range"), "-") {
			next.ServeHTTP(w, r)
			return
		}
		http.ServeFile(w, r, filepath.Join(folder, hash.Algorithm, hash.Hex))
	})
}

// blobs keeps blobs in a folder.
type blobs struct {
	registry.BlobHandler
	registry.BlobPutHandler
	registry.BlobDeleteHandler
	folder string
}

func newBlobs(folder string) blobs {
	disk := registry.NewDiskBlobHandler(folder)
	return blobs{
		BlobHandler:       disk,
		BlobPutHandler:    disk.(registry.BlobPutHandler),
		BlobDeleteHandler: disk.(registry.BlobDeleteHandler),
		folder:            folder,
	}
}

// Stat is the size of a blob. The library's own reads all of the blob to tell
// it, for every request.
func (b blobs) Stat(_ context.Context, _ string, digest v1.Hash) (int64, error) {
	info, err := os.Stat(filepath.Join(b.folder, digest.Algorithm, digest.Hex))
	if errors.Is(err, fs.ErrNotExist) {
		return 0, registry.ErrNotFound
	}
	if err != nil {
		return 0, fmt.Errorf("looking for the blob %s: %w", digest, err)
	}
	return info.Size(), nil
}

// provideImages puts stand-ins into the registry for the images whose own
// registry does not answer.
func (e *Env) provideImages(ctx context.Context) error {
	images, err := standin.NewSource(ctx, e.log)
	if err != nil {
		return err
	}
	e.images = images
	for _, ref := range []string{standin.Python313, standin.UVNewest, standin.UVGuide, standin.WebAdapter} {
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
