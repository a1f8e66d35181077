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

// archives builds archives for all platforms.
func (b *Builder) archives(ctx context.Context) (*gwclient.Result, error) {
	var mu sync.Mutex
	meta := map[string][]byte{}
	rb, err := b.each(ctx, func(ctx context.Context, platform ocispecs.Platform) (*dockerui.BuildResult, error) {
		ref, facts, err := b.archive(ctx, platform)
		if err != nil {
			return nil, err
		}
		mu.Lock()
		defer mu.Unlock()
		meta[path.Join(MetadataArchive, b.platformKey(platform))] = facts
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

// archive builds an archive for one platform and gives its facts. There is
// no reference when the client takes the archive itself.
func (b *Builder) archive(ctx context.Context, platform ocispecs.Platform) (gwclient.Reference, []byte, error) {
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
	a, at := plan.First[plan.Archive](g.plan), g.plan.Result().Source
	layout, err := parts.layOut(a)
	if err != nil {
		return nil, nil, source.Errorf(at, "%s.zip: %w", a.Name, err)
	}
	if err := b.lintInstalled(ctx, g, namesInArchive(layout.Names())); err != nil {
		return nil, nil, err
	}
	if err := b.lintLayout(ctx, g, layout); err != nil {
		return nil, nil, err
	}
	b.warnOfSize(ctx, a, at, layout.Size)
	facts, err := layout.Facts(a.Facts, parts.slimmed)
	if err != nil {
		return nil, nil, err
	}
	var ref gwclient.Reference
	end := parts.end(layout)
	if a.ByClient {
		facts, err = b.writeArchive(ctx, path.Join(outputFolder(b.platformKey(platform)), a.Name), parts.made(a), end, facts)
	} else {
		ref, facts, err = b.joinArchive(ctx, g, parts.made(a), end, facts)
	}
	if err != nil {
		return nil, nil, err
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, facts); err != nil {
		return nil, nil, fmt.Errorf("reading the facts of %s.zip: %w", a.Name, err)
	}
	return ref, compact.Bytes(), nil
}

// lintLayout tells of the files that several parts of an archive have.
func (b *Builder) lintLayout(ctx context.Context, g *graph, layout *archive.Layout) error {
	installed := len(g.result.Archive.Dependencies)
	if plan.First[plan.Archive](g.plan).Beside != "" {
		installed = 0 // they are in a layer
	}
	var replaced []lint.Replaced
	for i, r := range slices.Concat(layout.Replaced, layout.Hidden) {
		name := strings.TrimPrefix(r.Name, plan.First[plan.Archive](g.plan).Prefix+"/")
		replaced = append(replaced, lint.Replaced{
			Path: name, Owner: r.Owner.String(), By: r.By.String(),
			Hidden: i >= len(layout.Replaced), Installed: r.Part < installed, At: planner.CopyOf(g.plan, name),
		})
	}
	if len(replaced) == 0 {
		return nil
	}
	return b.lint(ctx, g.decided, replaced)
}

// joinArchive has a step of the build write the archive.
func (b *Builder) joinArchive(ctx context.Context, g *graph, parts []*part, end, facts []byte) (gwclient.Reference, []byte, error) {
	made := make([]*llb.Part, 0, len(parts))
	for _, p := range parts {
		made = append(made, p.made)
	}
	joined := g.result.Archive.Join(made, end, facts, archive.SumMark)
	ref, err := b.solve(ctx, g, func(*llb.Result) bkllb.State { return joined })
	if err != nil {
		return nil, nil, err
	}
	written, err := dockerui.ReadFile(ctx, ref, plan.First[plan.Archive](g.plan).Name+".json")
	if err != nil {
		return nil, nil, fmt.Errorf("reading the facts of %s.zip: %w", plan.First[plan.Archive](g.plan).Name, err)
	}
	return ref, written, nil
}

// warnOfSize warns of an archive that Lambda only takes from S3.
func (b *Builder) warnOfSize(ctx context.Context, a *plan.Archive, at plan.Location, size int64) {
	if size <= plan.LimitZipped {
		return
	}
	b.warn(ctx, []plan.Warning{{
		Message: fmt.Sprintf("%s.zip has %d bytes, and Lambda takes at most %d directly: upload it to S3 and name it by --s3-bucket and --s3-key, or build an image", a.Name, size, plan.LimitZipped),
		Source:  at,
	}})
}
