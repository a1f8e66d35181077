// Package testenv is what the integration tests run in: a real buildkitd with
// fresh state, a registry, the images that builds start from, the frontend
// image made from this checkout, and the two doors that lead to a build.
package testenv

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/standin"
)

// suiteBuilder is the name of the buildkitd that tests share.
const suiteBuilder = "suite"

// Env is shared by all tests of a run.
type Env struct {
	// Root is the repository.
	Root string
	// Registry is the host:port of a registry, plain HTTP. It holds the
	// stand-ins and the frontend image, and tests push to it.
	Registry string
	// Frontend is the reference of the frontend image.
	Frontend string
	// Address is the address of buildkitd, as BUILDKIT_HOST takes it.
	Address string

	dir     string
	log     io.Writer
	images  *standin.Source
	traffic *counter
	close   []func() error

	mu    sync.Mutex
	locks map[string]string
}

// Main runs a package's tests in an environment and returns the exit status;
// TestMain hands it to os.Exit. The environment is given to use before the
// first test.
func Main(m *testing.M, use func(*Env)) int {
	endMemory, err := spendMemory()
	if err != nil {
		fmt.Fprintf(os.Stderr, "setting up the integration tests: %v\n", err)
		return 1
	}
	env, err := Setup(context.Background(), os.Stderr)
	if err != nil {
		fmt.Fprintf(os.Stderr, "setting up the integration tests: %v\n", errors.Join(err, endMemory()))
		return 1
	}
	env.close = slices.Insert(env.close, 0, endMemory)
	// An interrupt would end the tests and leave buildkitd running.
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt, syscall.SIGTERM)
	go func() {
		<-interrupted
		fmt.Fprintln(os.Stderr, "the integration tests were interrupted")
		if err := env.Close(); err != nil {
			fmt.Fprintf(os.Stderr, "cleaning up after the integration tests: %v\n", err)
		}
		os.Exit(1)
	}()
	use(env)
	status := m.Run()
	if err := env.Close(); err != nil {
		fmt.Fprintf(os.Stderr, "cleaning up after the integration tests: %v\n", err)
		return 1
	}
	return status
}

// Setup builds the programs of this checkout and starts what tests need.
// Progress goes to log.
func Setup(ctx context.Context, log io.Writer) (env *Env, err error) {
	root, err := repository()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "u")
	if err != nil {
		return nil, fmt.Errorf("creating the folder of this run: %w", err)
	}
	e := &Env{Root: root, dir: dir, log: log, locks: map[string]string{},
		traffic: newCounter()}
	e.close = append(e.close, func() error { return os.RemoveAll(dir) })
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if err := e.make(ctx, "build", "tools"); err != nil {
		return nil, err
	}
	if err := apt.Ensure(ctx, log, os.Geteuid() == 0, apt.Runc); err != nil {
		return nil, err
	}
	if err := e.installBuildx(); err != nil {
		return nil, err
	}
	if err := e.startRegistry(); err != nil {
		return nil, err
	}
	if err := e.provideImages(ctx); err != nil {
		return nil, err
	}
	if err := e.pushFrontend(ctx); err != nil {
		return nil, err
	}
	if e.Address, err = e.startBuildkitd(ctx, suiteBuilder); err != nil {
		return nil, err
	}
	e.close = append(e.close, func() error { return e.stopBuildkitd(suiteBuilder) })
	return e, nil
}

// Close stops what Setup started, the last first.
func (e *Env) Close() error {
	var problems []error
	for i := len(e.close) - 1; i >= 0; i-- {
		problems = append(problems, e.close[i]())
	}
	return errors.Join(problems...)
}

// Binary is the path of a program that `make build` or `make tools` made:
// "uvlambda", "tools/buildctl".
func (e *Env) Binary(name string) string {
	return filepath.Join(e.Root, "bin", filepath.FromSlash(name))
}

// Command prepares a program with the environment that leads it to this run's
// buildkitd, and away from the person's own configuration.
func (e *Env) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, program, args...)
	command.Env = append(os.Environ(),
		"BUILDKIT_HOST="+e.Address,
		"XDG_STATE_HOME="+e.stateHome(),
		"DOCKER_CONFIG="+filepath.Join(e.dir, "docker"),
		"BUILDX_CONFIG="+filepath.Join(e.dir, "buildx"),
		"BUILDX_BUILDER="+suiteBuilder,
		// Both doors then ask for the same: attestations only when told to.
		"BUILDX_NO_DEFAULT_ATTESTATIONS=1",
		// Python programs are compiled once, also where the person has turned
		// Python's bytecode files off.
		"PYTHONDONTWRITEBYTECODE=",
	)
	return command
}

// stateHome is the folder that builders keep their state below.
func (e *Env) stateHome() string { return filepath.Join(e.dir, "s") }

func (e *Env) make(ctx context.Context, targets ...string) error {
	command := exec.CommandContext(ctx, "make", append([]string{"--no-print-directory", "-C", e.Root}, targets...)...)
	command.Stdout, command.Stderr = e.log, e.log
	if err := command.Run(); err != nil {
		return fmt.Errorf("running make %s: %w", strings.Join(targets, " "), err)
	}
	return nil
}

// repository finds the checkout that this file is in.
func repository() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("finding the repository with go env GOMOD: %w", err)
	}
	return filepath.Dir(strings.TrimSpace(string(out))), nil
}

// BuildPlatform is the platform that the tests' buildkitd runs on.
func BuildPlatform() string {
	return "linux/" + runtime.GOARCH
}
