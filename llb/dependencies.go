package llb

import (
	"fmt"

	"github.com/moby/buildkit/client/llb"
)

// dependencies installs the exported packages into a layer of their own. The
// target platform is an argument of uv, not of the container, so a foreign
// architecture takes no emulation.
func (c *converter) dependencies(pylock llb.State) llb.State {
	d := c.plan.Dependencies
	args := append([]string{"install"}, c.pipInstall(d.Settings, d.CompileBytecode)...)
	args = append(args, d.Args...)
	args = append(args, "--requirements", pylockPath)

	opts := append(uvEnv(), c.network(d.Settings, d.Secrets)...)
	opts = append(opts, llb.AddMount(pylockPath, pylock, llb.SourcePath("/pylock.toml"), llb.Readonly))
	exec := c.runDriver(step{
		stage: StageDependencies,
		loc:   d.Source,
		name:  c.title(stepDependencies, "install %s for %s", packages(d.Packages), c.plan.Platform),
		args:  args,
		opts:  opts,
	})
	return exec.AddMount(layerPath, llb.Scratch())
}

// pipInstall is `uv pip install` for the target, less what to install. There
// is no --python-version: uv would take it for its first patch release, and
// leave out what a marker wants for later ones. The builder's own Python is of
// the right version.
func (c *converter) pipInstall(settings string, compile bool) []string {
	py := c.plan.Python
	args := []string{
		uvPath, "pip", "install",
		"--no-deps",
		"--python", py.Executable,
		"--python-platform", py.WheelPlatform,
	}
	if settings == "" {
		args = append(args, "--no-config")
	} else {
		args = append(args, "--config-file", settingsPath)
	}
	if compile {
		return append(args, "--compile-bytecode")
	}
	return append(args, "--no-compile-bytecode")
}

// packages is a count for people.
func packages(n int) string {
	if n == 1 {
		return "1 package"
	}
	return fmt.Sprintf("%d packages", n)
}
