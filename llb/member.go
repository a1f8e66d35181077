package llb

import (
	"maps"
	"path"
	"slices"
	"strconv"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// members builds and installs each member on its own, so that editing one
// leaves the others cached, and gathers them in one layer.
func (c *converter) members() bkllb.State {
	var layers []bkllb.State
	var last *plan.Step
	for st, m := range plan.Each[plan.Member](c.plan) {
		layers, last = append(layers, c.member(st, m)), st
	}
	if len(layers) == 1 {
		return layers[0]
	}
	loc := c.plan.Step(plan.KindMembers).Source
	gathered := c.gather(layers, c.constraints(plan.KindMembers, loc, c.title(last, "gather %d members", len(layers))))
	return c.settle(gathered, loc, "the members")
}

// member builds a wheel from a copy of the sources, since some backends write
// into them. Each file is at its place in the context, beside what else the
// build reads, since paths in it lead there. That very wheel is installed: by
// name, or through uv's cache, the code of an earlier build could come back.
func (c *converter) member(st *plan.Step, m *plan.Member) bkllb.State {
	c, compiling := c.compiling(m.InBuilder)
	folders := append([]plan.Folder{{Path: m.Path, Exclude: m.Exclude}}, m.Beside...)
	if m.Whole {
		folders = []plan.Folder{{Path: ".", Exclude: m.Exclude}}
	}
	sources := c.tree(plan.KindMembers, st.Source, c.title(st, "copy the sources of %s", m.Name), folders, m.Written)

	args := append([]string{string(plan.KindMembers), strconv.FormatInt(m.Limit, 10)}, keepScripts(m.Scripts)...)
	if m.LegacySetuptools {
		args = append(args, "--legacy-setuptools")
	}
	for _, module := range m.Modules {
		args = append(args, "--module", module)
	}
	if m.SomeModule {
		args = append(args, "--some-module")
	}
	if m.FoundModule {
		args = append(args, "--found-module")
	}
	args = append(args, buildFlags(m.PackageBuild)...)
	args = append(args, path.Join(SourcePath, m.Path))
	args = append(args, c.pipInstall(m.Settings, m.CompileBytecode)...)

	opts := slices.Concat(uvEnv(), c.network(st, m.Settings), compiling)
	opts = append(opts, variables(m.Variables)...)
	opts = append(opts, bkllb.AddMount(SourcePath, sources, c.writable()...))
	exec := c.runDriver(step{
		kind: plan.KindMembers,
		loc:  st.Source,
		name: c.title(st, "build and install %s for %s", m.Name, c.plan.Platform),
		args: args,
		opts: opts,
	})
	return exec.AddMount(layerPath, bkllb.Scratch())
}

// buildFlags tell the driver what is for the build of one package.
func buildFlags(b plan.PackageBuild) []string {
	var flags []string
	for _, setting := range b.ConfigSettings {
		flags = append(flags, "--config-setting", setting)
	}
	for _, name := range slices.Sorted(maps.Keys(b.BuildVariables)) {
		flags = append(flags, "--variable", name+"="+b.BuildVariables[name])
	}
	return flags
}

// tree is a copy of files and folders of the context, each at its place, and of
// files that the plan gives.
func (c *converter) tree(kind plan.StepKind, loc plan.Location, name string, folders []plan.Folder, written []plan.File) bkllb.State {
	var action *bkllb.FileAction
	for _, f := range folders {
		place, info := path.Join("/", f.Path), c.copyInfo(f.Exclude)
		if action == nil {
			action = bkllb.Copy(c.in.Context, place, place, info)
		} else {
			action = action.Copy(c.in.Context, place, place, info)
		}
	}
	for _, f := range written {
		action = action.Mkfile(path.Join("/", f.Path), 0o644, []byte(f.Content), bkllb.WithCreatedTime(epoch))
	}
	return c.files(kind, loc, name, action)
}
