// Command publish builds the frontend image from the repository's Dockerfile
// with the BuildKit that it finds, and pushes the image. `make image` runs it from
// the repository's root.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"

	"github.com/uvlambda/uvlambda/integration/standin"
)

const buildx = "bin/tools/buildx"

func main() {
	platforms := flag.String("platforms", "linux/amd64,linux/arm64", "platforms of the image")
	flag.Parse()
	if flag.NArg() != 1 {
		fmt.Fprintln(os.Stderr, "publish: give one image reference")
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, *platforms, flag.Arg(0))
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "publish: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, platforms, ref string) error {
	config, err := os.MkdirTemp("", "buildx-")
	if err != nil {
		return fmt.Errorf("creating a configuration folder for buildx: %w", err)
	}
	defer os.RemoveAll(config)
	builder, err := chooseBuilder(ctx, config)
	if err != nil {
		return err
	}
	args := []string{"build", "--builder", builder, "--platform", platforms, "--tag", ref, "--push"}
	source, err := standin.NewSource(ctx, os.Stderr)
	if err != nil {
		return err
	}
	golang, ok, err := source.Get(ctx, standin.Golang)
	if err != nil {
		return err
	}
	if ok {
		args = append(args, "--build-context", golang.BuildContext())
	}
	return command(ctx, config, append(args, ".")...).Run()
}

// chooseBuilder makes the BuildKit that uvlambda finds a builder of buildx,
// in a configuration of its own, and returns its name.
func chooseBuilder(ctx context.Context, config string) (string, error) {
	find := exec.CommandContext(ctx, "bin/uvlambda", "builder", "find", "--address")
	find.Stderr = os.Stderr
	out, err := find.Output()
	if err != nil {
		return "", fmt.Errorf("finding a BuildKit: %w", err)
	}
	address := strings.TrimSpace(string(out))
	if address == "" {
		return "default", nil // the Docker engine's own
	}
	const name = "found"
	if err := command(ctx, config, "create", "--name", name, "--driver", "remote", address).Run(); err != nil {
		return "", fmt.Errorf("registering %s with buildx: %w", address, err)
	}
	return name, nil
}

func command(ctx context.Context, config string, args ...string) *exec.Cmd {
	c := exec.CommandContext(ctx, buildx, args...)
	c.Env = append(os.Environ(), "BUILDX_CONFIG="+config, "BUILDX_BUILDER=")
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	return c
}
