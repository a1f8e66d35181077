// Package invoke runs a Lambda function's image on this machine, hands it one
// event through a Lambda Runtime API on loopback, and returns its response. The
// image runs in the Docker engine when there is one, else in runc.
package invoke

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"time"

	"github.com/uvlambda/uvlambda/cmd/internal/runtimeapi"
)

// Options say what to invoke, and how.
type Options struct {
	// Image is a reference to an image, an image archive, an OCI layout folder
	// or an unpacked root filesystem.
	Image string
	// Event is the JSON that the function is called with.
	Event []byte
	// Handler replaces the image's command. Empty leaves it.
	Handler string
	// Env are further variables of the function, KEY=VALUE.
	Env []string
	// Timeout is how long the function may work on the event.
	Timeout time.Duration
	// Memory is what the function may use, in MB (2^20 bytes). Zero sets no
	// limit and tells the function Lambda's default.
	Memory int
	// Platform is the one to run of an image for several, in OCI form. Empty is
	// this machine's.
	Platform string
	// Log receives what the function writes to its output and error streams.
	Log io.Writer
}

// function is an image that is ready to be run.
type function struct {
	// run runs the function's process until it ends or the context does. The
	// port is that of the Runtime API.
	run func(ctx context.Context, port int) error
	// remove deletes what was put on this machine to run it.
	remove func() error
}

// errAnswered ends a function's process after its answer.
var errAnswered = errors.New("the function has answered")

// Run invokes the function once. An exception that it raises is returned as a
// *runtimeapi.FunctionError.
func Run(ctx context.Context, opts Options) (response []byte, err error) {
	f, err := prepare(ctx, opts)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, f.remove()) }()
	api, err := runtimeapi.Listen()
	if err != nil {
		return nil, err
	}
	defer api.Close()
	running, end := context.WithCancelCause(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		end(exited(f.run(running, api.Port()), opts.Memory))
	}()
	response, err = api.Invoke(running, opts.Event, opts.Timeout)
	end(errAnswered)
	<-ended
	return response, err
}

// killedStatus is the exit status of a process that SIGKILL ended, as the
// kernel does to one that goes over its memory limit.
const killedStatus = 128 + 9

// exited is the error of a function whose process has ended by itself.
func exited(err error, memory int) error {
	if err == nil {
		return errors.New("the function's process ended before it answered: its entrypoint is no Lambda runtime")
	}
	var status *exec.ExitError
	if memory > 0 && errors.As(err, &status) && status.ExitCode() == killedStatus {
		return fmt.Errorf("the function's process was killed, most likely for using more than %d MB: raise --memory", memory)
	}
	return fmt.Errorf("the function's process ended before it answered: %w", err)
}

// prepare finds the image and a way to run it.
func prepare(ctx context.Context, opts Options) (*function, error) {
	kind, err := kindOf(opts.Image)
	if err != nil {
		return nil, err
	}
	engine := findEngine(ctx)
	switch {
	case kind == kindReference && engine != nil:
		return engine.function(opts, opts.Image, nothing), nil
	case kind == kindRootfs:
		return rootfsFunction(opts)
	}
	image, closeImage, err := openImage(ctx, kind, opts)
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

// nothing is the removal of what was not put anywhere.
func nothing() error { return nil }
