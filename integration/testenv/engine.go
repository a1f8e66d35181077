package testenv

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// engineTimeout bounds the wait for an engine's first answer.
const engineTimeout = 60 * time.Second

// Engine is a real Docker engine, of the version that the Debian release of
// this machine has, with fresh state.
type Engine struct {
	// Host is the engine's address, as DOCKER_HOST takes it.
	Host string

	env *Env
}

// NewEngine starts an engine that ends with the test. It has no networks, so
// containers and builds use the host's, and it reads the run's registry.
func (e *Env) NewEngine(t T) Engine {
	t.Helper()
	require.NoError(t, apt.Ensure(t.Context(), e.log, os.Geteuid() == 0, apt.Docker, apt.Iptables))
	dir, err := os.MkdirTemp(e.dir, "engine-")
	require.NoError(t, err)
	config, err := json.Marshal(map[string]any{
		"insecure-registries": []string{e.Registry},
		"features":            map[string]bool{"buildkit": true},
		"bridge":              "none",
		"iptables":            false,
		"ip-forward":          false,
	})
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "daemon.json"), config, 0o644))
	log, err := os.Create(filepath.Join(dir, "dockerd.log"))
	require.NoError(t, err)
	engine := Engine{Host: "unix://" + filepath.Join(dir, "docker.sock"), env: e}
	daemon := exec.Command("dockerd",
		"--config-file", filepath.Join(dir, "daemon.json"),
		"--data-root", filepath.Join(dir, "data"),
		"--exec-root", filepath.Join(dir, "exec"),
		"--pidfile", filepath.Join(dir, "dockerd.pid"),
		"-H", engine.Host)
	daemon.Stdout, daemon.Stderr = log, log
	daemon.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM}
	require.NoError(t, daemon.Start())
	t.Cleanup(func() {
		require.NoError(t, daemon.Process.Signal(syscall.SIGTERM))
		// An engine ended by a signal exits with a status of its own.
		_ = daemon.Wait()
		log.Close()
		// It leaves the mount of the host's network namespace behind, if a
		// container ever used it, and then its folder can't be removed.
		_ = syscall.Unmount(filepath.Join(dir, "exec", "netns", "default"), 0)
	})
	engine.await(t, log.Name())
	return engine
}

func (g Engine) await(t T, log string) {
	t.Helper()
	answers := func() bool { return g.Docker(t.Context(), "info").Run() == nil }
	for deadline := time.Now().Add(engineTimeout); !answers(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			content, err := os.ReadFile(log)
			require.NoError(t, err)
			require.FailNow(t, "the docker engine does not answer", "%s", content)
		}
	}
}

// Docker prepares the docker command for the engine.
func (g Engine) Docker(ctx context.Context, args ...string) *exec.Cmd {
	return g.Command(ctx, "docker", args...)
}

// Command prepares a program with an environment in which the engine is the
// only BuildKit.
func (g Engine) Command(ctx context.Context, program string, args ...string) *exec.Cmd {
	command := g.env.Command(ctx, program, args...)
	command.Env = append(command.Env, "DOCKER_HOST="+g.Host, "BUILDKIT_HOST=", "BUILDX_BUILDER=", "DOCKER_BUILDKIT=1")
	return command
}

// Mirrored is the reference under which the run's registry holds the stand-in
// of an image, for engines that can't be told of mirrors.
func (e *Env) Mirrored(ref string) string {
	_, path, _ := strings.Cut(ref, "/")
	return e.Registry + "/" + path
}
