package llb

import (
	"path"
	"slices"
	"strconv"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/plan"
)

// Files of the folders that the steps of archives make.
const (
	// PartData is a run of archive entries.
	PartData = "part.data"
	// PartEntries says which they are, in the form that frontend/archive reads,
	// and SlimmedFile as JSON what slimming the dependencies saved.
	PartEntries = "part.tsv"
	SlimmedFile = "slimmed.json"
	// LackingFile says as JSON which libraries packages load and lack. For other
	// outputs it is in the task root of the tree, when there is something to say.
	LackingFile = ".uvlambda-lacking.json"
)

// Mounts of the steps that make archives.
const (
	treePath    = "/tree"
	filesPath   = "/files"
	piecesPath  = "/pieces"
	reportsPath = "/reports"
	// madePath is a folder with the end of the archive and its facts.
	madePath  = "/made"
	endPath   = madePath + "/end"
	factsPath = madePath + "/facts"
	outPath   = "/out"
)

// Archive is what an archive is made of. Each part is compressed by itself, the
// dependencies by the step that installs them, so that a change of the code
// never compresses them again.
type Archive struct {
	// Dependencies are the packages by themselves and then the others together.
	// Members, and Files, which are the files of other images in the task root, are
	// nil when the plan has none.
	Dependencies   []*Part
	Members, Files *Part
	// Opt are the files below plan.LayerRoot, which an archive of their own has. It
	// is nil when the plan has none.
	Opt *Part
	// App is the application's tree below plan.TaskRoot, and PackedApp the same
	// as a part, for a tree that is too large for whoever solves this to
	// compress. They are nil when the plan has none.
	App       *bkllb.State
	PackedApp *Part

	converter *converter
}

// Part is what a step compressed. The step's report of it is a state of its own, so
// that a builder that has the archive in a remote cache need not fetch the
// compressed data.
type Part struct {
	// Data is a folder with PartData.
	Data bkllb.State
	// Report is a folder with PartEntries; of dependencies also with LackingFile,
	// and with SlimmedFile when they were slimmed.
	Report bkllb.State
}

// archive gives the parts of an archive.
func (c *converter) archive() *Archive {
	st := find[plan.Archive](c)
	a := &Archive{converter: c}
	for _, made := range c.thirdParty() {
		a.Dependencies = append(a.Dependencies, made.part)
	}
	if members := c.plan.Step(plan.KindMembers); members != nil {
		compress := find[plan.Compress](c)
		a.Members = c.compress(packing{
			Step: compress.Step, what: "the members", loc: members.Source, tree: c.members(), at: treePath, Compress: compress.work,
		})
	}
	a.Files, a.Opt = c.compressFiles(plan.TaskRoot), c.compressFiles(plan.LayerRoot)
	if own := c.plan.Step(plan.KindApp); own != nil {
		app := c.app()
		a.App, a.PackedApp = &app, c.compress(packing{
			Step: st.Step, what: "the application", loc: own.Source, tree: app, at: treePath,
			Compress: &plan.Compress{Root: plan.TaskRoot, Pack: plan.Pack{Prefix: st.work.Prefix}},
		})
	}
	return a
}

// Joined is what an archive is joined from.
type Joined struct {
	// Opt is set for the layer beside the archive.
	Opt bool
	// Parts are in the order of their data, and End is what stands behind that.
	Parts []*Part
	End   []byte
	// Facts get the archive's checksum where SumMark stands.
	Facts   []byte
	SumMark string
}

// Join writes archives, each beside those before it, with the facts beside them.
func (a *Archive) Join(archives ...Joined) bkllb.State {
	out := bkllb.Scratch()
	for _, j := range archives {
		out = a.join(j, out)
	}
	return out
}

// join writes an archive into a folder that may have others.
func (a *Archive) join(j Joined, into bkllb.State) bkllb.State {
	c := a.converter
	st := find[plan.Archive](c)
	made := bkllb.Scratch().File(
		bkllb.Mkfile("/end", 0o644, j.End, bkllb.WithCreatedTime(epoch)).
			Mkfile("/facts", 0o644, j.Facts, bkllb.WithCreatedTime(epoch)),
		c.named(st.Source, internal("prepare the end of the archive"))...)
	opts := append(c.offline(), sealed()...)
	name := st.work.Name
	if j.Opt {
		name = st.work.Opt
	}
	args := []string{path.Join(outPath, name), factsPath, j.SumMark}
	mount := func(at string, st bkllb.State, place string) {
		opts = append(opts, c.mount(at, st, append(c.unsummed(), bkllb.SourcePath(path.Join("/", place)))...))
	}
	// The script reads no reports. With them a cache that holds the archive holds
	// what is read of its parts, and a builder that has only the cache runs none
	// of their steps.
	var beside []*Part
	if !j.Opt {
		beside = slices.DeleteFunc(slices.Clone(a.Dependencies), func(d *Part) bool { return slices.Contains(j.Parts, d) })
	}
	reports := slices.Concat(beside, j.Parts)
	for i, part := range reports {
		mount(path.Join(reportsPath, strconv.Itoa(i)), part.Report, PartEntries)
	}
	for i, part := range j.Parts {
		at := path.Join(piecesPath, strconv.Itoa(i))
		mount(at, part.Data, PartData)
		args = append(args, at)
	}
	mount(madePath, made, "")
	return c.runScript(JoinPath, step{
		kind: plan.KindArchive,
		loc:  st.Source,
		name: c.title(st.Step, "write %s.zip for %s", name, c.plan.Platform),
		args: append(args, endPath),
		opts: opts,

		scripts: joinScripts,
	}).AddMount(outPath, into)
}

// unsummed are the options of a mount whose content is not summed up for the
// step's cache key: that takes a tenth of such a step's time, for nothing when
// equal content comes from an equal step.
func (c *converter) unsummed() []bkllb.MountOption {
	if !c.supports(pb.CapExecMountContentCache) {
		return nil
	}
	return []bkllb.MountOption{bkllb.ContentCache(bkllb.MountContentCacheOff)}
}
