// Package build runs a build request on a BuildKit daemon: it opens the
// session that the daemon reads folders, secrets and credentials through,
// shows the progress, and puts the result where the request says.
package build

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"sync/atomic"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/moby/buildkit/client"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/progress/progressui"
	"golang.org/x/sync/errgroup"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/cmd/internal/builder"
	"github.com/uvlambda/uvlambda/cmd/internal/colour"
	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/plan"
)

// Daemon is the BuildKit that builds.
type Daemon struct {
	Client *client.Client
	// Engine is set for the BuildKit inside a Docker engine, which keeps images
	// by itself.
	Engine bool
	// Builder is where it was found, for messages.
	Builder *builder.Builder
}

// Terminal is where a build reads from and writes to.
type Terminal struct {
	Stdin  io.Reader
	Stdout *os.File
	Stderr *os.File
	// NoColour is the value of NO_COLOR.
	NoColour string
}

// Options are what a build needs besides its request.
type Options struct {
	Request *buildflags.Request
	// Progress is how the build's steps are shown, on standard error.
	Progress progressui.DisplayMode
	Terminal Terminal
	// Docker is the docker configuration, for registry credentials.
	Docker *configfile.ConfigFile
}

// Run builds. The result is in place when it returns without an error; when it
// fails, nothing of it is left in the files that the request names.
func Run(ctx context.Context, daemon Daemon, opts Options) (*Result, error) {
	delivery, err := newDelivery(ctx, daemon, opts)
	if err != nil {
		return nil, err
	}
	defer delivery.discard()
	opt, release, err := solveOpt(opts, delivery)
	if err != nil {
		return nil, err
	}
	defer release()
	if daemon.Engine && opt.FrontendAttrs["image-resolve-mode"] == "" {
		// The engine's own images come first, as for docker build.
		opt.FrontendAttrs["image-resolve-mode"] = pb.AttrImageResolveModePreferLocal
	}
	response, err := delivery.solve(ctx, daemon, opts, opt)
	if err != nil {
		return nil, err
	}
	if err := delivery.finish(ctx); err != nil {
		return nil, err
	}
	if len(opt.Exports) == 0 && !delivery.cacheOnly {
		fmt.Fprintln(opts.Terminal.Stderr, colour.Word(opts.Terminal.Stderr, "WARNING", colour.Yellow, opts.Terminal.NoColour)+": no output was asked for, so the result stays in the build cache: add --push, --load or --output")
	}
	return &Result{Response: response.ExporterResponse, Summary: delivery.summary(response.ExporterResponse)}, nil
}

// solve has the daemon build, and shows its progress.
func (d *delivery) solve(ctx context.Context, daemon Daemon, opts Options, opt *client.SolveOpt) (*client.SolveResponse, error) {
	var failure error
	var explained atomic.Bool
	ended := make(chan ending, 1)
	go func() {
		response, err := show(ctx, opts, &explained, func(status chan *client.SolveStatus) (*client.SolveResponse, error) {
			if opts.Request.FrontendImage != "" {
				opt.Frontend = "gateway.v0"
				return daemon.Client.Solve(ctx, nil, *opt, status)
			}
			progress := &progressMux{to: status}
			local := opts.Request.Frontend()
			local.Create = d.createIn(opts.Request, progress.report)
			build := func(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
				return frontend.Build(ctx, c, local)
			}
			return daemon.Client.Build(ctx, *opt, frontend.Product, observed(build, len(opt.Exports), &failure, &explained), progress.from())
		})
		ended <- ending{response, d.explain(daemon.explain(ctx, failure, err))}
	}()
	watched, stop := context.WithCancel(ctx)
	defer stop()
	select {
	case e := <-ended:
		return e.response, e.err
	case err := <-d.watchDisks(watched):
		// The solve is left as it is, not cancelled: the transfer of a folder that was
		// given up goes on to use what is closed by then, and ends the program.
		return nil, err
	}
}

// ending is what a solve ended with.
type ending struct {
	response *client.SolveResponse
	err      error
}

// observed is the frontend with a check of the daemon before it. Its error is
// also kept aside: the daemon hands errors back as text, with less in them the
// older it is.
func observed(build gwclient.BuildFunc, outputs int, failure *error, explained *atomic.Bool) gwclient.BuildFunc {
	return func(ctx context.Context, c gwclient.Client) (result *gwclient.Result, err error) {
		defer func() {
			*failure = err
			// The error lacks what a tested function logs.
			explained.Store(isExplained(err) && path.Base(c.BuildOpts().Opts["target"]) != string(plan.OutputTest))
		}()
		caps := c.BuildOpts().LLBCaps
		// Such a daemon writes the first output and silently drops the others.
		if outputs > 1 && caps.Supports(pb.CapMultipleExporters) != nil {
			return nil, errors.New("this BuildKit writes a single output: ask for one, or use BuildKit v0.13 or newer")
		}
		return build(ctx, c)
	}
}

// show runs a build with its progress on standard error.
func show(ctx context.Context, opts Options, explained *atomic.Bool, build func(chan *client.SolveStatus) (*client.SolveResponse, error)) (*client.SolveResponse, error) {
	display, err := progressui.NewDisplay(&screen{File: opts.Terminal.Stderr, explained: explained}, opts.Progress)
	if err != nil {
		return nil, fmt.Errorf("invalid --progress: %w", err)
	}
	status, filtered := make(chan *client.SolveStatus), make(chan *client.SolveStatus)
	var response *client.SolveResponse
	var warnings []client.VertexWarning
	var group errgroup.Group
	group.Go(func() error {
		var err error
		response, err = build(status)
		return err
	})
	group.Go(func() error {
		defer close(filtered)
		var progress once
		for part := range status {
			// A program gets every event.
			if opts.Progress != progressui.RawJSONMode {
				progress.filter(part)
			}
			filtered <- part
		}
		return nil
	})
	group.Go(func() error {
		var err error
		// The last lines of a cancelled build are shown too: the channel's end,
		// not the context's, is the end of the display.
		warnings, err = display.UpdateFrom(context.WithoutCancel(ctx), filtered)
		return err
	})
	if err := group.Wait(); err != nil {
		return nil, err
	}
	printWarnings(opts.Terminal.Stderr, opts.Terminal.NoColour, warnings, opts.Progress)
	return response, nil
}
