package llb

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// Mounts of the steps that make archives.
const (
	treePath    = "/trees"
	partsPath   = "/parts"
	slimmedPath = "/slimmed.json"
	outPath     = "/out"
)

// assembly is what pack.py reads: parts that are compressed already, and trees
// that are compressed now, which replace files of the parts.
type assembly struct {
	Archive string   `json:"archive"`
	Parts   []string `json:"parts"`
	// Beside is a part that is no part of this archive, and counts for its size.
	Beside string      `json:"beside,omitempty"`
	Trees  [][2]string `json:"trees"`
	Limit  int64       `json:"limit"`
	Facts  plan.Facts  `json:"facts"`
	// Slimmed is the report of what slimming the dependencies saved.
	Slimmed string `json:"slimmed,omitempty"`
}

// archive packs the trees of the plan. The dependencies are compressed in a
// step of their own, so that a change of the code compresses only the code.
func (c *converter) archive() (llb.State, error) {
	a := c.plan.Archive
	spec := assembly{
		Archive: path.Join(outPath, a.Name+".zip"),
		Parts:   []string{},
		Trees:   [][2]string{},
		Limit:   a.Limit,
		Facts:   a.Facts,
	}
	opts := append(c.offline(), sealed()...)
	mount := func(name string, st llb.State) string {
		at := path.Join(treePath, name)
		opts = append(opts, llb.AddMount(at, st, llb.Readonly))
		return path.Join(at, plan.TaskRoot)
	}
	if c.plan.Dependencies != nil {
		deps := c.dependencies()
		opts = append(opts, llb.AddMount(partsPath, c.deflate(deps.layer, cmp.Or(a.Beside, a.Prefix)), llb.Readonly))
		part := path.Join(partsPath, "dependencies")
		if a.Beside != "" {
			spec.Beside = part
		} else {
			spec.Parts = append(spec.Parts, part)
		}
		if a.Beside == "" && len(c.plan.Dependencies.Slim) > 0 {
			opts = append(opts, llb.AddMount(slimmedPath, deps.report, llb.SourcePath("/slimmed.json"), llb.Readonly))
			spec.Slimmed = slimmedPath
		}
	}
	if len(c.plan.Members) > 0 {
		spec.Trees = append(spec.Trees, [2]string{mount("members", c.members()), a.Prefix})
	}
	if c.plan.App != nil {
		spec.Trees = append(spec.Trees, [2]string{mount("app", c.app()), a.Prefix})
	}
	arg, err := json.Marshal(spec)
	if err != nil {
		return llb.State{}, fmt.Errorf("describing the archive %s: %w", a.Name, err)
	}
	return c.runScript(PackPath, pack, step{
		stage: StageArchive,
		loc:   a.Source,
		name:  c.title(stepOutput, "write %s.zip for %s", a.Name, c.plan.Platform),
		args:  []string{"assemble", string(arg)},
		opts:  opts,
	}).AddMount(outPath, llb.Scratch()), nil
}

// deflate compresses the dependencies for a later archive, in which they stand
// below prefix.
func (c *converter) deflate(deps llb.State, prefix string) llb.State {
	mount := []llb.MountOption{llb.Readonly}
	if c.supports(pb.CapExecMountContentCache) {
		// The export's content has already decided whether these are the same:
		// their checksum would say it again, at a tenth of the step's time.
		mount = append(mount, llb.ContentCache(llb.MountContentCacheOff))
	}
	opts := append(c.offline(), sealed()...)
	opts = append(opts, llb.AddMount(treePath, deps, mount...))
	return c.runScript(PackPath, pack, step{
		stage: StageArchive,
		loc:   c.plan.Dependencies.Source,
		name:  c.title(stepOutput, "compress the dependencies for %s", c.plan.Platform),
		args:  []string{"deflate", path.Join(treePath, plan.TaskRoot), prefix, path.Join(outPath, "dependencies")},
		opts:  opts,
	}).AddMount(outPath, llb.Scratch())
}

// folder gathers the trees of the plan without the path of the task root.
func (c *converter) folder() llb.State {
	var gather *llb.FileAction
	for _, l := range c.layers() {
		info := &llb.CopyInfo{CopyDirContentsOnly: true, CreatedTime: &epoch}
		if gather == nil {
			gather = llb.Copy(l.state, plan.TaskRoot, "/", info)
		} else {
			gather = gather.Copy(l.state, plan.TaskRoot, "/", info)
		}
	}
	if gather == nil {
		return llb.Scratch()
	}
	loc := c.plan.Base.Source
	return c.settle(llb.Scratch().File(gather, c.named(loc, c.title(stepOutput, "gather the task root for %s", c.plan.Platform))...), loc)
}
