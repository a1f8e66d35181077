package emulate

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/uvlambda/uvlambda/cmd/internal/images"
	"github.com/uvlambda/uvlambda/cmd/internal/rootless"
	"github.com/uvlambda/uvlambda/plan"
)

// killTime is how long a container may take to end once it is killed.
const killTime = 10 * time.Second

// container is a function that runc runs from an unpacked root filesystem.
type container struct {
	// folder holds the runtime's files, and is removed afterwards. held keeps it until
	// then.
	folder string
	held   *os.File
	rootfs string
	// unmount unmounts rootfs.
	unmount func() error
	config  v1.Config
	user    owner
	opts    Options
}

// unpackedFunction unpacks an image for runc.
func unpackedFunction(ctx context.Context, opts Options, image v1.Image) (*Function, error) {
	if err := checkRunc(opts); err != nil {
		return nil, err
	}
	config, err := image.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the image's configuration: %w", err)
	}
	if err := checkRunnable(config.Architecture, runtime.GOARCH, emulators); err != nil {
		return nil, err
	}
	folder, err := containerFolder()
	if err != nil {
		return nil, fmt.Errorf("making a folder for the image: %w", err)
	}
	c := &container{folder: folder.Name(), held: folder, rootfs: filepath.Join(folder.Name(), "rootfs"), unmount: nothing, config: config.Config, user: imageUser(), opts: opts}
	if err := c.unpack(ctx, image); err != nil {
		return nil, errors.Join(err, c.remove())
	}
	return newFunction(opts, c.run, c.peak, c.remove), nil
}

// rootfsFunction runs a root filesystem as it is. A root filesystem has no
// configuration, so the function gets the configuration of AWS's base images.
func rootfsFunction(opts Options) (*Function, error) {
	if err := checkRootfs(opts.Image); err != nil {
		return nil, err
	}
	if err := checkRunc(opts); err != nil {
		return nil, err
	}
	if opts.Handler == "" {
		return nil, fmt.Errorf("%s is a root filesystem, which does not say what to call: name the function with --handler", opts.Image)
	}
	rootfs, err := filepath.Abs(opts.Image)
	if err != nil {
		return nil, fmt.Errorf("looking for the root filesystem: %w", err)
	}
	user, err := ownerOf(rootfs)
	if err != nil {
		return nil, err
	}
	folder, err := containerFolder()
	if err != nil {
		return nil, fmt.Errorf("making a folder for runc: %w", err)
	}
	c := &container{folder: folder.Name(), held: folder, rootfs: rootfs, unmount: nothing, config: baseConfig(), user: user, opts: opts}
	return newFunction(opts, c.run, c.peak, c.remove), nil
}

// checkRootfs refuses a folder that is no root filesystem of Lambda's.
func checkRootfs(folder string) error {
	if exists(folder, entrypoint) {
		return nil
	}
	if exists(folder, "pyproject.toml") {
		return fmt.Errorf("%s is a project, not an image: build it first, for example with uvlambda build -o type=oci,dest=image.tar %s", folder, folder)
	}
	return fmt.Errorf("%s is a folder, and neither an OCI layout (it has no index.json) nor a Lambda root filesystem (it has no %s): if an image is meant, give its tag too, as in %[1]s:latest", folder, entrypoint)
}

// exists reports whether a folder holds a file.
func exists(folder, file string) bool {
	_, err := os.Stat(filepath.Join(folder, file))
	return err == nil
}

// baseConfig is the configuration of AWS's base images for Python.
func baseConfig() v1.Config {
	return v1.Config{
		Entrypoint: []string{entrypoint},
		WorkingDir: plan.TaskRoot,
		Env: []string{
			"LANG=en_US.UTF-8",
			"TZ=:/etc/localtime",
			"PATH=/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin",
			"LD_LIBRARY_PATH=/var/lang/lib:/lib64:/usr/lib64:/var/runtime:/var/runtime/lib:" + plan.TaskRoot + ":" + plan.TaskRoot + "/lib:/opt/lib",
		},
	}
}

// hasRunc reports whether runc is installed.
func hasRunc() bool {
	_, err := exec.LookPath("runc")
	return err == nil
}

// checkRunc refuses a machine that runc cannot run containers on.
func checkRunc(opts Options) error {
	if !hasRunc() {
		return errors.New("no Docker engine answers and runc is not installed: start docker, or install runc (apt-get install runc)")
	}
	// The cgroup of a person is not theirs to limit, unless the system gave it to
	// them, which few do.
	if rootless.OneUser() && opts.Memory > 0 {
		return errors.New("--memory is a limit that runc sets for root only: leave it out, start docker, or run this command as root")
	}
	return nil
}

// unpack puts the image's files in place as the container's root filesystem.
func (c *container) unpack(ctx context.Context, image v1.Image) error {
	// The function's unprivileged user walks through the root filesystem. The folder
	// around it is closed to other users, who could run programs of the image.
	if err := os.MkdirAll(c.rootfs, 0o755); err != nil {
		return fmt.Errorf("making a folder for the image: %w", err)
	}
	if err := os.Chmod(c.rootfs, 0o755); err != nil {
		return fmt.Errorf("making a folder for the image: %w", err)
	}
	if c.opts.Layers == nil {
		return images.Unpack(ctx, c.rootfs, image)
	}
	unmount, err := c.opts.Layers.mount(ctx, image, filepath.Join(c.folder, "mountpoints"), c.rootfs)
	c.unmount = unmount
	if err != nil {
		// Not every filesystem can be below an overlay.
		if unpacked := images.Unpack(ctx, c.rootfs, image); unpacked != nil {
			return errors.Join(err, unpacked)
		}
	}
	return nil
}

// run runs the function's process.
func (c *container) run(ctx context.Context, port int) error {
	p, err := newProcess(c.config, c.user, c.opts, port)
	if err != nil {
		return err
	}
	spec, err := json.Marshal(runtimeSpec(p, c.rootfs, c.opts.Memory))
	if err != nil {
		return fmt.Errorf("describing the container: %w", err)
	}
	if err := os.WriteFile(filepath.Join(c.folder, "config.json"), spec, 0o600); err != nil {
		return fmt.Errorf("describing the container: %w", err)
	}
	// The file of an earlier process would be taken for the file of this one.
	if err := os.Remove(c.pidFile()); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("preparing the container: %w", err)
	}
	cmd := c.runc(ctx, "run", "--pid-file", c.pidFile(), "--bundle", c.folder, c.name())
	log := newFunctionLog(c.opts.Log)
	defer log.flush()
	cmd.Stdout, cmd.Stderr = log, log
	cmd.WaitDelay = killTime
	keepFromTerminal(cmd)
	cmd.Cancel = c.kill
	extensions, err := extensionsIn(c.rootfs)
	if err != nil {
		return err
	}
	return runBeside(cmd, func() []*exec.Cmd { return c.besideCommands(ctx, extensions, log) })
}

// besideCommands run extensions in the container, once it is there.
func (c *container) besideCommands(ctx context.Context, extensions []string, log *functionLog) []*exec.Cmd {
	started := func() bool {
		_, err := os.Stat(c.pidFile())
		return err == nil
	}
	if len(extensions) == 0 || !awaitContainer(ctx, started) {
		return nil
	}
	var commands []*exec.Cmd
	for _, name := range extensions {
		cmd := c.runc(ctx, "exec", c.name(), name)
		cmd.Stdout, cmd.Stderr = log, log
		cmd.WaitDelay = killTime
		keepFromTerminal(cmd)
		commands = append(commands, cmd)
	}
	return commands
}

// pidFile is where runc says which process it started.
func (c *container) pidFile() string { return filepath.Join(c.folder, "pid") }

// peak is the most memory that the process has had.
func (c *container) peak() int64 { return peakOfProcess(c.pidFile()) }

// kill ends the container and all of its processes.
func (c *container) kill() error {
	ctx, cancel := context.WithTimeout(context.Background(), killTime)
	defer cancel()
	if out, err := c.runc(ctx, "delete", "--force", c.name()).CombinedOutput(); err != nil {
		return fmt.Errorf("ending the container: %w: %s", err, out)
	}
	return nil
}

// name is the container's, as unique as its folder.
func (c *container) name() string {
	return filepath.Base(c.folder)
}

// runc is a call of runc, which keeps its state in the container's folder.
func (c *container) runc(ctx context.Context, args ...string) *exec.Cmd {
	return exec.CommandContext(ctx, "runc", append([]string{"--root", filepath.Join(c.folder, "state")}, args...)...)
}

// remove deletes the container's folder.
func (c *container) remove() error {
	// Deleting the container must not delete what is still mounted in it.
	if err := c.unmount(); err != nil {
		return err
	}
	if err := errors.Join(os.RemoveAll(c.folder), c.held.Close()); err != nil {
		return fmt.Errorf("removing the unpacked image: %w", err)
	}
	return nil
}
