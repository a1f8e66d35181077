package invoke

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/containerd/platforms"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// kind is what the name of an image stands for.
type kind int

const (
	kindReference kind = iota
	kindArchive
	kindLayout
	kindRootfs
)

// kindOf tells what an image's name stands for: a path that exists, else a
// reference.
func kindOf(image string) (kind, error) {
	info, err := os.Stat(image)
	if errors.Is(err, fs.ErrNotExist) {
		// The parser takes a path for a reference to a registry called "..".
		_, err := name.ParseReference(image)
		if err != nil || strings.HasPrefix(image, ".") || filepath.IsAbs(image) {
			return 0, fmt.Errorf("%s is neither a file, a folder nor an image reference", image)
		}
		return kindReference, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for the image: %w", err)
	}
	switch {
	case !info.IsDir():
		return kindArchive, nil
	case exists(image, "index.json"):
		return kindLayout, nil
	case exists(image, entrypoint):
		return kindRootfs, nil
	case exists(image, "pyproject.toml"):
		return 0, fmt.Errorf("%s is a project, not an image: build it first, for example with uvlambda build -o type=oci,dest=image.tar %s", image, image)
	}
	return 0, fmt.Errorf("%s is neither an OCI layout (it has no index.json) nor a Lambda root filesystem (it has no %s)", image, entrypoint)
}

// exists reports whether a folder holds a file.
func exists(folder, file string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return err == nil
}

// openImage opens an image for the wanted platform. The function it returns
// removes what was unpacked to read it.
func openImage(ctx context.Context, k kind, opts Options) (v1.Image, func() error, error) {
	wanted, err := wantedPlatform(opts.Platform)
	if err != nil {
		return nil, nil, err
	}
	remove := nothing
	var image v1.Image
	switch k {
	case kindReference:
		image, err = pull(ctx, opts.Image, wanted)
	case kindLayout:
		image, err = openLayout(opts.Image, wanted)
	case kindArchive:
		image, remove, err = openArchive(ctx, opts.Image, wanted)
	default:
		err = errors.New("a root filesystem is no image")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("opening the image %s: %w", opts.Image, errors.Join(err, remove()))
	}
	return image, remove, nil
}

// wantedPlatform is the platform of --platform. None stands for any, with this
// machine's first.
func wantedPlatform(value string) (*v1.Platform, error) {
	if value == "" {
		return nil, nil
	}
	p, err := platforms.Parse(value)
	if err != nil {
		return nil, fmt.Errorf("invalid --platform %q: %w", value, err)
	}
	p = platforms.Normalize(p)
	return &v1.Platform{OS: p.OS, Architecture: p.Architecture, Variant: p.Variant}, nil
}

// pull opens an image of a registry, with the credentials of the docker
// configuration. Registries on loopback are spoken to without TLS.
func pull(ctx context.Context, reference string, wanted *v1.Platform) (v1.Image, error) {
	ref, err := name.ParseReference(reference)
	if err != nil {
		return nil, err
	}
	found, err := remote.Get(ref, remote.WithContext(ctx), remote.WithAuthFromKeychain(authn.DefaultKeychain))
	if err != nil {
		return nil, err
	}
	if !found.MediaType.IsIndex() {
		image, err := found.Image()
		return check(image, wanted, err)
	}
	index, err := found.ImageIndex()
	if err != nil {
		return nil, err
	}
	return choose(index, wanted)
}

// openLayout opens an image of an OCI layout folder.
func openLayout(folder string, wanted *v1.Platform) (v1.Image, error) {
	index, err := layout.ImageIndexFromPath(folder)
	if err != nil {
		return nil, err
	}
	return choose(index, wanted)
}

// openArchive opens an image archive, as OCI and docker exporters write them.
func openArchive(ctx context.Context, path string, wanted *v1.Platform) (v1.Image, func() error, error) {
	folder, err := os.MkdirTemp("", "uvlambda-archive-")
	if err != nil {
		return nil, nothing, err
	}
	remove := func() error { return os.RemoveAll(folder) }
	if err := unpackArchive(ctx, folder, path); err != nil {
		return nil, remove, err
	}
	if exists(folder, "index.json") {
		image, err := openLayout(folder, wanted)
		return image, remove, err
	}
	image, err := tarball.ImageFromPath(path, nil)
	image, err = check(image, wanted, err)
	return image, remove, err
}

// check refuses an image for another platform than the wanted one.
func check(image v1.Image, wanted *v1.Platform, err error) (v1.Image, error) {
	if err != nil || wanted == nil {
		return image, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, err
	}
	if built := config.Platform(); !built.Satisfies(*wanted) {
		return nil, fmt.Errorf("it is for %s, not for %s", built, wanted)
	}
	return image, nil
}
