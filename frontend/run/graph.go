package run

import (
	"context"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/images"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// graph is what a decision comes to: a plan, what it is built from, and the
// states to solve.
type graph struct {
	decided *decide.Decided
	// plan is the decided plan, see leaveOut.
	plan   *plan.Plan
	images planImages
	sent   contexts.Sent
	result *llb.Result
	// explained are failures of the graph's steps.
	explained *explained
}

// archive is the work of the step that writes the archive. The frontend has a part
// in this step: it compresses a small application, and knows where everything
// stands in the archive.
func (g *graph) archive() *plan.Archive { return plan.First[plan.Archive](g.plan) }

// prepare decides on one output for one platform, and makes the graph.
func (b *Builder) prepare(ctx context.Context, output plan.Output, platform ocispecs.Platform) (*graph, error) {
	if err := b.checkExclude(b.loaded.Spec); err != nil {
		return nil, err
	}
	decided, err := b.decide(ctx, output, "", platform)
	if err != nil {
		return nil, err
	}
	b.warn(ctx, decided.Plan.Warnings)
	if err := b.lint(ctx, decided, decide.Found{}); err != nil {
		return nil, err
	}
	return b.graph(ctx, decided)
}

// decide decides on one output for one platform; a test may be beside another
// output. The trees of a folder that is near are looked at before anything else is
// done.
func (b *Builder) decide(ctx context.Context, output, testFor plan.Output, platform ocispecs.Platform) (*decide.Decided, error) {
	in := b.settings.Input(b.loaded, output, platform)
	in.TestFor = testFor
	in.Whole, in.WholeCheck = b.widened.names()
	decided, err := decide.Decide(ctx, in, decide.Ask{Python: b.askPython, Base: b.lookAtBase, Versions: b.askVersions})
	if err != nil || !b.loaded.Context.Near() {
		return decided, err
	}
	return decided.WithTrees(ctx, b.loaded.Context.List)
}

// graph resolves the images of a plan, and makes its graph. The sources are
// transferred meanwhile, so that the graph finds them there.
func (b *Builder) graph(ctx context.Context, decided *decide.Decided) (*graph, error) {
	g := &graph{}
	eg, egCtx := gateway.NewGroup(ctx)
	eg.Go(func() (err error) {
		g.images, err = b.resolve(egCtx, decided.Plan, decided.Input.Platform)
		return err
	})
	eg.Go(func() (err error) {
		if g.decided, g.sent, err = b.transfer(egCtx, decided); err != nil {
			return err
		}
		if g.decided.Plan == decided.Plan && len(g.decided.LeftOut) == 0 {
			return nil
		}
		return b.lint(egCtx, g.decided, decide.Found{})
	})
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	return b.planned(g, g.decided.Plan)
}

// planned is a graph of another plan, for the same images and sources.
func (b *Builder) planned(g *graph, p *plan.Plan) (*graph, error) {
	result, err := b.convert(g, p, b.graphOptions())
	return &graph{g.decided, p, g.images, g.sent, result, &explained{}}, err
}

// leaveOut makes the graph anew, without stale modules.
func (b *Builder) leaveOut(g *graph, stale map[treeName][]string) (*graph, error) {
	without := *g.plan
	for _, tree := range g.result.Trees {
		name := treeName{tree.Part, tree.Package}
		var paths []string
		for _, p := range stale[name] {
			paths = append(paths, files.Exactly(p))
		}
		if len(paths) > 0 {
			without.Stale = append(without.Stale, plan.Stale{Part: tree.Part, Package: tree.Package, Paths: paths})
		}
	}
	return b.planned(g, &without)
}

// transfer brings the daemon the sources of a plan. It completes the decision with
// a listing of the sources, if they were not listed yet.
func (b *Builder) transfer(ctx context.Context, decided *decide.Decided) (*decide.Decided, contexts.Sent, error) {
	var sent contexts.Sent
	paths, whole := decided.Plan.ContextPaths()
	seen, err := decided.WithTrees(ctx, func(ctx context.Context, roots []string) (_ files.Listing, err error) {
		paths = union(paths, roots)
		if sent, err = b.sender.Send(ctx, paths, whole); err != nil {
			return files.Listing{}, err
		}
		return contexts.ListTree(ctx, sent.Ref, roots)
	})
	if err != nil {
		return nil, sent, err
	}
	wanted, whole := seen.Plan.ContextPaths()
	if all := union(paths, wanted); sent.Ref == nil || len(all) > len(sent.Paths) {
		sent, err = b.sender.Send(ctx, all, whole)
	}
	return seen, sent, err
}

// union gives sorted paths with more of them, each once.
func union(paths, more []string) []string {
	all := append(slices.Clone(paths), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// planImages are the images of one plan; base is nil when nothing is put on it.
type planImages struct {
	base, builder, uv *images.Image
	// compiler is the plan's builder, and compilerUV its uv; nil without one.
	compiler, compilerUV *images.Image
	// files are the images that the function has files of, each for a step.
	files []fileImage
}

// fileImage is an image that a step copies files of.
type fileImage struct {
	step  *plan.Step
	work  *plan.Files
	image *images.Image
}

// resolve asks for all images of a plan at once.
func (b *Builder) resolve(ctx context.Context, p *plan.Plan, target ocispecs.Platform) (planImages, error) {
	var imgs planImages
	eg, ctx := gateway.NewGroup(ctx)
	resolve := func(to **images.Image, img plan.Image, platform ocispecs.Platform) {
		eg.Go(func() (err error) {
			*to, err = b.images.Resolve(ctx, img, platform)
			return err
		})
	}
	compiles := p.BuildsInBuilder()
	if compiles {
		on := b.client.BuildPlatforms[0]
		if p.BuilderOn == plan.Target {
			on = target
		}
		resolve(&imgs.compiler, *p.Builder, on)
		resolve(&imgs.compilerUV, p.UV, on)
	}
	if p.Output == plan.OutputImage || p.Output == plan.OutputTest || compiles {
		resolve(&imgs.base, p.Base, target)
	}
	for st, work := range plan.Each[plan.Files](p) {
		if work.Image != "" {
			imgs.files = append(imgs.files, fileImage{step: st, work: work})
		}
	}
	for i := range imgs.files {
		f := &imgs.files[i]
		resolve(&f.image, plan.Image{Ref: f.work.Image, Source: f.step.Source}, target)
	}
	resolve(&imgs.builder, p.Base, b.client.BuildPlatforms[0])
	resolve(&imgs.uv, p.UV, b.client.BuildPlatforms[0])
	return imgs, eg.Wait()
}

// convert turns a plan into states over the images and sources of a graph.
func (b *Builder) convert(g *graph, p *plan.Plan, opts llb.Options) (*llb.Result, error) {
	in := llb.Inputs{Context: g.sent.State, Builder: g.images.builder.State, UV: g.images.uv.State, Files: map[string]bkllb.State{}}
	for _, f := range g.images.files {
		in.Files[f.work.Image] = f.image.State
	}
	if compiler := g.images.compiler; compiler != nil {
		in.Compiler, in.CompilerUV = compiler.State, g.images.compilerUV.State
	}
	if base := g.images.base; base != nil {
		in.Base = base.State
		if p.Config != nil {
			in.Config = images.Configure(base.Config, p.Config, nil, base.Config.Platform, nil).Config.ImageConfig
		}
	}
	return llb.Convert(p, in, opts)
}

// graphOptions are the client's settings of a graph.
func (b *Builder) graphOptions() llb.Options {
	c := b.client
	caps := c.BuildOpts().LLBCaps
	again := ""
	if id := b.again.Load(); id != nil {
		again = *id
	}
	return llb.Options{
		Again:          again,
		Caps:           &caps,
		NoCache:        func(kind plan.StepKind) bool { return isNoCache(c.IsNoCache, kind) },
		Source:         b.lines,
		CacheNamespace: c.CacheIDNamespace,
		BuildArgs:      c.BuildArgs,
		Network:        c.NetworkMode,
		ExtraHosts:     c.ExtraHosts,
		Ulimits:        c.Ulimits,
		ShmSize:        c.ShmSize,
		Hostname:       c.Hostname,
		CgroupParent:   c.CgroupParent,
		Resources:      c.LinuxResources,
	}
}

// isNoCache tells whether steps of a kind run again. A package that is installed by
// itself is one of the dependencies.
func isNoCache(asked func(name string) bool, kind plan.StepKind) bool {
	alone := kind == plan.KindPackage || kind == plan.KindGit
	return asked(string(kind)) || alone && asked(string(plan.KindDependencies))
}

// checkExclude refuses a BuildKit that would copy what the function excludes.
// What other patterns leave out is only in the way.
func (b *Builder) checkExclude(s *spec.Spec) error {
	if len(s.Exclude) == 0 || b.client.Supports(pb.CapFileCopyIncludeExcludePatterns) {
		return nil
	}
	return source.Errorf(s.Locate("exclude"), "this BuildKit copies folders whole, with what `exclude` names: use BuildKit 0.9 or later (Docker 23.0 or later has one)")
}
