package llb

import (
	"path"
	"strconv"

	"github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// members builds and installs each member on its own, so that editing one
// leaves the others cached, and gathers them in one layer.
func (c *converter) members() llb.State {
	layers := make([]llb.State, 0, len(c.plan.Members))
	for i := range c.plan.Members {
		layers = append(layers, c.member(&c.plan.Members[i]))
	}
	if len(layers) == 1 {
		return layers[0]
	}
	var gather *llb.FileAction
	for _, l := range layers {
		info := &llb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
		if gather == nil {
			gather = llb.Copy(l, "/", "/", info)
		} else {
			gather = gather.Copy(l, "/", "/", info)
		}
	}
	loc := c.plan.Members[0].Source
	return c.settle(c.files(StageMembers, loc, c.title(stepMembers, "gather %d members", len(layers)), gather), loc)
}

// member builds a wheel from a copy of the sources, since some backends write
// into them, and installs that very file: by name, or through uv's cache, the
// code of an earlier build could come back.
func (c *converter) member(m *plan.Member) llb.State {
	sources := c.files(StageMembers, m.Source,
		c.title(stepMembers, "copy the sources of %s", m.Name),
		llb.Copy(c.in.Context, path.Join("/", m.Path), "/", c.copyInfo(m.Exclude)))

	args := []string{"member", strconv.FormatInt(m.Limit, 10)}
	if m.LegacySetuptools {
		args = append(args, "--legacy-setuptools")
	}
	mounted := path.Join(SourcePath, m.Name)
	if m.Archive {
		args = append(args, path.Join(mounted, path.Base(m.Path)))
	} else {
		args = append(args, mounted)
	}
	args = append(args, c.pipInstall(m.Settings, m.CompileBytecode)...)

	opts := append(uvEnv(), c.network(m.Settings, m.Secrets, m.Source)...)
	opts = append(opts, llb.AddMount(mounted, sources, c.writable()...))
	exec := c.runDriver(step{
		stage: StageMembers,
		loc:   m.Source,
		name:  c.title(stepMembers, "build and install %s for %s", m.Name, c.plan.Platform),
		args:  args,
		opts:  opts,
	})
	return exec.AddMount(layerPath, llb.Scratch())
}
