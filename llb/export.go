package llb

import (
	"path"

	bkllb "github.com/moby/buildkit/client/llb"

	"github.com/uvlambda/uvlambda/plan"
)

// uvExport is the subcommand of uv that the step runs.
const uvExport = "export"

// export turns uv.lock into pylock.toml, without network and without Python:
// uv's own image is root enough. What consumes it mounts it read-only, so the
// exported content decides whether anything is installed again, not the files
// it came from. Uv says nothing of a failure: that is decided by another step,
// on the files as they are, and the driver keeps its words.
func (c *converter) export() bkllb.State {
	st := find[plan.Export](c)
	c = c.anew(st.Source, false)
	e := st.work
	uv, quiet := "/uv", "-qq"
	if c.opt.Explain {
		uv, quiet = uvPath, "--quiet"
	}
	args := append([]string{
		uv, uvExport,
		"--frozen", "--no-config", "--no-cache", "--no-python-downloads", quiet,
		"--no-emit-local", "--no-default-groups", "--no-header",
		"--format", "pylock.toml",
		"--output-file", "/out/pylock.toml",
		"--project", path.Join(SourcePath, e.Root),
	}, e.Args...)
	s := step{
		kind: plan.KindExport,
		loc:  st.Source,
		name: c.title(st.Step, "export the locked packages of %s", c.plan.Project),
		args: args,
		opts: []bkllb.RunOption{c.mountProject(st.Step, "export", project{files: e.Files, written: e.Reduced}), bkllb.AddEnv("UV_PREVIEW_FEATURES", "pylock")},
	}
	s.opts = append(s.opts, c.offline()...)
	if !c.opt.Explain {
		s.opts = append(s.opts, sealed()...)
		return c.run(c.in.UV, s).AddMount("/out", bkllb.Scratch())
	}
	s.args = append([]string{string(plan.KindExport)}, s.args...)
	return c.runDriver(s).AddMount("/out", bkllb.Scratch())
}
