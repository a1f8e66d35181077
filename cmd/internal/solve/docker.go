package solve

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"

	"github.com/moby/buildkit/session/filesync"
)

// dockerLoad is an output that pipes an image archive into `docker load`,
// which knows the engine of the current docker context. Its messages go to
// log.
func dockerLoad(ctx context.Context, log io.Writer) (filesync.FileOutputFunc, error) {
	if _, err := exec.LookPath("docker"); err != nil {
		return nil, errors.New("loading an image needs the docker command: install it, or write an archive with --output type=docker,dest=FILE")
	}
	return func(map[string]string) (io.WriteCloser, error) {
		cmd := exec.CommandContext(ctx, "docker", "load")
		cmd.Stdout, cmd.Stderr = log, log
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

// dockerPush pushes an image that the engine holds.
func dockerPush(ctx context.Context, name string, log io.Writer) error {
	cmd := exec.CommandContext(ctx, "docker", "push", name)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("docker push %s failed: %w", name, err)
	}
	return nil
}
