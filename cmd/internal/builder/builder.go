// Package builder finds a BuildKit to build with, and runs a private one on
// machines that have none.
package builder

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"google.golang.org/grpc"

	"github.com/uvlambda/uvlambda/cmd/internal/docker"

	// Addresses of these schemes are dialled through a command.
	_ "github.com/moby/buildkit/client/connhelper/dockercontainer"
	_ "github.com/moby/buildkit/client/connhelper/kubepod"
	_ "github.com/moby/buildkit/client/connhelper/nerdctlcontainer"
	_ "github.com/moby/buildkit/client/connhelper/podmancontainer"
	_ "github.com/moby/buildkit/client/connhelper/ssh"
)

// answerTimeout is how long a BuildKit may take to answer before it counts
// as absent.
const answerTimeout = 5 * time.Second

// Host describes the machine and the person, as the command finds them.
type Host struct {
	// Getenv reads an environment variable.
	Getenv func(string) string
	// Home is the person's home folder.
	Home string
	// UID is the effective user id.
	UID int
	// BuildKit is the version of the buildkitd that private builders run, such
	// as v0.34.2.
	BuildKit string
}

// dir is a folder of the XDG base directory specification: the variable's
// value, else a folder below Home.
func (h Host) dir(variable string, fallback ...string) string {
	if dir := h.Getenv(variable); filepath.IsAbs(dir) {
		return dir
	}
	return filepath.Join(append([]string{h.Home}, fallback...)...)
}

// Kind says where a BuildKit was found.
type Kind string

const (
	// KindAddress is a BuildKit whose address was given.
	KindAddress Kind = "address"
	// KindDocker is the BuildKit inside a Docker engine.
	KindDocker Kind = "docker"
	// KindBuildx is a builder that docker buildx made.
	KindBuildx Kind = "buildx"
	// KindPrivate is a builder of this package.
	KindPrivate Kind = "private"
)

// Builder is a BuildKit that was found.
type Builder struct {
	Kind Kind
	// Description is for people: `docker engine at unix:///...`.
	Description string
	// Address is where BuildKit's API listens; empty for KindDocker, whose
	// API is reached through the engine's.
	Address string

	options []client.ClientOpt
	// origin is what named an address.
	origin string
	// log is the log file of a builder of this package.
	log string
}

// window is how many bytes a builder sends before it waits for word that they
// arrived: a uv.lock comes in one go, and not by gRPC's own 64 KiB.
const window = 8 << 20

// Client connects to the builder.
func (b *Builder) Client(ctx context.Context) (*client.Client, error) {
	c, err := client.New(ctx, b.Address, append(slices.Clone(b.options),
		client.WithGRPCDialOption(grpc.WithInitialWindowSize(window)),
		client.WithGRPCDialOption(grpc.WithInitialConnWindowSize(window)))...)
	if err != nil {
		return nil, fmt.Errorf("connecting to the builder (%s): %w", b.Description, err)
	}
	return c, nil
}

// answers says whether the builder can be used now.
func (b *Builder) answers(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTimeout)
	defer cancel()
	c, err := b.Client(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	if _, err := c.ListWorkers(ctx); err != nil {
		return fmt.Errorf("asking the builder (%s) for its workers: %w", b.Description, err)
	}
	return nil
}

// Find returns the builder of that name: a buildx builder, a private builder or an
// address with a scheme. Without a name it is the first of these builders that
// exists: BUILDKIT_HOST, the Docker engine, the current buildx builder, the private
// builder, which is started when it does not run. A line in log names what Find
// starts.
func Find(ctx context.Context, host Host, name string, log io.Writer) (*Builder, error) {
	if name != "" {
		return findNamed(ctx, host, name)
	}
	if address := host.Getenv(hostVariable); address != "" {
		return byAddress(address, hostVariable)
	}
	engine, refused := dockerEngine(host)
	if refused == nil {
		if refused = engine.answers(ctx); refused == nil {
			return engine, nil
		}
	}
	if b, err := currentBuildx(host); err == nil && b.answers(ctx) == nil {
		return b, nil
	}
	private, err := NewPrivate(host, DefaultName, "")
	if err != nil {
		return nil, err
	}
	if b := private.builder(); b.answers(ctx) == nil {
		return b, nil
	}
	// Without root no private builder can be started, and the engine is the way.
	if host.UID != 0 && forbidden(refused) {
		return nil, fmt.Errorf("the %s refuses you (permission denied): %s, or run the command with sudo", engine.Description, docker.JoinGroup)
	}
	fmt.Fprintln(log, "no BuildKit found: starting a private one, which `uvlambda builder stop` ends")
	if err := private.Start(ctx); err != nil {
		return nil, err
	}
	return private.builder(), nil
}

func findNamed(ctx context.Context, host Host, name string) (*Builder, error) {
	if strings.Contains(name, "://") {
		return byAddress(name, "--builder")
	}
	b, err := buildxNamed(host, name)
	if err == nil || !errors.Is(err, errNoBuilder) {
		return b, err
	}
	if private, err := NewPrivate(host, name, ""); err == nil && private.builder().answers(ctx) == nil {
		return private.builder(), nil
	}
	// Buildx names the engine's own builder after the Docker context.
	if name == host.docker().Context() {
		return dockerEngine(host)
	}
	return nil, fmt.Errorf("%w named %q; `docker buildx ls` lists the builders, `uvlambda builder start --name %s` starts one",
		errNoBuilder, name, name)
}
