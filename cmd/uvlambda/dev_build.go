package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/docker/cli/cli/config/configfile"
	"github.com/google/uuid"
	"github.com/moby/buildkit/util/grpcerrors"
	"github.com/moby/buildkit/util/progress/progressui"
	"google.golang.org/grpc/codes"

	"github.com/uvlambda/uvlambda/cmd/internal/build"
	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/cmd/internal/dev"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate/runtimeapi"
	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/plan"
)

// devRun is what the builds of one run have in common.
type devRun struct {
	*devOptions
	// folder is the context that was given, project where its project is.
	folder  string
	project buildflags.Project
	daemon  build.Daemon
	docker  *configfile.ConfigFile
	// state is a folder for the image, where no Docker engine keeps it.
	state string
	// mode is how builds are shown.
	mode progressui.DisplayMode
	// engine is set when images run in a Docker engine.
	engine bool
	// command is set when the function is a command, such as a web server.
	command bool
	// built counts the builds.
	built int
}

// inputs are what the next build reads.
func (r *devRun) inputs(ctx context.Context) (*dev.Inputs, error) {
	var plans []plan.Plan
	project, opts, err := (&planOptions{Flags: r.Flags}).options(r.folder)
	if err == nil {
		// The build reports why no plan can be made.
		plans, _ = frontend.Plan(ctx, project.Context, opts)
	}
	r.command = slices.ContainsFunc(plans, func(p plan.Plan) bool { return p.Config != nil && p.Config.Command })
	if slices.ContainsFunc(plans, func(p plan.Plan) bool { return p.Python.Assumed }) {
		// The build may plan for another Python, and read other members.
		plans = nil
	}
	file, err := r.project.Name()
	if err != nil {
		return nil, err
	}
	return dev.ReadInputs(r.project.Context, file, plans)
}

// build builds the image and prepares it to be run.
func (r *devRun) build(ctx context.Context) (dev.Built, error) {
	image := r.setOutput()
	request, err := r.Request(r.folder, environment(r.docker))
	if err != nil {
		return dev.Built{}, err
	}
	result, err := r.solve(ctx, request)
	if err != nil {
		return dev.Built{}, err
	}
	function, err := emulate.Prepare(ctx, emulate.Options{
		Image:       image,
		Env:         variables(r.env),
		Timeout:     time.Duration(r.timeout),
		Memory:      r.memory,
		Log:         os.Stderr,
		Layers:      keptLayers(),
		Alone:       r.command,
		RemoveImage: r.engine,
	})
	return dev.Built{Function: function, ID: result.ImageID()}, err
}

// setOutput makes the next build's result something that can be run, and
// returns its name: an image of the engine, or an OCI layout, which is sent
// only the layers that it does not have.
func (r *devRun) setOutput() string {
	r.built++
	if r.engine {
		r.Load, r.Tags = true, []string{"uvlambda-dev:" + uuid.NewString()}
		return r.Tags[0]
	}
	folder := filepath.Join(r.state, "image")
	r.Outputs = []string{"type=oci,tar=false,compression=uncompressed,dest=" + folder}
	return folder
}

// display is the progress mode of the build under way.
func (r *devRun) display() progressui.DisplayMode {
	if r.built > 1 && !r.progressSet {
		return progressui.QuietMode
	}
	return r.mode
}

// reportFunction prints an error for people.
func reportFunction(err error) { fmt.Fprint(os.Stderr, describe(err)) }

// describe is the text of an error for people. A function's own error comes with
// the traceback.
func describe(err error) string {
	var text strings.Builder
	var raised *runtimeapi.FunctionError
	if errors.As(err, &raised) && len(raised.Stack) > 0 {
		text.WriteString(raised.Traceback())
	}
	report(&text, err)
	return text.String()
}

// solve runs a build. A builder that does not answer any more may have been
// started again since: it is looked for once more.
func (r *devRun) solve(ctx context.Context, request *buildflags.Request) (*build.Result, error) {
	opts := build.Options{
		Request:  request,
		Progress: r.display(),
		Terminal: build.Terminal{Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr, NoColour: os.Getenv("NO_COLOR")},
		Docker:   r.docker,
	}
	result, err := build.Run(ctx, r.daemon, opts)
	if grpcerrors.Code(err) != codes.Unavailable {
		return result, err
	}
	lost := r.reconnect(ctx)
	if lost == nil {
		result, err = build.Run(ctx, r.daemon, opts)
	} else {
		err = lost
	}
	if lost != nil || grpcerrors.Code(err) == codes.Unavailable {
		err = fmt.Errorf("BuildKit is out of reach: start it again (uvlambda builder find says which one builds use) and save a file: %w", err)
	}
	return result, err
}

// reconnect connects to the builder anew: a connection that has failed tries
// again by itself only after a while.
func (r *devRun) reconnect(ctx context.Context) error {
	daemon, err := openDaemon(ctx, r.builder)
	if err != nil {
		return err
	}
	r.disconnect()
	r.daemon = daemon
	return nil
}

// disconnect ends the connection to the builder.
func (r *devRun) disconnect() {
	// The run is over, so a failure to close makes no difference.
	_ = r.daemon.Client.Close()
}
