// Package run builds what was decided: it resolves images, makes the graph,
// solves it, and puts the result together.
package run

import (
	"context"
	"io"
	"sync/atomic"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/images"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// CreateFile makes a file of a result, by its path with slashes, where the
// client wants the result.
type CreateFile func(name string) (io.WriteCloser, error)

// Secret is a build secret that a client has.
type Secret = diagnosis.Secret

// Options are what a client in this process does itself.
type Options struct {
	// Create takes archives as files, which spares a build the step that would
	// write them: the result then holds their facts only. It is nil when the
	// client takes all of the result from BuildKit.
	Create CreateFile
	// Secrets are the client's secrets, for errors that name secrets.
	Secrets []Secret
}

// Builder builds one target, for all platforms of a client. What the platforms
// have in common is done once.
type Builder struct {
	client   *gateway.Client
	loaded   *load.Loaded
	settings decide.Settings
	options  Options
	texts    *contexts.Texts
	// lines gives a vertex the lines that ask for it.
	lines  func(plan.Location) bkllb.ConstraintsOpt
	sender *contexts.Sender
	images *images.Resolver

	interpreters interpreters
	bases        bases
	warned       warnings
	widened      widened
	// again is what llb.Options.Again says, nil before BuildKit has lost a failure.
	again atomic.Pointer[string]
}

// New is a builder of a loaded target.
func New(ctx context.Context, c *gateway.Client, l *load.Loaded, texts *contexts.Texts, settings decide.Settings, opts Options) (*Builder, error) {
	lines := texts.Lines(l.Spec.Locate())
	sender, err := contexts.NewSender(ctx, c, l.Context, l.Output == plan.OutputLock, lines(l.Spec.Locate()))
	if err != nil {
		return nil, err
	}
	return &Builder{
		client: c, loaded: l, settings: settings, options: opts, texts: texts,
		lines: lines, sender: sender, images: images.NewResolver(c, lines),
	}, nil
}

// Result builds the target for all platforms.
func (b *Builder) Result(ctx context.Context) (*gwclient.Result, error) {
	b.client.TargetPlatforms = b.settings.Platforms
	switch {
	case b.loaded.Output == plan.OutputLock:
		return b.lock(ctx)
	case b.loaded.Output.IsArchive():
		return b.archives(ctx)
	}
	one := b.folder
	if b.loaded.Output == plan.OutputImage {
		one = b.image
	}
	rb, err := b.each(ctx, one)
	if err != nil {
		return nil, err
	}
	if err := b.scan(ctx, rb); err != nil {
		return nil, err
	}
	return rb.Finalize()
}

// each builds for all platforms, side by side.
func (b *Builder) each(ctx context.Context, one func(context.Context, ocispecs.Platform) (*dockerui.BuildResult, error)) (*dockerui.ResultBuilder, error) {
	return b.client.Build(ctx, func(ctx context.Context, platform *ocispecs.Platform, _ int) (_ *dockerui.BuildResult, err error) {
		defer gateway.RecoverPanic(&err)
		return one(ctx, *platform)
	})
}

// image builds the image for one platform.
func (b *Builder) image(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
	g, ref, err := b.tree(ctx, platform)
	if err != nil {
		return nil, err
	}
	epoch, err := images.Epoch(ctx, b.client)
	if err != nil {
		return nil, err
	}
	base := g.images.base.Config
	img := images.Configure(base, g.plan.Config, g.result.Layers, platform, epoch)
	return &dockerui.BuildResult{Reference: ref, Image: &img, BaseImage: &base, Epoch: epoch}, nil
}

// folder builds an unpacked task root, or the report of a test, for one
// platform.
func (b *Builder) folder(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
	_, ref, err := b.tree(ctx, platform)
	if err != nil {
		return nil, err
	}
	return &dockerui.BuildResult{Reference: ref, Image: &dockerspec.DockerOCIImage{}}, nil
}

// lock writes uv.lock, which is for all platforms and made once.
func (b *Builder) lock(ctx context.Context) (*gwclient.Result, error) {
	_, ref, err := b.tree(ctx, b.settings.Platforms[0])
	if err != nil {
		return nil, err
	}
	res := gwclient.NewResult()
	res.SetRef(ref)
	return res, nil
}

// tree builds what is a single result for one platform.
func (b *Builder) tree(ctx context.Context, platform ocispecs.Platform) (g *graph, ref gwclient.Reference, err error) {
	err = b.widening(ctx, func() (err error) {
		if g, err = b.prepare(ctx, b.loaded.Output, platform); err != nil {
			return err
		}
		return b.beside(ctx, g, func(ctx context.Context) (err error) {
			g, ref, err = b.assemble(ctx, g)
			return err
		})
	})
	return g, ref, err
}

// state is the whole result of a graph.
func state(r *llb.Result) bkllb.State { return r.State }
