// Package images opens the images that the command works on, wherever they
// are: in a registry, in an archive, or in an OCI layout folder.
package images

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// Kind is what the name of an image stands for.
type Kind int

const (
	// Reference is the name of an image of a registry or an engine.
	Reference Kind = iota
	// File is a file, which may be an image archive.
	File
	// Layout is an OCI layout folder.
	Layout
	// Folder is any other folder.
	Folder
)

// indexFile is what makes a folder an OCI layout:
// https://github.com/opencontainers/image-spec/blob/main/image-layout.md
const indexFile = "index.json"

// KindOf tells what an image's name stands for: a path that exists, else a
// reference.
func KindOf(image string) (Kind, error) {
	info, err := os.Stat(image)
	if errors.Is(err, fs.ErrNotExist) {
		// The parser takes a path for a reference to a registry called "..".
		_, err := name.ParseReference(image)
		if err != nil || strings.HasPrefix(image, ".") || filepath.IsAbs(image) {
			return 0, fmt.Errorf("%s is neither a file, a folder nor an image reference", image)
		}
		if ending := strings.ToLower(filepath.Ext(image)); slices.Contains([]string{".tar", ".zip", ".gz", ".tgz"}, ending) {
			return 0, fmt.Errorf("there is no file %s: check its name, and the folder that you are in", image)
		}
		return Reference, nil
	}
	if err != nil {
		return 0, fmt.Errorf("looking for the image: %w", err)
	}
	switch {
	case !info.IsDir():
		return File, nil
	case isLayout(image):
		return Layout, nil
	}
	return Folder, nil
}

// isLayout reports whether a folder is an OCI layout.
func isLayout(folder string) bool {
	_, err := os.Stat(filepath.Join(folder, indexFile))
	return err == nil
}

// Open opens the image of a registry, an archive or an OCI layout, for a
// platform in OCI form, "linux/arm64"; without one it is this machine's, or the
// only one there is. The function it returns removes what was unpacked to read
// the image.
func Open(ctx context.Context, kind Kind, image, platform string) (v1.Image, func() error, error) {
	wanted, err := wantedPlatform(platform)
	if err != nil {
		return nil, nil, err
	}
	remove := nothing
	var opened v1.Image
	switch kind {
	case Reference:
		opened, err = pull(ctx, image, wanted)
	case Layout:
		opened, err = openLayout(image, wanted)
	case File:
		opened, remove, err = openArchive(ctx, image, wanted)
	default:
		err = errors.New("the folder is no OCI layout (it has no index.json)")
	}
	if err != nil {
		return nil, nil, fmt.Errorf("opening the image %s: %w", image, errors.Join(err, remove()))
	}
	return opened, remove, nil
}

// nothing is the clean-up of an image that was not copied: it removes nothing.
func nothing() error { return nil }

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
		return nil, notPulled(reference, ref, err)
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

// notPulled is the error of an image that is neither on this machine nor in a
// registry. A name without a registry is most often meant for Docker's images.
func notPulled(reference string, ref name.Reference, err error) error {
	const archive = "build it with -o type=oci,dest=FILE.tar and name that file"
	registry := ref.Context().RegistryStr()
	if registry == name.DefaultRegistry && !strings.Contains(reference, "docker.io/") {
		return fmt.Errorf("no Docker engine here has it, there is no file of that name, and Docker Hub does not give it (%w): %s", err, archive)
	}
	return fmt.Errorf("%s does not give it (%w): check its name and your login with `docker login %s`, or %s", registry, err, registry, archive)
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
	if isLayout(folder) {
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
	if built := platformOf(config); !built.Satisfies(*wanted) {
		return nil, fmt.Errorf("it is for %s, not for %s: %s", built, wanted, rebuild(*wanted))
	}
	return image, nil
}
