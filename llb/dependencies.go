package llb

import (
	"slices"
	"strconv"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// installed is a tree of packages, and for an archive the same as a part.
type installed struct {
	layer bkllb.State
	part  *Part
	// name and title are the name and title of the package that is all of it.
	name, title string
	origin
}

// thirdParty installs the third-party packages: each of those with a
// step of their own, and over them the others together.
func (c *converter) thirdParty() []installed {
	all := append(c.packages(), c.checkouts()...)
	if st := find[plan.Dependencies](c); st.work != nil {
		list := c.export()
		made := c.install(st.Step, &st.work.Install, pylockPath, list)
		made.origin = origin{work: st.work, list: &list}
		all = append(all, made)
	}
	return all
}

// install installs the packages of a list into a layer of their own. The list is
// mounted at a path that tells the step from others of its kind.
func (c *converter) install(st *plan.Step, i *plan.Install, at string, list bkllb.State) installed {
	return c.runInstall(st, i, nil, c.mount(at, list, bkllb.SourcePath("/pylock.toml")), "--requirements", at)
}

// runInstall is a step that installs into a layer of its own, with arguments for
// the driver and for uv, and what it installs from. The target platform is an
// argument of uv, not of the container, so a foreign architecture takes no
// emulation. For an archive the step compresses the packages too: a step of its
// own would take longer to start than to do it.
func (c *converter) runInstall(st *plan.Step, i *plan.Install, driver []string, from bkllb.RunOption, uv ...string) installed {
	c, compiling := c.compiling(i.InBuilder)
	scripts := installScripts
	args := append([]string{string(st.Kind)}, driver...)
	args = append(args, strconv.FormatInt(i.Limit, 10))
	args = append(args, keepScripts(i.Scripts)...)
	if i.Glibc > 0 {
		args = append(args, "--glibc", strconv.Itoa(i.Glibc))
	}
	if len(i.Slim) > 0 {
		args = append(args, "--slim", strings.Join(i.Slim, ","))
	}
	if i.Pack != nil {
		scripts = installPackScripts
		args = append(args, "--pack", i.Pack.Prefix)
	}
	args = append(args, c.pipInstall(i.Settings, i.CompileBytecode)...)
	args = append(args, i.Args...)
	args = append(args, uv...)

	opts := slices.Concat(uvEnv(), c.network(st, i.Settings), compiling)
	opts = append(opts, variables(i.Variables)...)
	opts = append(opts, from)
	exec := c.runDriver(step{
		kind: st.Kind,
		loc:  st.Source,
		name: c.title(st, "%s for %s", st.Title, c.plan.Platform),
		args: args,
		opts: opts,

		scripts: scripts,
		reports: i.Pack != nil,
	})
	made := installed{layer: exec.AddMount(layerPath, bkllb.Scratch())}
	if i.Pack != nil {
		made.part = &Part{Data: exec.AddMount(outPath, bkllb.Scratch()), Report: exec.GetMount(ReportPath)}
	}
	return made
}

// keepScripts are the arguments for the scripts of packages that are kept.
func keepScripts(names []string) []string {
	var args []string
	for _, name := range names {
		args = append(args, "--script", name)
	}
	return args
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
