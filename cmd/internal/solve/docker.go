package solve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"

	"github.com/moby/buildkit/session/filesync"
)

// dockerLoad is an output that pipes an image archive into `docker load`,
// which knows the engine of the current docker context. What it does is said to
// log, what fails to failures.
func dockerLoad(ctx context.Context, log, failures io.Writer) (filesync.FileOutputFunc, error) {
	if out, err := exec.CommandContext(ctx, "docker", "version").CombinedOutput(); err != nil {
		return nil, noEngine(err, out)
	}
	return func(map[string]string) (io.WriteCloser, error) {
		cmd := exec.CommandContext(ctx, "docker", "load")
		cmd.Stdout, cmd.Stderr = log, failures
		pipe, err := cmd.StdinPipe()
		if err != nil {
			return nil, fmt.Errorf("starting docker load: %w", err)
		}
		if err := cmd.Start(); err != nil {
			return nil, fmt.Errorf("starting docker load: %w", err)
		}
		return &loading{pipe, cmd}, nil
	}, nil
}

// noEngine is the error of a Docker engine that does not take an image. An
// archive needs none, to be written or to be run.
func noEngine(err error, out []byte) error {
	const archive = "in place of --load give -o type=oci,dest=image.tar, which `uvlambda invoke image.tar` runs"
	text := string(out)
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("the image cannot be loaded, since the docker command is not installed: install it, or " + archive)
	case strings.Contains(text, "permission denied"):
		return errors.New("the image cannot be loaded, since the Docker engine refuses you (permission denied): join its group with `sudo usermod -aG docker $USER` and log in again, or " + archive)
	}
	cause := err.Error()
	if lines := strings.Split(strings.TrimSpace(text), "\n"); lines[0] != "" {
		cause = lines[len(lines)-1]
	}
	return fmt.Errorf("the image cannot be loaded, since no Docker engine answers (%s): start it, or %s", cause, archive)
}

// loading is a running `docker load`.
type loading struct {
	io.WriteCloser
	cmd *exec.Cmd
}

// Close ends the archive and waits until docker has the image.
func (l *loading) Close() error {
	closed := l.WriteCloser.Close()
	if err := l.cmd.Wait(); err != nil {
		return fmt.Errorf("docker load failed: %w", err)
	}
	return closed
}

// dockerPush pushes an image that the engine holds, with messages as those of
// dockerLoad.
func dockerPush(ctx context.Context, name string, log, failures io.Writer) error {
	cmd := exec.CommandContext(ctx, "docker", "push", name)
	cmd.Stdout, cmd.Stderr = log, failures
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("docker push %s failed: %w", name, err)
	}
	return nil
}
