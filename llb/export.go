package llb

import (
	"path"

	"github.com/moby/buildkit/client/llb"
)

// export turns uv.lock into pylock.toml, without network and without Python:
// uv's own image is root enough. What consumes it mounts it read-only, so the
// exported content decides whether anything is installed again, not the files
// it came from.
func (c *converter) export() llb.State {
	e := c.plan.Export
	args := append([]string{
		"/uv", "export",
		"--frozen", "--no-config", "--no-cache", "--no-python-downloads", "--quiet",
		"--no-emit-local", "--no-default-groups", "--no-header",
		"--format", "pylock.toml",
		"--output-file", "/out/pylock.toml",
		"--project", path.Join(SourcePath, e.Root),
	}, e.Args...)
	opts := append(c.mountProject(e.Source, e.Files, e.Reduced), llb.AddEnv("UV_PREVIEW_FEATURES", "pylock"))
	opts = append(opts, sealed()...)
	exec := c.run(c.in.UV, step{
		stage: StageExport,
		loc:   e.Source,
		name:  c.title(stepExport, "export the locked packages of %s", c.plan.Project),
		args:  args,
		opts:  append(opts, c.offline()...),
	})
	return exec.AddMount("/out", llb.Scratch())
}
