// Package dev runs a function while it is being written: it builds and starts
// the function, answers events and plain HTTP requests with it, and builds and
// starts it again when one of the files changes that the build reads.
package dev

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/loopback"
)

// Built is a function that a build has put on this machine.
type Built struct {
	Function *emulate.Function
	// ID is the image's. Equal images have equal IDs.
	ID string
}

// Options are what a run needs of the world.
type Options struct {
	// Context is the folder whose files are built and watched.
	Context string
	// Build builds the function.
	Build func(ctx context.Context) (Built, error)
	// Inputs lists the files of the context that a build reads.
	Inputs func(ctx context.Context) (*Inputs, error)
	// Events is where events are taken, at InvokePath.
	Events net.Listener
	// HTTP is where plain HTTP requests are taken. Nil takes none.
	HTTP net.Listener
	// Out receives a line for every change, and one when the function is ready.
	Out io.Writer
	// Report shows an error that does not end the run, and Describe is the text
	// that it shows.
	Report   func(error)
	Describe func(error) string
	// Now is the clock.
	Now func() time.Time
}

// run is a run under way.
type run struct {
	Options
	environment *environment
	watcher     *watcher
	// image is the ID of the image that the environment runs.
	image string
}

// Run builds, serves and watches until the context ends, and leaves nothing
// behind then. It returns an error when it cannot go on, and nil otherwise: a
// build that fails is reported, and is the answer to all requests until a change
// is built.
func Run(ctx context.Context, opts Options) (err error) {
	group, ctx := errgroup.WithContext(ctx)
	r := &run{Options: opts, environment: newEnvironment(ctx)}
	defer func() { err = errors.Join(err, r.environment.close()) }()
	if r.watcher, err = newWatcher(opts.Context, opts.Now, r.environment.hold, r.environment.release); err != nil {
		return err
	}
	door := &door{invoke: r.environment.Invoke, peak: r.environment.peak, out: opts.Out, now: opts.Now, report: opts.Report, describe: opts.Describe}
	group.Go(func() error { return serve(ctx, opts.Events, door.events()) })
	if opts.HTTP != nil {
		group.Go(func() error { return serve(ctx, opts.HTTP, door.requests()) })
	}
	changes := make(chan Change)
	group.Go(func() error { return r.watcher.run(ctx, changes) })
	group.Go(func() error { return r.loop(ctx, changes) })
	return group.Wait()
}

// loop builds, and builds again after every change.
func (r *run) loop(ctx context.Context, changes <-chan Change) error {
	started := r.Now()
	if err := r.refresh(ctx); err != nil {
		return err
	}
	if r.build(ctx) {
		fmt.Fprintf(r.Out, "ready in %s\n", r.since(started))
	}
	if ctx.Err() != nil {
		return nil
	}
	r.addresses()
	r.environment.release()
	for {
		select {
		case <-ctx.Done():
			return nil
		case change := <-changes:
			fmt.Fprintf(r.Out, "changed: %s\n", list(change.Paths))
			if err := r.refresh(ctx); err != nil {
				return err
			}
			if r.build(ctx) {
				fmt.Fprintf(r.Out, "ready %s after the save\n", r.since(change.Saved))
			}
			r.environment.release()
		}
	}
}

// refresh watches what the next build reads, before it does: what changes while
// it is being built is then built after it.
func (r *run) refresh(ctx context.Context) error {
	inputs, err := r.Inputs(ctx)
	if err != nil {
		return err
	}
	return r.watcher.watch(inputs)
}

// build builds the function and replaces the running function by it. It reports
// whether the running function is now up to date with the files.
func (r *run) build(ctx context.Context) bool {
	built, err := r.Build(ctx)
	if err == nil && built.ID == r.image {
		// What was changed is not part of the function.
		err = built.Function.Close()
	} else if err == nil {
		if err = r.environment.replace(ctx, built.Function); err == nil {
			r.image = built.ID
		}
	}
	if ctx.Err() != nil {
		return err == nil
	}
	r.environment.settle(err)
	if err != nil {
		r.Report(err)
		fmt.Fprintln(r.Out, "requests are answered with this error; waiting for a change")
	}
	return err == nil
}

// since is the time that has passed, for people.
func (r *run) since(start time.Time) string {
	return fmt.Sprintf("%.2f s", r.Now().Sub(start).Seconds())
}

// addresses says where the function answers.
func (r *run) addresses() {
	fmt.Fprintf(r.Out, "events: http://%s%s\n", r.Events.Addr(), InvokePath)
	if r.HTTP != nil {
		fmt.Fprintf(r.Out, "HTTP:   http://%s/\n", r.HTTP.Addr())
	}
}

// listed is how many changed files are named.
const listed = 3

// list names some paths.
func list(paths []string) string {
	if len(paths) > listed {
		return fmt.Sprintf("%s and %d more", strings.Join(paths[:listed], ", "), len(paths)-listed)
	}
	return strings.Join(paths, ", ")
}

// serve answers requests until the context ends.
func serve(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           loopback.Protect(listener, handler),
		ReadHeaderTimeout: time.Minute,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	stop := context.AfterFunc(ctx, func() { _ = server.Close() })
	defer stop()
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("listening on %s: %w", listener.Addr(), err)
	}
	return nil
}
