package invoke

import (
	"context"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/uuid"
)

// answerTime is how long a Docker engine may take to say that it is there.
const answerTime = 5 * time.Second

// engine is a Docker engine, spoken to through the docker command, which knows
// the contexts and credentials of the user.
type engine struct {
	// desktop is set for Docker Desktop, whose containers run in a virtual
	// machine and reach this machine by a name.
	desktop bool
}

// findEngine returns the Docker engine that answers, nil when none does.
func findEngine(ctx context.Context) *engine {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	out, err := exec.CommandContext(ctx, "docker", "info", "--format", "{{.ServerVersion}} {{.OperatingSystem}}").Output()
	system := strings.TrimSpace(string(out))
	if err != nil || system == "" {
		return nil
	}
	return &engine{desktop: strings.Contains(system, "Docker Desktop")}
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
		cmd := exec.CommandContext(ctx, "docker", e.arguments(opts, container, image, port)...)
		log := newFunctionLog(opts.Log)
		defer log.flush()
		cmd.Stdout, cmd.Stderr = log, log
		cmd.WaitDelay = killTime
		keepFromTerminal(cmd)
		cmd.Cancel = func() error { return docker("rm", "--force", container) }
		return cmd.Run()
	}
	return newFunction(opts, run, peak, remove)
}

// arguments are those of the docker command that runs the function, as the
// runtime spec describes it.
func (e *engine) arguments(opts Options, container, image string, port int) []string {
	user := lambdaUser()
	args := []string{
		"run", "--rm", "--name", container,
		"--user", fmt.Sprintf("%d:%d", user.uid, user.gid),
		"--read-only", "--tmpfs", fmt.Sprintf("/tmp:rw,exec,mode=1777,size=%dm", temporary),
	}
	host := "host.docker.internal"
	if !e.desktop {
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
	cmd := exec.CommandContext(ctx, "docker", "load", "--quiet")
	cmd.Stderr = opts.Log
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("starting docker load: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("starting docker load: %w", err)
	}
	written := tarball.Write(tag, image, pipe)
	if err := pipe.Close(); written == nil {
		written = err
	}
	// A docker that failed is why the archive could not be written.
	if err := cmd.Wait(); err != nil {
		return nil, fmt.Errorf("docker load failed: %w", err)
	}
	if written != nil {
		return nil, fmt.Errorf("loading the image into docker: %w", written)
	}
	remove := func() error { return docker("rmi", "--force", tag.String()) }
	return e.function(opts, tag.String(), remove), nil
}

// docker runs a docker command that cleans up, also after a cancelled context.
func docker(args ...string) error {
	ctx, cancel := context.WithTimeout(context.Background(), killTime)
	defer cancel()
	if out, err := exec.CommandContext(ctx, "docker", args...).CombinedOutput(); err != nil {
		return fmt.Errorf("docker %s: %w: %s", args[0], err, out)
	}
	return nil
}
