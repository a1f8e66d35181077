package run

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/platforms"
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/archive"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// MetadataArchive is the key that the facts of an archive have in the result's
// metadata, and so in --metadata-file; with several platforms each one's
// follows a slash. BuildKit hands on what begins with "frontend.".
const MetadataArchive = "frontend.uvlambda.archive"

// MetadataOpt is the key of the facts of the layer with the files for /opt, which
// is written beside an archive.
const MetadataOpt = "frontend.uvlambda.opt"

// archives builds archives for all platforms.
func (b *Builder) archives(ctx context.Context) (*gwclient.Result, error) {
	var mu sync.Mutex
	meta := map[string][]byte{}
	rb, err := b.each(ctx, func(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
		ref, all, err := b.archive(ctx, platform)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		for i, a := range all {
			key := []string{MetadataArchive, MetadataOpt}[i]
			meta[path.Join(key, b.platformKey(platform))] = a.facts
		}
		return &dockerui.BuildResult{Reference: ref, Image: &dockerspec.DockerOCIImage{}}, nil
	})
	if err != nil {
		return nil, err
	}
	for key, facts := range meta {
		rb.AddMeta(key, facts)
	}
	return rb.Finalize()
}

// platformKey tells the results of several platforms apart; it is empty when
// only one is asked for.
func (b *Builder) platformKey(p ocispecs.Platform) string {
	if !b.client.MultiPlatformRequested {
		return ""
	}
	return platforms.Format(p)
}

// zipped is an archive of a result: what was asked for, or the layer beside it.
type zipped struct {
	// name is without its ending.
	name   string
	layout *archive.Layout
	// parts are those that steps made, and end is what stands behind them.
	parts []*part
	end   []byte
	// facts are as JSON; the checksum is in them once the archive is written.
	facts []byte
}

// archive builds an archive for one platform, and the layer that may go with it.
// There is no reference when the client takes the archives itself.
func (b *Builder) archive(ctx context.Context, platform ocispecs.Platform) (gwclient.Reference, []*zipped, error) {
	var g *graph
	var parts *archiveParts
	err := b.widening(ctx, func() (err error) {
		if g, err = b.prepare(ctx, b.loaded.Output, platform); err != nil {
			return err
		}
		return b.beside(ctx, g, func(ctx context.Context) (err error) {
			parts, err = b.archiveParts(ctx, g)
			return err
		})
	})
	if err != nil {
		return nil, nil, err
	}
	all, err := b.layOut(ctx, g, parts)
	if err != nil {
		return nil, nil, err
	}
	var ref gwclient.Reference
	if g.archive().ByClient {
		err = b.writeArchives(ctx, outputFolder(b.platformKey(platform)), all)
	} else {
		ref, err = b.joinArchives(ctx, g, all)
	}
	if err != nil {
		return nil, nil, err
	}
	for _, a := range all {
		var compact bytes.Buffer
		if err := json.Compact(&compact, a.facts); err != nil {
			return nil, nil, fmt.Errorf("reading the facts of %s.zip: %w", a.name, err)
		}
		a.facts = compact.Bytes()
	}
	return ref, all, nil
}

// layOut lays out the archives that parts make, and tells what is wrong with them.
func (b *Builder) layOut(ctx context.Context, g *graph, parts *archiveParts) ([]*zipped, error) {
	a, at := g.archive(), g.plan.Result().Source
	layout, err := parts.layOut(a)
	if err != nil {
		return nil, source.Errorf(at, "%s.zip: %w", a.Name, err)
	}
	if err := b.lintInstalled(ctx, g, namesInArchive(layout.Names())); err != nil {
		return nil, err
	}
	if err := b.lintArchivedLibraries(ctx, g, parts, layout.Names()); err != nil {
		return nil, err
	}
	if err := b.lintLayout(ctx, g, layout); err != nil {
		return nil, err
	}
	main := &zipped{name: a.Name, layout: layout, parts: parts.made(a), end: parts.end(layout)}
	if main.facts, err = layout.Facts(a.Facts, parts.slimmed); err != nil {
		return nil, err
	}
	all := []*zipped{main}
	if a.Opt != "" {
		opt, err := parts.layer(a)
		if err != nil {
			return nil, source.Errorf(at, "%s.zip: %w", a.Opt, err)
		}
		if err := b.lintArchivedExtensions(ctx, g, parts.opt.entries); err != nil {
			return nil, err
		}
		all = append(all, opt)
	}
	for _, z := range all {
		b.warnOfSize(ctx, z, at)
	}
	return all, nil
}

// lintLayout tells of the files that several parts of an archive have.
func (b *Builder) lintLayout(ctx context.Context, g *graph, layout *archive.Layout) error {
	installed := len(g.result.Archive.Dependencies)
	if g.archive().Beside != "" {
		installed = 0 // they are in a layer
	}
	var replaced []lint.Replaced
	for i, r := range slices.Concat(layout.Replaced, layout.Hidden) {
		name := strings.TrimPrefix(r.Name, g.archive().Prefix+"/")
		replaced = append(replaced, lint.Replaced{
			Path: name, Owner: r.Owner.String(), By: r.By.String(),
			Hidden: i >= len(layout.Replaced), Installed: r.Part < installed, At: planner.CopyOf(g.plan, name),
		})
	}
	if len(replaced) == 0 {
		return nil
	}
	return b.lint(ctx, g.decided, decide.Found{Replaced: replaced})
}

// joinArchives has steps of the build write the archives.
func (b *Builder) joinArchives(ctx context.Context, g *graph, all []*zipped) (gwclient.Reference, error) {
	var joined []llb.Joined
	for i, z := range all {
		var made []*llb.Part
		for _, p := range z.parts {
			made = append(made, p.made)
		}
		joined = append(joined, llb.Joined{Opt: i > 0, Parts: made, End: z.end, Facts: z.facts, SumMark: archive.SumMark})
	}
	st := g.result.Archive.Join(joined...)
	ref, err := b.solve(ctx, g, func(*llb.Result) bkllb.State { return st })
	if err != nil {
		return nil, err
	}
	for _, z := range all {
		if z.facts, err = dockerui.ReadFile(ctx, ref, z.name+".json"); err != nil {
			return nil, fmt.Errorf("reading the facts of %s.zip: %w", z.name, err)
		}
	}
	return ref, nil
}

// warnOfSize warns of an archive that Lambda only takes from S3.
func (b *Builder) warnOfSize(ctx context.Context, z *zipped, at plan.Location) {
	if z.layout.Size <= plan.LimitZipped {
		return
	}
	b.warn(ctx, []plan.Warning{{
		Message: fmt.Sprintf("%s.zip has %d bytes, and Lambda takes at most %d directly: upload it to S3 and name it by --s3-bucket and --s3-key, or build an image", z.name, z.layout.Size, plan.LimitZipped),
		Source:  at,
	}})
}
