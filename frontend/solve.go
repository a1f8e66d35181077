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

// solveImage builds the image for one platform, with the check of uv.lock
// beside it.
func (b *build) solveImage(ctx context.Context, platform ocispecs.Platform, idx int) (*dockerui.BuildResult, error) {
	p, err := b.plan(platform)
	if err != nil {
		return nil, err
	}
	if idx == 0 {
		b.warn(ctx, p.Warnings)
	}
	imgs, err := b.resolveImages(ctx, p, platform)
	if err != nil {
		return nil, err
	}
	graph, err := b.convert(ctx, p, imgs, platform)
	if err != nil {
		return nil, err
	}
	var ref gwclient.Reference
	eg, ctx := errgroup.WithContext(ctx)
	eg.Go(func() (err error) {
		ref, err = solveRef(ctx, b.client, graph.State, true)
		return b.diagnose(ctx, p, imgs, err)
	})
	if graph.Check != nil {
		eg.Go(func() error {
			_, err := solveRef(ctx, b.client, *graph.Check, true)
			return b.diagnose(ctx, p, imgs, err)
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	epoch, err := b.epoch(ctx)
	if err != nil {
		return nil, err
	}
	img := imageConfig(imgs.base.config, p.Config, graph.Layers, platform, epoch)
	return &dockerui.BuildResult{Reference: ref, Image: &img, BaseImage: &imgs.base.config, Epoch: epoch}, nil
}

// solveLock writes uv.lock.
func (b *build) solveLock(ctx context.Context) (*gwclient.Result, error) {
	platform := b.client.TargetPlatforms[0]
	p, err := b.plan(platform)
	if err != nil {
		return nil, err
	}
	imgs, err := b.resolveImages(ctx, p, platform)
	if err != nil {
		return nil, err
	}
	graph, err := b.convert(ctx, p, imgs, platform)
	if err != nil {
		return nil, err
	}
	ref, err := solveRef(ctx, b.client, graph.State, true)
	if err := b.diagnose(ctx, p, imgs, err); err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.SetRef(ref)
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

// images are those of one plan.
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
	resolve(&imgs.base, p.Base, target)
	resolve(&imgs.builder, p.Base, b.client.BuildPlatforms[0])
	resolve(&imgs.uv, p.UV, b.client.BuildPlatforms[0])
	return imgs, eg.Wait()
}

// convert turns a plan into a graph over the client's context and settings.
func (b *build) convert(ctx context.Context, p *plan.Plan, imgs images, target ocispecs.Platform) (*llb.Result, error) {
	sources, err := b.sources(ctx, p)
	if err != nil {
		return nil, err
	}
	c := b.client
	caps := c.BuildOpts().LLBCaps
	return llb.Convert(p, llb.Inputs{
		Files:   *b.context.state,
		Sources: *sources,
		Base:    imgs.base.state,
		Builder: imgs.builder.state,
		UV:      imgs.uv.state,
	}, llb.Options{
		BuildPlatform:  c.BuildPlatforms[0],
		TargetPlatform: target,
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
			return nil, folderContext(err, ".dockerignore")
		}
		opts = append(opts, bkllb.ExcludePatterns(slices.Concat(ignored, notProjects)))
	} else {
		opts = append(opts, bkllb.FollowPaths(paths))
	}
	st, err := b.client.MainContext(ctx, opts...)
	return st, folderContext(err, "sources")
}

// sourcePaths are the paths of the context that a plan copies from; whole is
// set when that is all of it.
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
	slices.Sort(paths)
	return slices.Compact(paths), slices.Contains(paths, ".")
}
