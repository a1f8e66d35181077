// Package llb turns a plan into a BuildKit graph: one file a stage, no
// decisions of its own, no TOML and no gateway. The same plan and the same
// inputs always marshal to the same bytes.
package llb

import (
	"fmt"
	"time"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	"github.com/moby/buildkit/util/apicaps"

	"github.com/uvlambda/uvlambda/plan"
)

// epoch is the modification time of every file that a build puts into an
// image: the earliest that zip archives can hold. A fixed time is what makes
// two builds of the same input equal; with SOURCE_DATE_EPOCH the exporter
// rewrites it when asked to.
var epoch = time.Date(1980, time.January, 1, 0, 0, 0, 0, time.UTC)

// Inputs are the states a graph starts from, all resolved by the caller.
type Inputs struct {
	// Context holds what the plan names of the build context, at its place: the
	// project files, the application and the members.
	Context llb.State
	// Base is the image for the target platform, Builder the same for the
	// build platform, UV the image with /uv for the build platform.
	Base, Builder, UV llb.State
	// Entrypoint and WorkingDir are those of Base's configuration.
	Entrypoint []string
	WorkingDir string
}

// Options are the settings of one solve, mostly the client's.
type Options struct {
	// Caps are what the daemon understands.
	Caps *apicaps.CapSet
	// NoCache says whether steps of a kind must run again.
	NoCache func(kind plan.StepKind) bool
	// Source gives the source range of a step.
	Source func(plan.Location) llb.ConstraintsOpt
	// CacheNamespace keeps the cache mounts of different users apart.
	CacheNamespace string
	// BuildArgs are the client's; only the proxy ones are read.
	BuildArgs  map[string]string
	Network    pb.NetMode
	ExtraHosts []llb.HostIP
	Ulimits    []*pb.Ulimit
	ShmSize    int64
	// Hostname is that of the build's containers, empty for BuildKit's own.
	Hostname string
	// CgroupParent and Resources bound the containers of the build.
	CgroupParent string
	Resources    *pb.LinuxResources
	// Explain has the steps that read project files keep what uv says of a
	// failure. It takes the plan's Whole.
	Explain bool
}

// Result is the graph of one plan.
type Result struct {
	// State is what the build leaves behind. An archive has none before its
	// parts are there.
	State   llb.State
	Archive *Archive
	// Layers are the comments of the layers over the base, for the history.
	Layers []string
	// Trees are what lies over one another in the task root, the lowest first.
	// An archive has parts instead.
	Trees []Tree
	// Check fails when uv.lock is stale. It is solved beside State; nil when
	// the plan has none.
	Check *llb.State
}

// Tree is one of the trees of a function, with the files at the task root.
type Tree struct {
	Part  plan.Part
	State llb.State
}

// Convert turns p into states. It fails on a plan whose output it doesn't know.
func Convert(p *plan.Plan, in Inputs, opt Options) (*Result, error) {
	c := &converter{plan: p, in: in, opt: opt}
	switch p.Output {
	case plan.OutputImage:
		return c.image(), nil
	case plan.OutputZip, plan.OutputLayer, plan.OutputApp:
		res := c.checked(llb.State{})
		res.Archive = c.archive()
		return res, nil
	case plan.OutputDir:
		res := c.checked(c.folder())
		res.Trees = c.trees()
		return res, nil
	case plan.OutputTest:
		st, err := c.test()
		res := c.checked(st)
		res.Trees = c.trees()
		return res, err
	case plan.OutputLock:
		return &Result{State: c.lock(p.Lock)}, nil
	default:
		return nil, fmt.Errorf("plan has an unknown output %q: make it with the planner of the same version", p.Output)
	}
}

// converter holds what every stage needs.
type converter struct {
	plan *plan.Plan
	in   Inputs
	opt  Options
}

// supports tells whether the daemon understands a capability.
func (c *converter) supports(id apicaps.CapID) bool {
	return c.opt.Caps == nil || c.opt.Caps.Supports(id) == nil
}

// named are the options that every vertex carries: its name in the progress
// display, and the lines that asked for it.
func (c *converter) named(loc plan.Location, name string) []llb.ConstraintsOpt {
	return []llb.ConstraintsOpt{llb.WithCustomName(name), c.opt.Source(loc)}
}

// constraints are the options of a vertex that --no-cache-filter is about.
func (c *converter) constraints(kind plan.StepKind, loc plan.Location, name string) []llb.ConstraintsOpt {
	opts := c.named(loc, name)
	if c.opt.NoCache(kind) {
		opts = append(opts, llb.IgnoreCache)
	}
	return opts
}

// title is the name of a step in the progress display: which project, which of
// the plan's steps, and what it does. Functions share the steps before the
// application, so only the later ones are named for one of them.
func (c *converter) title(step int, format string, args ...any) string {
	owner := c.plan.Project
	if c.plan.Function != "" && step >= stepApp {
		owner = c.plan.Function
	}
	return fmt.Sprintf("[%s %d/%d] ", owner, step, c.steps()) + fmt.Sprintf(format, args...)
}

// The steps of an image build, in the order a reader thinks of them.
const (
	stepExport = iota + 1
	stepDependencies
	stepMembers
	stepApp
	stepOutput
)

// steps counts the steps that titles number.
func (c *converter) steps() int {
	if c.plan.Output == plan.OutputLock {
		return 1
	}
	return stepOutput
}
