package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/docker/cli/cli/config"
	"github.com/spf13/cobra"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/cmd/internal/dev"
	"github.com/uvlambda/uvlambda/cmd/internal/emulate"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
	"github.com/uvlambda/uvlambda/frontend"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

const devLong = `Run a function while you write it.

dev builds and starts the function, and does so again when a file changes that
the build reads. When a build fails, dev prints the error and answers all
requests with it until a change mends the build.

dev takes events at the path of AWS's Runtime Interface Emulator:

    http://127.0.0.1:9000%s

With --http, dev also serves the function over HTTP, as an API Gateway HTTP API
would: a request becomes an event in payload format 2.0.

As with "uvlambda invoke", the image runs in the Docker engine when one answers,
else in runc. As in Lambda, the function works on one event at a time. Other
events wait, also while a change is built.

CONTEXT is a folder (default "."). Ctrl-C ends the function and removes its image
from this machine.`

const devExample = `  # Run the project in this folder, and send it an event
  uvlambda dev
  curl -d '{"n": 1}' http://127.0.0.1:9000%s

  # Look at it with a browser, at http://127.0.0.1:8000
  uvlambda dev --http

  # Run one of several functions, with an environment
  uvlambda dev --target page --env STAGE=dev`

// httpAddress is where --http without an address listens.
const httpAddress = "127.0.0.1:8000"

// devOptions are the dev command's flags.
type devOptions struct {
	buildflags.Flags
	builder  string
	port     int
	http     string
	env      []string
	timeout  timeLimit
	memory   int
	progress string
	// progressSet is set when the display was chosen, for builds after a change
	// too.
	progressSet bool
}

// newDevCmd makes `uvlambda dev`.
func newDevCmd() *cobra.Command {
	o := &devOptions{}
	cmd := &cobra.Command{
		Use:     "dev [flags] [CONTEXT]",
		Short:   "Run a function and follow its changes",
		Long:    fmt.Sprintf(devLong, dev.InvokePath),
		Example: fmt.Sprintf(devExample, dev.InvokePath),
		Args:    atMostOne("CONTEXT"),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.Command = cmd.CommandPath()
			o.progressSet = cmd.Flags().Changed("progress")
			return runDev(cmd.Context(), o, contextOf(args), cmd.OutOrStdout())
		},
		ValidArgsFunction: completeFolders,
	}
	set := cmd.Flags()
	o.RegisterInputs(set)
	set.StringVar(&o.builder, "builder", "", "`name` of the builder to use, as docker buildx ls lists them")
	set.IntVar(&o.port, "port", 9000, "`port` that events are taken at, on loopback; 0 is a free one")
	set.StringVar(&o.http, "http", "", "take HTTP requests too, at this `[HOST]:PORT` (default "+httpAddress+")")
	set.Lookup("http").NoOptDefVal = httpAddress
	set.StringArrayVarP(&o.env, "env", "e", nil, "environment variable `KEY[=VALUE]`; without a value, the value of this environment")
	o.timeout = defaultLimit
	set.Var(&o.timeout, "timeout", "`time` that the function may take for an event, in seconds or as in 2m")
	set.IntVar(&o.memory, "memory", 0, "memory limit in `MB`; without one the function has no limit and sees 128")
	set.StringVar(&o.progress, "progress", "auto", "`display` of builds: auto, plain, tty or quiet; by default builds after a change are quiet")
	completeValues(cmd, "progress", "auto", "plain", "tty", "quiet")
	completeValues(cmd, "platform", "linux/amd64", "linux/arm64")
	return cmd
}

// runDev runs until the context ends, which is how it is meant to end.
func runDev(ctx context.Context, o *devOptions, folder string, out io.Writer) (err error) {
	docker := config.LoadDefaultConfigFile(os.Stderr)
	project, err := o.check(ctx, folder, environment(docker))
	if err != nil {
		return err
	}
	mode, err := (&buildOptions{progress: o.progress}).display()
	if err != nil {
		return err
	}
	if emulate.BuiltNeedsRoot(ctx) {
		return rootless.Run(ctx)
	}
	events, requests, err := o.listen()
	if err != nil {
		return err
	}
	defer closeListeners(events, requests)
	daemon, err := openDaemon(ctx, o.builder)
	if err != nil {
		return err
	}
	r := &devRun{devOptions: o, folder: folder, project: project, mode: mode, daemon: daemon, docker: docker, engine: emulate.EngineAnswers(ctx)}
	defer r.disconnect()
	state, err := os.MkdirTemp("", "uvlambda-dev-")
	if err != nil {
		return fmt.Errorf("making a folder for the image: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(state)) }()
	r.state = state
	return dev.Run(ctx, dev.Options{
		Context:  project.Context,
		Build:    r.build,
		Inputs:   r.inputs,
		Events:   events,
		HTTP:     requests,
		Out:      out,
		Report:   reportFunction,
		Describe: describe,
		Now:      time.Now,
	})
}

// check refuses what cannot become a run, and says where the project is.
func (o *devOptions) check(ctx context.Context, folder string, env buildflags.Environment) (project buildflags.Project, err error) {
	if info, err := os.Stat(folder); err != nil || !info.IsDir() {
		return project, fmt.Errorf("%s is not a folder: only local files can be watched", folder)
	}
	if o.memory < 0 {
		return project, errNegativeMemory
	}
	if output := plan.Output(path.Base(o.Target)); output != plan.OutputImage && slices.Contains(plan.Outputs(), output) {
		return project, fmt.Errorf("--target %s is not an image, and dev runs images: name the function alone", o.Target)
	}
	platforms, err := o.TargetPlatforms(env)
	if err != nil {
		return project, err
	}
	if len(platforms) > 1 {
		return project, fmt.Errorf("%s cannot be run at once: choose one --platform", strings.Join(platforms, " and "))
	}
	if project, err = o.Project(folder); err != nil {
		return project, err
	}
	file, err := project.Name()
	if err != nil {
		return project, err
	}
	// A build file with a mistake is reported by the build, and can be corrected.
	functions, err := frontend.ReadFunctions(ctx, project.Context, file)
	if err == nil && o.Target == "" && len(functions.Names) > 0 {
		return project, fmt.Errorf("%s has several functions: choose one with --target, of %s", file, suggest.List(functions.Names))
	}
	return project, nil
}

// listen opens the doors, so that nothing is built for doors that are taken.
// That for requests is nil when none are to be taken.
func (o *devOptions) listen() (events, requests net.Listener, err error) {
	if events, err = listen("port", net.JoinHostPort("127.0.0.1", strconv.Itoa(o.port))); err != nil {
		return nil, nil, err
	}
	if o.http == "" {
		return events, nil, nil
	}
	address := o.http
	if !strings.Contains(address, ":") {
		address = ":" + address
	}
	// Others of the network get in only when a host says so.
	if strings.HasPrefix(address, ":") {
		address = "127.0.0.1" + address
	}
	if requests, err = listen("http", address); err != nil {
		return nil, nil, errors.Join(err, events.Close())
	}
	return events, requests, nil
}

func listen(flag, address string) (net.Listener, error) {
	listener, err := net.Listen("tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fmt.Errorf("something listens on %s already: choose another address with --%s", address, flag)
	}
	if err != nil {
		return nil, fmt.Errorf("invalid --%s: %w", flag, err)
	}
	return listener, nil
}

func closeListeners(listeners ...net.Listener) {
	for _, l := range listeners {
		if l != nil {
			l.Close()
		}
	}
}
