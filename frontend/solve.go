package frontend

import (
	"context"
	"fmt"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
	"golang.org/x/sync/errgroup"

	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// solved is a plan that was built.
type solved struct {
	plan   *plan.Plan
	images images
	graph  *llb.Result
	ref    gwclient.Reference
}

// solve plans and builds for one platform, with the check of uv.lock beside
// the build.
func (b *build) solve(ctx context.Context, platform ocispecs.Platform, idx int) (*solved, error) {
	p, err := b.plan(b.output, platform)
	if err != nil {
		return nil, err
	}
	if idx == 0 {
		b.warn(ctx, p.Warnings)
	}
	b.warnSkipped(ctx, p)
	imgs, err := b.resolveImages(ctx, p, platform)
	if err != nil {
		return nil, err
	}
	graph, err := b.convert(ctx, p, imgs)
	if err != nil {
		return nil, err
	}
	done := &solved{plan: p, images: imgs, graph: graph}
	eg, ctx := errgroup.WithContext(ctx)
	eg.Go(func() (err error) {
		done.ref, err = solveRef(ctx, b.client, graph.State, true)
		return b.diagnose(ctx, p, imgs, err)
	})
	if graph.Check != nil {
		eg.Go(func() error {
			_, err := solveRef(ctx, b.client, *graph.Check, true)
			return b.diagnose(ctx, p, imgs, err)
		})
	}
	if p.Test != nil && p.Output != plan.OutputTest {
		eg.Go(func() error { return b.gate(ctx, platform) })
	}
	return done, eg.Wait()
}

// solveImage builds the image for one platform.
func (b *build) solveImage(ctx context.Context, platform ocispecs.Platform, idx int) (*dockerui.BuildResult, error) {
	done, err := b.solve(ctx, platform, idx)
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

// solveLock writes uv.lock, which is for all platforms and made once.
func (b *build) solveLock(ctx context.Context) (*gwclient.Result, error) {
	done, err := b.solve(ctx, b.client.TargetPlatforms[0], 0)
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.SetRef(done.ref)
	return res, nil
}

// solveRef solves one state with the client's cache imports, without which
// --cache-from would do nothing.
func solveRef(ctx context.Context, c *dockerui.Client, st bkllb.State, evaluate bool) (gwclient.Reference, error) {
	opts := c.BuildOpts()
	def, err := st.Marshal(ctx, bkllb.WithCaps(opts.LLBCaps), bkllb.Platform(c.BuildPlatforms[0]))
	if err != nil {
		return nil, fmt.Errorf("marshalling the build graph: %w", err)
	}
	res, err := c.GatewayClient().Solve(ctx, gwclient.SolveRequest{
		Definition:   def.ToPB(),
		CacheImports: c.CacheImports,
		Evaluate:     evaluate,
	})
	if err != nil {
		return nil, err
	}
	return res.SingleRef()
}

// images are those of one plan; base is nil when nothing is put on it.
type images struct {
	base, builder, uv *image
}

// resolveImages asks for all images of a plan at once.
func (b *build) resolveImages(ctx context.Context, p *plan.Plan, target ocispecs.Platform) (images, error) {
	var imgs images
	eg, ctx := errgroup.WithContext(ctx)
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

// convert turns a plan into a graph over the client's context and settings.
func (b *build) convert(ctx context.Context, p *plan.Plan, imgs images) (*llb.Result, error) {
	sources, err := b.sources(ctx, p)
	if err != nil {
		return nil, err
	}
	c := b.client
	caps := c.BuildOpts().LLBCaps
	in := llb.Inputs{
		Files:   *b.context.state,
		Sources: *sources,
		Builder: imgs.builder.state,
		UV:      imgs.uv.state,
	}
	if imgs.base != nil {
		in.Base = imgs.base.state
		in.Entrypoint, in.WorkingDir = imgs.base.config.Config.Entrypoint, imgs.base.config.Config.WorkingDir
	}
	return llb.Convert(p, in, llb.Options{
		Caps:           &caps,
		NoCache:        c.IsNoCache,
		Source:         b.constraint,
		CacheNamespace: c.CacheIDNamespace,
		BuildArgs:      c.BuildArgs,
		Network:        c.NetworkMode,
		ExtraHosts:     c.ExtraHosts,
		Ulimits:        c.Ulimits,
		ShmSize:        c.ShmSize,
		Hostname:       c.Hostname,
		CgroupParent:   c.CgroupParent,
		Resources:      c.LinuxResources,
	})
}

// sources is the context with the files that a plan copies, and no others.
func (b *build) sources(ctx context.Context, p *plan.Plan) (*bkllb.State, error) {
	paths, whole := sourcePaths(p)
	opts := []bkllb.LocalOption{
		bkllb.SharedKeyHint("uvlambda-sources"),
		dockerui.WithInternalName("load sources"),
	}
	if whole {
		ignored, err := b.client.DockerIgnorePatterns(ctx)
		if err != nil {
			return nil, contextError(err, ".dockerignore")
		}
		opts = append(opts, bkllb.ExcludePatterns(slices.Concat(ignored, notProjects)))
	} else {
		opts = append(opts, bkllb.FollowPaths(paths))
	}
	st, err := mainContext(ctx, b.client, opts...)
	return st, contextError(err, "sources")
}

// sourcePaths are the paths of the context that a plan takes beside the project
// files; whole is set when that is all of it.
func sourcePaths(p *plan.Plan) (paths []string, whole bool) {
	if p.Lock != nil {
		return nil, true
	}
	for _, m := range p.Members {
		paths = append(paths, m.Path)
	}
	if p.App != nil {
		for _, c := range p.App.Copies {
			paths = append(paths, c.From)
		}
	}
	if p.LockCheck != nil {
		paths = append(paths, p.LockCheck.Archives...)
		for _, b := range p.LockCheck.Builds {
			paths = append(paths, b.Path)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths), slices.Contains(paths, ".")
}
