package llb

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// installed is a tree of packages, and for an archive the same as a part.
type installed struct {
	layer llb.State
	part  *Part
}

// dependencies installs the exported packages into a layer of their own. The
// target platform is an argument of uv, not of the container, so a foreign
// architecture takes no emulation. For an archive the step compresses them too:
// one of its own would take longer to start than to do it.
func (c *converter) dependencies() installed {
	st := find[plan.Dependencies](c)
	d := st.work
	does, scripts := "install", installScripts
	args := []string{string(plan.KindDependencies), strconv.FormatInt(d.Limit, 10)}
	if d.Glibc > 0 {
		args = append(args, "--glibc", strconv.Itoa(d.Glibc))
	}
	if len(d.Slim) > 0 {
		args = append(args, "--slim", strings.Join(d.Slim, ","))
	}
	if d.Pack != nil {
		does, scripts = "install and compress", installPackScripts
		args = append(args, "--pack", d.Pack.Prefix)
	}
	args = append(args, c.pipInstall(d.Settings, d.CompileBytecode)...)
	args = append(args, d.Args...)
	args = append(args, "--requirements", pylockPath)

	opts := append(uvEnv(), c.network(st.Step, d.Settings)...)
	opts = append(opts, c.mount(pylockPath, c.export(), llb.SourcePath("/pylock.toml")))
	exec := c.runDriver(step{
		kind: plan.KindDependencies,
		loc:  st.Source,
		name: c.title(st.Step, "%s %s for %s", does, packages(d.Packages), c.plan.Platform),
		args: args,
		opts: opts,

		scripts: scripts,
		reports: d.Pack != nil,
	})
	made := installed{layer: exec.AddMount(layerPath, llb.Scratch())}
	if d.Pack != nil {
		made.part = &Part{Data: exec.AddMount(outPath, llb.Scratch()), Report: exec.GetMount(ReportPath)}
	}
	return made
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
