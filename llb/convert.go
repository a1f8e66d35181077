// Package llb turns a plan into a BuildKit graph: one file a step
// kind, no decisions of its own, no TOML and no gateway. The same plan and the same
// inputs always marshal to the same bytes.
package llb

import (
	"fmt"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/plan"
)

// epoch is the modification time of every file that a build puts into an image.
// With SOURCE_DATE_EPOCH the exporter rewrites it when asked to.
var epoch = time.Unix(plan.Epoch, 0).UTC()

// Inputs are the states a graph starts from, all resolved by the caller.
type Inputs struct {
	// Context holds what the plan names of the build context, at its place: the
	// project files, the application and the members.
	Context bkllb.State
	// Base is the image for the target platform, Builder the same for the
	// build platform, UV the image with /uv for the build platform.
	Base, Builder, UV bkllb.State
	// Compiler is the plan's builder, with CompilerUV, for the platform that it is
	// run on.
	Compiler, CompilerUV bkllb.State
	// Files are the images that the function has files of, for the target platform,
	// by their references.
	Files map[string]bkllb.State
	// Config is the configuration of the image that is made.
	Config ocispecs.ImageConfig
}

// Options are the settings of one solve, mostly the client's.
type Options struct {
	// Caps are what the daemon understands.
	Caps *apicaps.CapSet
	// NoCache says whether steps of a kind must run again.
	NoCache func(kind plan.StepKind) bool
	// Source gives the source range of a step.
	Source func(plan.Location) bkllb.ConstraintsOpt
	// CacheNamespace keeps the cache mounts of different users apart.
	CacheNamespace string
	// BuildArgs are the client's; only the proxy ones are read.
	BuildArgs  map[string]string
	Network    pb.NetMode
	ExtraHosts []bkllb.HostIP
	Ulimits    []*pb.Ulimit
	ShmSize    int64
	// Hostname is the name of the build's containers, empty for BuildKit's own.
	Hostname string
	// CgroupParent and Resources bound the containers of the build.
	CgroupParent string
	Resources    *pb.LinuxResources
	// Explain has the steps that read project files keep what uv says of a
	// failure. It takes the plan's Whole.
	Explain bool
	// Again, when not empty, makes each step that runs a container another vertex,
	// with other inputs: the steps run once more whatever became of them before. It
	// is a name that is used once.
	Again string
}

// Result is the graph of one plan.
type Result struct {
	// State is what the build leaves behind. An archive has none before its
	// parts are there.
	State   bkllb.State
	Archive *Archive
	// Layers are the comments of the layers over the base, for the history.
	Layers []string
	// Trees are what lies over one another in the task root, the lowest first.
	// An archive has parts instead.
	Trees []Tree
	// Opt are the trees with files below plan.LayerRoot. An archive has a part
	// instead.
	Opt []bkllb.State
	// Records has the RECORD files of each tree of packages in a folder of its own,
	// see Tree.Records. They say which files a tree has, so that a builder which has
	// the tree in a remote cache need not fetch it for that. They are nil without
	// packages, for less than two trees, for an archive, and without what BuildKit
	// needs for them.
	Records *bkllb.State
	// Check fails when uv.lock is stale. It is solved beside State; nil when
	// the plan has none.
	Check *bkllb.State
}

// Tree is one of the trees of a function, with the files at the task root.
type Tree struct {
	Part plan.Part
	// Package is set for the tree of one package, which is its name, and for
	// the files of an image, which is its reference.
	Package string
	State   bkllb.State
}

// Convert turns p into states. It fails on a plan whose output it doesn't know.
func Convert(p *plan.Plan, in Inputs, opt Options) (*Result, error) {
	c := &converter{plan: p, in: in, opt: opt}
	c.again()
	switch p.Output {
	case plan.OutputImage:
		return c.image(), nil
	case plan.OutputZip, plan.OutputLayer, plan.OutputApp:
		res := c.checked(bkllb.State{})
		res.Archive = c.archive()
		return res, nil
	case plan.OutputDir:
		layers := c.layers()
		return c.laid(c.folder(layers), layers), nil
	case plan.OutputTest:
		layers := c.layers()
		st, err := c.test(layers)
		return c.laid(st, layers), err
	case plan.OutputLock:
		return &Result{State: c.lock(find[plan.Lock](c))}, nil
	default:
		return nil, fmt.Errorf("plan has an unknown output %q: make it with the planner of the same version", p.Output)
	}
}

// checked is a result with the check of uv.lock beside it.
func (c *converter) checked(st bkllb.State) *Result {
	res := &Result{State: st}
	if plan.First[plan.LockCheck](c.plan) != nil {
		check := c.lockCheck()
		res.Check = &check
	}
	return res
}

// converter holds what every step needs.
type converter struct {
	plan *plan.Plan
	in   Inputs
	opt  Options
}

// compiling is the converter for a step that runs in the plan's builder, and the
// options of such a step: it has the function's base, whose libraries are there at
// run time.
func (c *converter) compiling(in bool) (*converter, []bkllb.RunOption) {
	if !in {
		return c, nil
	}
	compiling := *c
	compiling.in.Builder, compiling.in.UV = c.in.Compiler, c.in.CompilerUV
	return &compiling, []bkllb.RunOption{c.mount(basePath, c.in.Base, c.unsummed()...)}
}

// supports tells whether the daemon understands a capability.
func (c *converter) supports(id apicaps.CapID) bool {
	return c.opt.Caps == nil || c.opt.Caps.Supports(id) == nil
}

// named are the options that every vertex carries: its name in the progress
// display, and the lines that asked for it.
func (c *converter) named(loc plan.Location, name string) []bkllb.ConstraintsOpt {
	return []bkllb.ConstraintsOpt{bkllb.WithCustomName(name), c.opt.Source(loc)}
}

// constraints are the options of a vertex that --no-cache-filter is about.
func (c *converter) constraints(kind plan.StepKind, loc plan.Location, name string) []bkllb.ConstraintsOpt {
	opts := c.named(loc, name)
	if c.opt.NoCache(kind) {
		opts = append(opts, bkllb.IgnoreCache)
	}
	return opts
}

// found is a step of the plan with what it does.
type found[T any] struct {
	*plan.Step
	work *T
}

// find gives the first step of the plan that does a type of work. Both are nil
// when there is none.
func find[T any](c *converter) found[T] {
	for st, work := range plan.Each[T](c.plan) {
		return found[T]{st, work}
	}
	return found[T]{}
}

// title is the name of a vertex in the progress display: the owner of its step, the
// step's number, and what the vertex does. A step that only guards others has no
// number.
func (c *converter) title(st *plan.Step, format string, args ...any) string {
	number, steps := 0, 0
	for i := range c.plan.Steps {
		each := &c.plan.Steps[i]
		if c.plan.Guarding(each.Name) || each.Kind == plan.KindBase {
			// BuildKit's frontend has numbers of its own for the base.
			continue
		}
		if steps++; each == st {
			number = steps
		}
	}
	of := ""
	if number > 0 {
		of = fmt.Sprintf(" %d/%d", number, steps)
	}
	return fmt.Sprintf("[%s%s] ", st.Owner, of) + fmt.Sprintf(format, args...)
}

// internal is the name of a vertex that prepares something for a step. The plan's
// step is named where several have such a vertex.
func internal(format string, args ...any) string {
	return "[internal] " + fmt.Sprintf(format, args...)
}
