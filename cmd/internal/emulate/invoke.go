// Package emulate runs a Lambda function's image on this machine and hands it
// events through a Lambda Runtime API on loopback. The image runs in the Docker
// engine when there is one, else in runc.
package emulate

import (
	"context"
	"errors"
	"io"
	"os"
	"time"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
	"github.com/uvlambda/uvlambda/cmd/internal/images"
)

// Options say what to run, and how.
type Options struct {
	// Image is a reference to an image, an image archive, an OCI layout folder
	// or an unpacked root filesystem.
	Image string
	// Handler replaces the image's command. Empty leaves it.
	Handler string
	// Env are further variables of the function, KEY=VALUE.
	Env []string
	// Timeout is how long the function may work on an event.
	Timeout time.Duration
	// Memory is what the function may use, in MB (2^20 bytes). Zero sets no
	// limit and tells the function Lambda's default.
	Memory int
	// Platform says, in OCI form, which platform of the image to run. When it is
	// empty, this machine's platform is run.
	Platform string
	// Log receives what the function writes to its output and error streams.
	Log io.Writer
	// Layers keeps what runc runs unpacked, for images that share layers. Without
	// it, and where layers can't be mounted, an image is unpacked for itself.
	Layers *Layers
	// Alone is set for a function that listens on a port of its own.
	Alone bool
	// RemoveImage is set for a reference that the Docker engine forgets once the
	// function is closed.
	RemoveImage bool
}

// Run invokes a function once. An exception that it raises is returned as a
// *runtimeapi.FunctionError.
func Run(ctx context.Context, opts Options, event []byte) (response []byte, err error) {
	f, err := Prepare(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	instance, err := f.Start(ctx)
	if err != nil {
		return nil, err
	}
	defer instance.Close()
	return instance.Invoke(ctx, event)
}

// Prepare finds an image and puts it on this machine in the form that it runs
// from.
func Prepare(ctx context.Context, opts Options) (*Function, error) {
	kind, err := images.KindOf(opts.Image)
	if err != nil {
		return nil, err
	}
	engine := findEngine(ctx)
	switch {
	case kind == images.Reference && engine != nil:
		remove := nothing
		if opts.RemoveImage {
			remove = func() error { return docker.RemoveImage(opts.Image) }
		}
		return engine.function(opts, opts.Image, remove), nil
	case kind == images.Folder:
		return rootfsFunction(opts)
	}
	image, closeImage, err := images.Open(ctx, kind, opts.Image, opts.Platform)
	if err != nil {
		return nil, err
	}
	if engine != nil {
		defer closeImage()
		return engine.load(ctx, opts, image)
	}
	f, err := unpackedFunction(ctx, opts, image)
	return f, errors.Join(err, closeImage())
}

// NeedsRoot reports whether an image runs here for root only: runc is to run it,
// and this process is not root. An image that cannot be run at all does not.
func NeedsRoot(ctx context.Context, image string) bool {
	kind, err := images.KindOf(image)
	if err == nil && kind == images.Folder {
		return os.Geteuid() != 0 && hasRunc()
	}
	return err == nil && BuiltNeedsRoot(ctx)
}

// BuiltNeedsRoot is NeedsRoot for any image that is built here.
func BuiltNeedsRoot(ctx context.Context) bool {
	return os.Geteuid() != 0 && hasRunc() && findEngine(ctx) == nil
}

// EngineAnswers reports whether images run in a Docker engine here.
func EngineAnswers(ctx context.Context) bool { return findEngine(ctx) != nil }

// nothing removes nothing: the image is not a copy.
func nothing() error { return nil }
