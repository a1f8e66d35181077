package images

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/containerd/containerd/v2/pkg/archive"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/opencontainers/go-digest"

	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
)

// Layer is a layer of an image.
type Layer struct {
	v1.Layer
	// ID is the digest of the layer's files, as the image's configuration has
	// it. Some images' own DiffID reads all of the layer to compute it.
	ID v1.Hash
}

// Layers are an image's layers, the lowest first.
func Layers(image v1.Image) ([]Layer, error) {
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the image's configuration: %w", err)
	}
	layers, err := image.Layers()
	if err != nil {
		return nil, fmt.Errorf("reading the image's layers: %w", err)
	}
	if ids := len(config.RootFS.DiffIDs); ids != len(layers) {
		return nil, fmt.Errorf("the image has %d layers, and its configuration says %d", len(layers), ids)
	}
	identified := make([]Layer, len(layers))
	for i, layer := range layers {
		identified[i] = Layer{Layer: layer, ID: config.RootFS.DiffIDs[i]}
	}
	return identified, nil
}

// Read hands the layer's files to a function, as a tar stream. When the stream's
// digest is not the layer's ID, Read fails, even if the function did not.
func (l Layer) Read(read func(io.Reader) error) (err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("reading the image layer %s: %w", l.ID, err)
		}
	}()
	id := digest.Digest(l.ID.String())
	if err := id.Validate(); err != nil {
		return err
	}
	files, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, files.Close()) }()
	verifier := id.Verifier()
	stream := io.TeeReader(files, verifier)
	if err := read(stream); err != nil {
		return err
	}
	// The stream goes on after the end of the tar archive.
	if _, err := io.Copy(io.Discard, stream); err != nil {
		return err
	}
	if !verifier.Verified() {
		return errors.New("it holds other files than the image's configuration says")
	}
	return nil
}

// Unpack applies the layer to a folder, and returns the size of its files in
// bytes. In a user namespace of one user all files become that user's.
func (l Layer) Unpack(ctx context.Context, folder string, opts ...archive.ApplyOpt) (size int64, err error) {
	if rootless.OneUser() {
		opts = append(opts, archive.WithFilter(ownedByRoot))
	}
	err = l.Read(func(files io.Reader) error {
		size, err = archive.Apply(ctx, folder, files, opts...)
		return err
	})
	return size, err
}
