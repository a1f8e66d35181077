// Package docker reads the settings of the docker command, finds the engine that
// the command would use, and runs the command. Images are loaded, saved and run
// by the command, because it knows the person's contexts and credentials.
package docker

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"
)

const (
	// program is the docker command.
	program = "docker"

	// answerTimeout bounds a question to the engine, removeTimeout a removal.
	answerTimeout = 5 * time.Second
	removeTimeout = 10 * time.Second
)

// JoinGroup is the remedy for an engine that refuses the person.
const JoinGroup = "join its group with `sudo usermod -aG docker $USER` and log in again"

// Engine is a Docker engine that answers.
type Engine struct {
	// Desktop is set for Docker Desktop, whose containers run in a virtual
	// machine and reach this machine by a name.
	Desktop bool
}

// MissingError says why there is no engine, and how to get one.
type MissingError struct {
	Reason, Remedy string
}

func (e *MissingError) Error() string { return e.Reason + ": " + e.Remedy }

// Find returns the Docker engine that answers, or a *MissingError.
func Find(ctx context.Context) (*Engine, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	info := Command(ctx, "info", "--format", "{{.ServerVersion}} {{.OperatingSystem}}")
	var stderr bytes.Buffer
	info.Stderr = &stderr
	out, err := info.Output()
	system := strings.TrimSpace(string(out))
	if err != nil || system == "" {
		return nil, missing(err, stderr.String())
	}
	return &Engine{Desktop: strings.Contains(system, "Docker Desktop")}, nil
}

// missing explains a failed `docker info` by its error and its standard error.
func missing(err error, stderr string) *MissingError {
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return &MissingError{"the docker command is not installed", "install it"}
	case strings.Contains(stderr, "permission denied"):
		return &MissingError{"the Docker engine refuses you (permission denied)", JoinGroup}
	}
	lines := strings.Split(strings.TrimSpace(stderr), "\n")
	cause := lines[len(lines)-1]
	if cause == "" && err != nil {
		cause = err.Error()
	}
	if cause == "" {
		cause = "docker info names no server"
	}
	return &MissingError{"no Docker engine answers (" + cause + ")", "start it"}
}

// Command is the docker command with arguments, ready to be started.
func Command(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, program, args...)
}

// HasImage reports whether an engine answers that has an image.
func HasImage(ctx context.Context, reference string) bool {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	return Command(ctx, "image", "inspect", "--", reference).Run() == nil
}

// Save writes an image of the engine to an archive.
func Save(ctx context.Context, reference, archive string) error {
	if err := run(Command(ctx, "image", "save", "--output", archive, "--", reference)); err != nil {
		return fmt.Errorf("saving the image %s of the Docker engine: %w", reference, err)
	}
	return nil
}

// Load starts to load an image archive, which is written to what Load returns.
// Closing that ends the archive and waits until the engine has the image.
// Standard output of the command goes to log, standard error to failures.
func Load(ctx context.Context, log, failures io.Writer) (io.WriteCloser, error) {
	load := Command(ctx, "load")
	load.Stdout, load.Stderr = log, failures
	pipe, err := load.StdinPipe()
	if err == nil {
		err = load.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting docker load: %w", err)
	}
	return &loading{pipe, load}, nil
}

// loading is a running `docker load`.
type loading struct {
	io.WriteCloser
	command *exec.Cmd
}

func (l *loading) Close() error {
	closed := l.WriteCloser.Close()
	if err := l.command.Wait(); err != nil {
		return fmt.Errorf("docker load failed: %w", err)
	}
	return closed
}

// Push pushes an image of the engine. Standard output of the command goes to
// log, standard error to failures.
func Push(ctx context.Context, name string, log, failures io.Writer) error {
	push := Command(ctx, "push", name)
	push.Stdout, push.Stderr = log, failures
	if err := push.Run(); err != nil {
		return fmt.Errorf("docker push %s failed: %w", name, err)
	}
	return nil
}

// RemoveImage removes an image of the engine. It is for cleaning up, so it runs
// after the end of any context.
func RemoveImage(reference string) error { return remove("rmi", reference) }

// RemoveContainer stops and removes a container, as RemoveImage does an image.
func RemoveContainer(name string) error { return remove("rm", name) }

func remove(command, name string) error {
	ctx, cancel := context.WithTimeout(context.Background(), removeTimeout)
	defer cancel()
	if err := run(Command(ctx, command, "--force", name)); err != nil {
		return fmt.Errorf("docker %s %s: %w", command, name, err)
	}
	return nil
}

// run runs a command, whose error then has what it wrote to standard error.
func run(command *exec.Cmd) error {
	var stderr bytes.Buffer
	command.Stderr = &stderr
	if err := command.Run(); err != nil {
		return fmt.Errorf("%w: %s", err, bytes.TrimSpace(stderr.Bytes()))
	}
	return nil
}
