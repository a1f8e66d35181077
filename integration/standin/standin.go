// Package standin makes small images that stand in for the public images a
// build starts from, on machines that reach package registries but no
// container registry. Root filesystems come from Debian, programs from PyPI;
// each image is kept as an OCI layout and made once.
package standin

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// References of the images that can be made.
const (
	// Python313 is the Lambda base image that the examples build on.
	Python313 = "public.ecr.aws/lambda/python:3.13"
	// SAM313 is SAM's build image: the base image with a compiler.
	SAM313 = "public.ecr.aws/sam/build-python3.13:1.146.0"
	// Python39 and Python311 are Lambda base images with older Pythons, Python314
	// and Python315 those with newer ones, the last of them a preview.
	Python39  = "public.ecr.aws/lambda/python:3.9"
	Python311 = "public.ecr.aws/lambda/python:3.11"
	Python314 = "public.ecr.aws/lambda/python:3.14"
	Python315 = "public.ecr.aws/lambda/python:3.15-preview"
	// SlimPython is a base that knows nothing of Lambda.
	SlimPython = "docker.io/library/python:3.13-slim"
	// Distroless is a base with a Python, and without a shell.
	Distroless = "gcr.io/distroless/python3-debian12:nonroot"
	// WebAdapter holds the extension that hands events to a web server.
	WebAdapter = "public.ecr.aws/awsguru/aws-lambda-adapter:0.9.1"
	// UVNewest is the newest uv that is tested.
	UVNewest = "ghcr.io/astral-sh/uv:0.13.9"
	// UVGuide is the uv that uv's own Lambda guide uses.
	UVGuide = "ghcr.io/astral-sh/uv:0.9.26"
	// UVOldest is the oldest uv that builds are allowed to use.
	UVOldest = "ghcr.io/astral-sh/uv:0.8.14"
	// Golang is the base of the frontend image's build stage. It holds the
	// local Go toolchain and exists for the local platform only.
	Golang = "docker.io/library/golang:1.26"
)

// recipeVersion is part of the cache path: it grows when a recipe changes.
const recipeVersion = "1"

// Store makes stand-in images and keeps them.
type Store struct {
	// Dir is the cache folder.
	Dir string
	// CAFile is a bundle of certificates that the images trust, PEM. Builds
	// need the one of the machine to reach package registries through it.
	CAFile string
	// GOROOT is the Go toolchain that the golang image holds.
	GOROOT string
	// Root says whether system packages may be installed.
	Root bool
	// Log receives a line for every slow step.
	Log io.Writer
}

// Image is a finished stand-in.
type Image struct {
	// Ref is the reference of the image it stands in for.
	Ref string
	// Layout is the folder of the OCI layout. It holds one image index, with
	// a manifest for each platform, under the tag of Ref.
	Layout string
}

// Tag is the tag of the image's reference.
func (i Image) Tag() string {
	return i.Ref[strings.LastIndex(i.Ref, ":")+1:]
}

// BuildContext is the image as the value of a --build-context flag.
func (i Image) BuildContext() string {
	return fmt.Sprintf("%s=oci-layout://%s:%s", i.Ref, i.Layout, i.Tag())
}

// Index reads the image index from the layout.
func (i Image) Index() (v1.ImageIndex, error) {
	root, err := layout.ImageIndexFromPath(i.Layout)
	if err != nil {
		return nil, fmt.Errorf("reading stand-in %s: %w", i.Ref, err)
	}
	manifest, err := root.IndexManifest()
	if err != nil {
		return nil, fmt.Errorf("reading stand-in %s: %w", i.Ref, err)
	}
	return root.ImageIndex(manifest.Manifests[0].Digest)
}

// Get returns the stand-in for a reference, and makes it when the cache does
// not hold it. Several processes may ask at once.
func (s Store) Get(ctx context.Context, ref string) (Image, error) {
	ca, err := os.ReadFile(s.CAFile)
	if err != nil {
		return Image{}, fmt.Errorf("reading the certificates that stand-in images trust: %w", err)
	}
	sum := sha256.Sum256(ca)
	dir := filepath.Join(s.Dir, "v"+recipeVersion+"-"+hex.EncodeToString(sum[:4]))
	image := Image{Ref: ref, Layout: filepath.Join(dir, strings.NewReplacer("/", "_", ":", "_").Replace(ref))}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return Image{}, fmt.Errorf("creating the cache of stand-in images: %w", err)
	}
	unlock, err := lock(image.Layout + ".lock")
	if err != nil {
		return Image{}, err
	}
	defer unlock()
	if _, err := os.Stat(filepath.Join(image.Layout, "index.json")); err == nil {
		return image, nil
	}
	fmt.Fprintf(s.Log, "stand-in images: making %s\n", ref)
	index, err := s.make(ctx, ref, ca)
	if err != nil {
		return Image{}, fmt.Errorf("making a stand-in for %s: %w", ref, err)
	}
	return image, write(image, index)
}

func (s Store) make(ctx context.Context, ref string, ca []byte) (v1.ImageIndex, error) {
	if recipe, ok := lambdaRecipes()[ref]; ok {
		return s.lambda(ctx, recipe, ca)
	}
	switch ref {
	case WebAdapter:
		return adapter()
	case SlimPython:
		return s.slimPython(ctx, lambdaRecipes()[Python313], ca)
	case Distroless:
		return s.distroless(ctx, lambdaRecipes()[Python311], ca)
	case UVNewest, UVGuide, UVOldest:
		return s.uv(ctx, ref[strings.LastIndex(ref, ":")+1:])
	case Golang:
		return s.golang(ctx, ca)
	}
	return nil, errors.New("there is no recipe for this image; see the constants of package standin")
}

// write puts the layout in place by a rename, so that a broken run leaves no
// half of one.
func write(image Image, index v1.ImageIndex) error {
	temp, err := os.MkdirTemp(filepath.Dir(image.Layout), "making-")
	if err != nil {
		return fmt.Errorf("writing stand-in %s: %w", image.Ref, err)
	}
	defer os.RemoveAll(temp)
	path, err := layout.Write(temp, empty.Index)
	if err != nil {
		return fmt.Errorf("writing stand-in %s: %w", image.Ref, err)
	}
	annotations := map[string]string{"org.opencontainers.image.ref.name": image.Tag()}
	if err := path.AppendIndex(index, layout.WithAnnotations(annotations)); err != nil {
		return fmt.Errorf("writing stand-in %s: %w", image.Ref, err)
	}
	if err := os.Chmod(temp, 0o755); err != nil {
		return fmt.Errorf("writing stand-in %s: %w", image.Ref, err)
	}
	if err := os.RemoveAll(image.Layout); err != nil {
		return fmt.Errorf("writing stand-in %s: %w", image.Ref, err)
	}
	return os.Rename(temp, image.Layout)
}

func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking the cache of stand-in images: %w", err)
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking %s: %w", path, err)
	}
	return func() { f.Close() }, nil
}
