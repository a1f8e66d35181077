package builder

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

const (
	// DefaultName is the private builder used when no other is asked for.
	DefaultName = "default"

	// startTimeout and stopTimeout bound the wait for a buildkitd.
	startTimeout = 30 * time.Second
	stopTimeout  = 20 * time.Second
	pollInterval = 50 * time.Millisecond

	// socketPathLimit is the longest path of a unix socket, in bytes: the
	// size of sun_path less its final zero (unix(7)).
	socketPathLimit = 107
)

// defaultConfig bounds what a private builder keeps on disk.
const defaultConfig = `[worker.oci]
  gc = true
  maxUsedSpace = "20GB"
[history]
  maxEntries = 20
`

// Private is a buildkitd with runc that belongs to one person: its state, its
// socket and its log are in one folder, and it runs until it is stopped.
type Private struct {
	// Name tells apart the private builders of a person.
	Name string
	// Dir holds everything the builder keeps.
	Dir string

	host   Host
	config string
	socket string
}

// Status describes a private builder.
type Status struct {
	Running bool
	// PID is the process id of buildkitd, when it runs.
	PID     int
	Address string
	Log     string
}

// NewPrivate describes a private builder. Config is the path of a
// buildkitd.toml, which may be empty.
func NewPrivate(host Host, name, config string) (*Private, error) {
	if name == "" || name != filepath.Base(name) || strings.HasPrefix(name, ".") {
		return nil, fmt.Errorf("builder name %q can't be a folder's name; use letters, digits and dashes", name)
	}
	p := &Private{
		Name:   name,
		Dir:    filepath.Join(host.dir("XDG_STATE_HOME", ".local", "state"), "uvlambda", "builders", name),
		host:   host,
		config: config,
	}
	p.socket = filepath.Join(p.Dir, "buildkitd.sock")
	if runtimeDir := host.Getenv("XDG_RUNTIME_DIR"); len(p.socket) > socketPathLimit && runtimeDir != "" {
		p.socket = filepath.Join(runtimeDir, "uvlambda-"+name+".sock")
	}
	if len(p.socket) > socketPathLimit {
		return nil, fmt.Errorf("the builder's socket %s has a path of more than %d bytes; set XDG_STATE_HOME to a shorter one",
			p.socket, socketPathLimit)
	}
	return p, nil
}

// Status looks at the builder without changing it.
func (p *Private) Status(ctx context.Context) Status {
	s := Status{Address: p.builder().Address, Log: p.logFile()}
	if p.builder().answers(ctx) == nil {
		s.Running, s.PID = true, p.pid()
	}
	return s
}

// Start runs the builder and returns when it answers. A builder that runs
// already is left as it is.
func (p *Private) Start(ctx context.Context) error {
	if runtime.GOOS != "linux" {
		return errors.New("no BuildKit was found, and a private one runs on Linux only: start Docker, or set BUILDKIT_HOST to a BuildKit that runs")
	}
	if p.host.UID != 0 {
		return fmt.Errorf("a private builder runs containers, which needs root; run: "+
			"sudo --preserve-env=HOME,PATH uvlambda builder start --name %s", p.Name)
	}
	buildkitd, err := p.findBuildkitd()
	if err != nil {
		return err
	}
	if _, err := exec.LookPath("runc"); err != nil {
		return errors.New("runc is missing, which runs a builder's containers; run: apt-get install -y --no-install-recommends runc")
	}
	if err := os.MkdirAll(p.Dir, 0o755); err != nil {
		return fmt.Errorf("creating the builder's folder: %w", err)
	}
	unlock, err := p.lock()
	if err != nil {
		return err
	}
	defer unlock()
	if p.builder().answers(ctx) == nil {
		return nil
	}
	return p.run(ctx, buildkitd)
}

// Stop ends the builder and waits until it is gone. Its cache stays.
func (p *Private) Stop(ctx context.Context) error {
	pid := p.pid()
	if pid == 0 {
		return nil
	}
	if err := terminate(pid); err != nil {
		return fmt.Errorf("stopping builder %s (process %d): %w", p.Name, pid, err)
	}
	ctx, cancel := context.WithTimeout(ctx, stopTimeout)
	defer cancel()
	for p.pid() != 0 {
		select {
		case <-ctx.Done():
			return fmt.Errorf("stopping builder %s (process %d): %w; see %s", p.Name, pid, ctx.Err(), p.logFile())
		case <-time.After(pollInterval):
		}
	}
	removeEmpty(p.tempDir())
	_ = os.Remove(p.tempDir()) // what is left in it is still mounted
	return os.Remove(p.pidFile())
}

// agentSocket is where buildkitd has the socket of an SSH agent that a client
// forwards, below its folder for temporary files, with as many digits as it can have.
const agentSocket = "/.buildkit-ssh-sock4294967295/ssh_auth_sock"

// tempDir is where buildkitd mounts what it reads for a moment. buildkitd does not
// always remove the mount points, which would fill the machine's /tmp. Below a folder
// with a long path it could not open sockets: then it is a folder in /run, which
// belongs to root as the builder does.
func (p *Private) tempDir() string {
	dir := filepath.Join(p.Dir, "tmp")
	if len(dir)+len(agentSocket) <= socketPathLimit {
		return dir
	}
	sum := sha256.Sum256([]byte(p.Dir))
	return fmt.Sprintf("/run/uvlambda-%x", sum[:8])
}

// removeEmpty removes the empty folders in a folder: one that is not empty may
// be a mount that a killed daemon left, and its content is the builder's cache.
func removeEmpty(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		// A folder that cannot be removed is not empty, or is still mounted.
		if e.IsDir() {
			_ = os.Remove(filepath.Join(dir, e.Name()))
		}
	}
}

// run starts buildkitd in a session of its own, so that it outlives the
// command, and waits for its first answer.
func (p *Private) run(ctx context.Context, buildkitd string) error {
	log, err := os.Create(p.logFile())
	if err != nil {
		return fmt.Errorf("creating the builder's log: %w", err)
	}
	defer log.Close()
	args, err := p.arguments()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(p.tempDir(), 0o700); err != nil {
		return fmt.Errorf("creating the builder's folder for temporary files: %w", err)
	}
	daemon := exec.Command(buildkitd, args...)
	daemon.Dir, daemon.Stdout, daemon.Stderr = p.Dir, log, log
	daemon.Env = append(daemon.Environ(), "TMPDIR="+p.tempDir())
	detach(daemon)
	if err := daemon.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", buildkitd, err)
	}
	if err := os.WriteFile(p.pidFile(), []byte(strconv.Itoa(daemon.Process.Pid)), 0o644); err != nil {
		return errors.Join(fmt.Errorf("writing the builder's process id: %w", err), daemon.Process.Kill())
	}
	exited := make(chan struct{})
	go func() {
		// How it ended is in its log.
		_ = daemon.Wait()
		close(exited)
	}()
	return p.awaitAnswer(ctx, exited)
}

// awaitAnswer returns when buildkitd answers, ends or takes too long.
func (p *Private) awaitAnswer(ctx context.Context, exited <-chan struct{}) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for p.builder().answers(ctx) != nil {
		select {
		case <-exited:
			return fmt.Errorf("builder %s did not start: buildkitd ended; the end of its log:\n%s", p.Name, tail(p.logFile()))
		case <-ctx.Done():
			return fmt.Errorf("builder %s did not start: %w; the end of its log:\n%s", p.Name, ctx.Err(), tail(p.logFile()))
		case <-time.After(pollInterval):
		}
	}
	return nil
}

// arguments are buildkitd's. They win over the configuration file, which may
// set all else.
func (p *Private) arguments() ([]string, error) {
	config := p.config
	if config == "" {
		config = filepath.Join(p.Dir, "buildkitd.toml")
		if err := os.WriteFile(config, []byte(defaultConfig), 0o644); err != nil {
			return nil, fmt.Errorf("writing the builder's configuration: %w", err)
		}
	}
	config, err := filepath.Abs(config)
	if err != nil {
		return nil, fmt.Errorf("finding the builder's configuration: %w", err)
	}
	// Buildkitd itself takes a missing file for an empty one.
	if _, err := os.Stat(config); err != nil {
		return nil, fmt.Errorf("reading the builder's configuration: %w", err)
	}
	args := []string{
		"--config", config,
		"--root", filepath.Join(p.Dir, "root"),
		"--addr", p.builder().Address,
		"--oci-worker=true", "--containerd-worker=false",
		// The host's network needs no CNI plugins.
		"--oci-worker-net", "host",
	}
	if group := p.host.Getenv("SUDO_GID"); group != "" {
		// Whoever ran sudo may use the builder without it.
		args = append(args, "--group", group)
	}
	return args, nil
}

// findBuildkitd looks for the program in UVLAMBDA_BUILDKITD, in the folder
// that `make tools` fills, and on PATH.
func (p *Private) findBuildkitd() (string, error) {
	if path := p.host.Getenv("UVLAMBDA_BUILDKITD"); path != "" {
		return path, nil
	}
	cache := p.host.dir("XDG_CACHE_HOME", ".cache")
	built := filepath.Join(cache, "uvlambda", "tools", "buildkit-"+p.host.BuildKit, "buildkitd")
	if _, err := os.Stat(built); err == nil {
		return built, nil
	}
	if path, err := exec.LookPath("buildkitd"); err == nil {
		return path, nil
	}
	return "", fmt.Errorf("no buildkitd found: neither in UVLAMBDA_BUILDKITD, nor at %s, nor on PATH; "+
		"run `make tools` in the uvlambda repository, or set BUILDKIT_HOST to a BuildKit that runs", built)
}

// pid is the running buildkitd's process id, or 0. The file is stale when the
// arguments of that process lack the socket's path.
func (p *Private) pid() int {
	data, err := os.ReadFile(p.pidFile())
	if err != nil {
		return 0
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(data)))
	if err != nil {
		return 0
	}
	arguments, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil || !strings.Contains(string(arguments), p.socket) {
		return 0
	}
	return pid
}

// lock keeps a second command from starting the same builder.
func (p *Private) lock() (unlock func(), err error) {
	f, err := os.OpenFile(filepath.Join(p.Dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, fmt.Errorf("locking builder %s: %w", p.Name, err)
	}
	if err := lockFile(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("locking builder %s: %w", p.Name, err)
	}
	return func() { f.Close() }, nil
}

func (p *Private) builder() *Builder {
	return &Builder{
		Kind:        KindPrivate,
		Description: fmt.Sprintf("private builder %q", p.Name),
		Address:     "unix://" + p.socket,
		log:         p.logFile(),
	}
}

func (p *Private) logFile() string { return filepath.Join(p.Dir, "buildkitd.log") }
func (p *Private) pidFile() string { return filepath.Join(p.Dir, "buildkitd.pid") }

// tail is the end of a log, for an error message.
func tail(path string) string {
	const lines = 15
	data, err := os.ReadFile(path)
	if err != nil {
		return err.Error()
	}
	all := strings.Split(strings.TrimSpace(string(data)), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
