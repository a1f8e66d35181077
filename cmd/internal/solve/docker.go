package solve

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os/exec"

	"github.com/moby/buildkit/session/filesync"
)

// dockerLoad is an output that pipes an image archive into `docker load`,
// which knows the engine of the current docker context. What it does is said to
// log, what fails to failures.
func dockerLoad(ctx context.Context, log, failures io.Writer) (filesync.FileOutputFunc, error) {
	if out, err := exec.CommandContext(ctx, "docker", "version").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("loading an image needs a Docker engine: start it, or write an archive with --output type=docker,dest=FILE: %w", explain(err, out))
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

// explain adds the last line of a command's output to its error: there docker
// says what is wrong.
func explain(err error, out []byte) error {
	out = bytes.TrimSpace(out)
	if len(out) == 0 {
		return err
	}
	return fmt.Errorf("%w: %s", err, out[bytes.LastIndexByte(out, '\n')+1:])
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
