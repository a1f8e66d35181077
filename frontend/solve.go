package frontend

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// solved is a plan that was built, and what it was built from.
type solved struct {
	// in is what the plan was made from, and decided all that was decided.
	in      planner.Input
	decided *planner.Decided
	plan    *plan.Plan
	images  images
	sources *bkllb.State
	graph   *llb.Result
	ref     gwclient.Reference
	// transferred is what the daemon has of the sources.
	transferred gwclient.Reference
}

// start plans a build for one platform, and gets ready to run it.
func (b *build) start(ctx context.Context, platform ocispecs.Platform) (*solved, error) {
	if err := checkExclude(b.client.BuildOpts().LLBCaps, b.spec); err != nil {
		return nil, err
	}
	decided, in, err := b.decide(ctx, b.input(b.output, platform))
	if err != nil {
		return nil, err
	}
	if err := b.judge(ctx, decided, platform, nil); err != nil {
		return nil, err
	}
	return b.prepare(ctx, decided, in)
}

// finish runs a build, with the check of uv.lock and the test that it depends on
// beside it. Meanwhile the names of the members' files are looked at.
func (b *build) finish(ctx context.Context, done *solved, run func(context.Context) error) error {
	names, namesCtx := newGroup(ctx)
	names.Go(func() error { return checkNames(namesCtx, done.plan, done.transferred) })
	eg, ctx := newGroup(ctx)
	eg.Go(func() error { return run(ctx) })
	if done.graph.Check != nil {
		eg.Go(func() error {
			_, err := b.evaluate(ctx, done, func(g *llb.Result) bkllb.State { return *g.Check })
			return err
		})
	}
	if plan.First[plan.Test](done.plan) != nil && done.plan.Output != plan.OutputTest {
		eg.Go(func() error { return b.gate(ctx, done) })
	}
	err := eg.Wait()
	// A step may have failed for such a name, and says less of it.
	return cmp.Or(names.Wait(), err)
}

// solve plans and builds for one platform.
func (b *build) solve(ctx context.Context, platform ocispecs.Platform) (*solved, error) {
	var done *solved
	err := b.widening(ctx, func() (err error) {
		if done, err = b.start(ctx, platform); err != nil {
			return err
		}
		return b.finish(ctx, done, func(ctx context.Context) error { return b.assemble(ctx, done) })
	})
	return done, err
}

// assemble puts the trees of a plan together, and compares them. Nearly always
// nothing is found, so both happen at once; but a test of the function has to
// wait, since it would run what is found.
func (b *build) assemble(ctx context.Context, s *solved) error {
	state := func(g *llb.Result) bkllb.State { return g.State }
	var found *overlay
	eg, egCtx := newGroup(ctx)
	eg.Go(func() (err error) {
		found, err = b.compareTrees(egCtx, s)
		return err
	})
	eg.Go(func() error { return b.verify(egCtx, s) })
	if s.plan.Output != plan.OutputTest && s.plan.Output != plan.OutputLock {
		eg.Go(func() (err error) {
			s.ref, err = b.evaluate(egCtx, s, state)
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return err
	}
	if err := b.judgeReplaced(ctx, s, found); err != nil {
		return err
	}
	if len(found.stale) > 0 {
		if err := b.leaveOut(s, found.stale); err != nil {
			return err
		}
		s.ref = nil
	}
	if s.ref != nil {
		return nil
	}
	var err error
	s.ref, err = b.evaluate(ctx, s, state)
	return err
}

// leaveOut makes the graph anew, without stale modules.
func (b *build) leaveOut(s *solved, stale map[plan.Part][]string) error {
	without := *s.plan
	for _, part := range slices.Sorted(maps.Keys(stale)) {
		paths := make([]string, len(stale[part]))
		for i, p := range stale[part] {
			paths[i] = files.Exactly(p)
		}
		without.Stale = append(without.Stale, plan.Stale{Part: part, Paths: paths})
	}
	s.plan = &without
	var err error
	s.graph, err = b.convert(s.plan, s.images, s.sources, b.graphOptions())
	return err
}

// judgeReplaced tells of the files that several parts have.
func (b *build) judgeReplaced(ctx context.Context, s *solved, found *overlay) error {
	if len(found.replaced) == 0 {
		return nil
	}
	replaced, err := found.findings(ctx, s.plan)
	if err != nil {
		return err
	}
	return b.judge(ctx, s.decided, s.in.Platform, replaced)
}

// solveImage builds the image for one platform.
func (b *build) solveImage(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
	done, err := b.solve(ctx, platform)
	if err != nil {
		return nil, err
	}
	epoch, err := b.epoch(ctx)
	if err != nil {
		return nil, err
	}
	base := done.images.base.config
	img := imageConfig(base, done.plan.Config, done.graph.Layers, platform, epoch)
	return &dockerui.BuildResult{Reference: done.ref, Image: &img, BaseImage: &base, Epoch: epoch}, nil
}

// solveFolder builds an unpacked task root, or the report of a test, for one
// platform.
func (b *build) solveFolder(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
	done, err := b.solve(ctx, platform)
	if err != nil {
		return nil, err
	}
	return &dockerui.BuildResult{Reference: done.ref, Image: &dockerspec.DockerOCIImage{}}, nil
}

// solveLock writes uv.lock, which is for all platforms and made once.
func (b *build) solveLock(ctx context.Context) (*gwclient.Result, error) {
	done, err := b.solve(ctx, b.client.TargetPlatforms[0])
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.SetRef(done.ref)
	return res, nil
}

// images are those of one plan; base is nil when nothing is put on it.
type images struct {
	base, builder, uv *image
}

// resolveImages asks for all images of a plan at once.
func (b *build) resolveImages(ctx context.Context, p *plan.Plan, target ocispecs.Platform) (images, error) {
	var imgs images
	eg, ctx := newGroup(ctx)
	resolve := func(to **image, img plan.Image, platform ocispecs.Platform) {
		eg.Go(func() (err error) {
			*to, err = b.images.resolve(ctx, img, platform)
			return err
		})
	}
	if p.Output == plan.OutputImage || p.Output == plan.OutputTest {
		resolve(&imgs.base, p.Base, target)
	}
	resolve(&imgs.builder, p.Base, b.client.BuildPlatforms[0])
	resolve(&imgs.uv, p.UV, b.client.BuildPlatforms[0])
	return imgs, eg.Wait()
}

// prepare resolves the images of a plan and makes its graph. The sources are
// transferred meanwhile, so that the graph finds them there.
func (b *build) prepare(ctx context.Context, decided *planner.Decided, in planner.Input) (*solved, error) {
	s := &solved{}
	eg, egCtx := newGroup(ctx)
	eg.Go(func() (err error) {
		s.images, err = b.resolveImages(egCtx, decided.Plan, in.Platform)
		return err
	})
	eg.Go(func() error {
		t, err := b.transfer(egCtx, decided)
		if err != nil {
			return err
		}
		seen := t.decided
		s.in, s.decided, s.plan, s.sources, s.transferred = in, seen, seen.Plan, t.sources, t.ref
		s.in.Listing = in.Listing.With(t.listing)
		if seen.Plan == decided.Plan && len(seen.LeftOut) == 0 {
			return nil
		}
		return b.judge(egCtx, seen, in.Platform, nil)
	})
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	var err error
	s.graph, err = b.convert(s.plan, s.images, s.sources, b.graphOptions())
	return s, err
}

// evaluate solves one state of a graph and explains its failure. A lock that
// the project files differ from by what it has on record needs no more words.
// What else fails on project files in their shorter form is run on the files
// themselves, so that uv names their lines, and the shorter form never decides a
// failure.
func (b *build) evaluate(ctx context.Context, s *solved, state func(*llb.Result) bkllb.State) (gwclient.Reference, error) {
	ref, err := b.solver.solve(ctx, state(s.graph), true)
	if kind := failedKind(err); kind == plan.KindLockCheck || kind == plan.KindExport {
		if stale := b.stale(s); kind == plan.KindLockCheck && stale != nil {
			return nil, stale
		}
		opts := b.graphOptions()
		opts.Explain = true
		whole, convertErr := b.convert(s.plan.Whole(), s.images, s.sources, opts)
		if convertErr != nil {
			return nil, convertErr
		}
		ref, err = b.solver.solve(ctx, state(whole), true)
	}
	return ref, b.diagnose(ctx, s.plan, s.images, err)
}

// failedKind is the kind of a step that failed, empty when none did.
func failedKind(err error) plan.StepKind {
	var solve *errdefs.SolveError
	if !errors.As(err, &solve) {
		return ""
	}
	return llb.KindOf(solve.Op.GetExec())
}

// mostStale is how many differences of a stale lock an error tells: the first
// are reason enough.
const mostStale = 3

// stale is the error of a lock that the project files differ from, nil when
// nothing that the lock has on record does.
func (b *build) stale(s *solved) error {
	found := lint.Stale(lint.Input{Input: s.in, Decided: s.decided})
	var errs []error
	for _, difference := range found[:min(len(found), mostStale)] {
		errs = append(errs, source.Errorf(difference.Source, "%s; %s", difference.Message, diagnosis.Unchecked))
	}
	return errors.Join(errs...)
}

// convert turns a plan into a graph over the client's context.
func (b *build) convert(p *plan.Plan, imgs images, sources *bkllb.State, opts llb.Options) (*llb.Result, error) {
	in := llb.Inputs{Context: *sources, Builder: imgs.builder.state, UV: imgs.uv.state}
	if imgs.base != nil {
		in.Base = imgs.base.state
		in.Entrypoint, in.WorkingDir = imgs.base.config.Config.Entrypoint, imgs.base.config.Config.WorkingDir
	}
	return llb.Convert(p, in, opts)
}

// graphOptions are the client's settings of a graph.
func (b *build) graphOptions() llb.Options {
	c := b.client
	caps := c.BuildOpts().LLBCaps
	return llb.Options{
		Caps:           &caps,
		NoCache:        func(kind plan.StepKind) bool { return c.IsNoCache(string(kind)) },
		Source:         b.constraints(),
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
