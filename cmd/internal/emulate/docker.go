package emulate

import (
	"context"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"sync/atomic"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/uuid"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"
)

// engine is a Docker engine that runs functions.
type engine struct{ docker.Engine }

// findEngine returns the Docker engine that answers, nil when none does.
func findEngine(ctx context.Context) *engine {
	found, err := docker.Find(ctx)
	if err != nil {
		return nil
	}
	return &engine{*found}
}

// function runs an image that the engine has or can pull.
func (e *engine) function(opts Options, image string, remove func() error) *Function {
	var running atomic.Value
	peak := func() int64 {
		container, started := running.Load().(string)
		if !started {
			return 0
		}
		return peakOfContainer(container)
	}
	run := func(ctx context.Context, port int) error {
		container := "uvlambda-invoke-" + uuid.NewString()
		running.Store(container)
		cmd := docker.Command(ctx, e.arguments(opts, container, image, port)...)
		log := newFunctionLog(opts.Log)
		defer log.flush()
		cmd.Stdout, cmd.Stderr = log, log
		cmd.WaitDelay = killTime
		keepFromTerminal(cmd)
		cmd.Cancel = func() error { return docker.RemoveContainer(container) }
		return runBeside(cmd, func() (extensions []*exec.Cmd) {
			for _, name := range extensionsOf(ctx, container) {
				extension := docker.Command(ctx, "exec", container, name)
				extension.Stdout, extension.Stderr = log, log
				keepFromTerminal(extension)
				extensions = append(extensions, extension)
			}
			return extensions
		})
	}
	return newFunction(opts, run, peak, remove)
}

// arguments are the arguments for the docker command. The container has the user,
// the file systems and the variables that the runtime spec for runc has.
func (e *engine) arguments(opts Options, container, image string, port int) []string {
	user := lambdaUser()
	args := []string{
		"run", "--rm", "--name", container,
		"--user", fmt.Sprintf("%d:%d", user.uid, user.gid),
		"--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--read-only", "--tmpfs", fmt.Sprintf("/tmp:rw,exec,mode=1777,size=%dm", temporary),
	}
	host := "host.docker.internal"
	if !e.Desktop {
		host = "127.0.0.1"
		args = append(args, "--network", "host")
	}
	if opts.Platform != "" {
		args = append(args, "--platform", opts.Platform)
	}
	if opts.Memory > 0 {
		args = append(args, "--memory", strconv.Itoa(opts.Memory)+"m")
	}
	for _, variable := range variables(opts, host, port) {
		args = append(args, "--env", variable)
	}
	args = append(args, image)
	if opts.Handler != "" {
		args = append(args, opts.Handler)
	}
	return args
}

// load gives the engine an image of this machine, under a name of its own that
// goes when the function has answered.
func (e *engine) load(ctx context.Context, opts Options, image v1.Image) (*Function, error) {
	tag, err := name.NewTag("uvlambda-invoke:" + uuid.NewString())
	if err != nil {
		return nil, fmt.Errorf("naming the image: %w", err)
	}
	load, err := docker.Load(ctx, io.Discard, opts.Log)
	if err != nil {
		return nil, err
	}
	written := tarball.Write(tag, image, load)
	// A failed docker load is why the archive could not be written.
	if err := load.Close(); err != nil {
		return nil, err
	}
	if written != nil {
		return nil, fmt.Errorf("loading the image into docker: %w", written)
	}
	remove := func() error { return docker.RemoveImage(tag.String()) }
	return e.function(opts, tag.String(), remove), nil
}
