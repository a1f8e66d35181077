package testenv

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/stretchr/testify/require"
)

// NewBuilder starts another buildkitd with fresh state, and returns the name
// that the --builder flag of both doors knows it by. It ends with the test.
func (e *Env) NewBuilder(t T) string {
	t.Helper()
	name := e.builderName(t)
	// What it has made takes memory, and nobody asks for it again. A mount that is
	// still there is removed with the run's folder.
	t.Cleanup(func() { _ = os.RemoveAll(filepath.Join(e.stateHome(), "uvlambda", "builders", name)) })
	e.startBuilder(t, name)
	return name
}

// builderName is one that no other builder of this run has.
func (e *Env) builderName(t T) string {
	t.Helper()
	dir, err := os.MkdirTemp(e.dir, "b")
	require.NoError(t, err)
	return filepath.Base(dir)
}

func (e *Env) startBuilder(t T, name string) {
	t.Helper()
	_, err := e.startBuildkitd(t.Context(), name)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, e.stopBuildkitd(name)) })
}

// startBuildkitd runs a private builder, with this checkout's own command, and
// makes it a builder of docker buildx. It returns the address.
func (e *Env) startBuildkitd(ctx context.Context, name string) (address string, err error) {
	config := filepath.Join(e.dir, name+".toml")
	if err := os.WriteFile(config, []byte(buildkitdConfig(e.Registry, e.images.Silent())), 0o644); err != nil {
		return "", fmt.Errorf("writing the configuration of buildkitd: %w", err)
	}
	start := e.Command(ctx, e.Binary("uvlambda"), "builder", "start", "--name", name, "--config", config)
	start.Stderr = e.log
	out, err := start.Output()
	if err != nil {
		return "", fmt.Errorf("starting buildkitd %s: %w", name, err)
	}
	address = strings.TrimSpace(string(out))
	register := e.Command(ctx, e.Binary("tools/buildx"), "create", "--name", name, "--driver", "remote", address)
	if out, err := register.CombinedOutput(); err != nil {
		return "", fmt.Errorf("registering buildkitd %s with docker buildx: %w\n%s", name, err, out)
	}
	return address, nil
}

func (e *Env) stopBuildkitd(name string) error {
	out, err := e.Command(context.Background(), e.Binary("uvlambda"), "builder", "stop", "--name", name).CombinedOutput()
	if err != nil {
		return fmt.Errorf("stopping buildkitd %s: %w\n%s", name, err, out)
	}
	return nil
}

// buildkitdConfig makes names of the mirrored hosts resolve to the registry. A
// builder of a run throws nothing away, however small its disk is: tests count
// what the cache holds.
func buildkitdConfig(registry string, mirrored []string) string {
	var b strings.Builder
	b.WriteString("[worker.oci]\n  gc = false\n")
	fmt.Fprintf(&b, "[registry.%q]\n  http = true\n", registry)
	for _, host := range mirrored {
		fmt.Fprintf(&b, "[registry.%q]\n  mirrors = [%q]\n", host, registry)
	}
	return b.String()
}
