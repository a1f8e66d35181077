package frontend

import (
	"context"
	"strings"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// warn sends warnings to the client, each with its lines.
func (b *build) warn(ctx context.Context, warnings []plan.Warning) {
	for _, w := range warnings {
		opts := gwclient.WarnOpts{}
		if info := b.sourceInfo(w.Source.File); info != nil && w.Source.Line > 0 {
			opts.SourceInfo = info
			opts.Range = []*pb.Range{pbRange(w.Source)}
		}
		b.entry.Warn(ctx, w.Message, opts)
	}
}

// warnAttestations warns of what makes a client's result an index: Lambda
// takes a single manifest only (docker/buildx#1533).
func (b *build) warnAttestations(ctx context.Context) {
	var flags []string
	for _, kind := range []string{"provenance", "sbom"} {
		if _, asked := b.client.BuildOpts().Opts["attest:"+kind]; asked {
			flags = append(flags, "--"+kind+"=false")
		}
	}
	if len(flags) > 0 {
		b.warn(ctx, []plan.Warning{{
			Message: "the client asks for attestations, which make the image an index that AWS Lambda rejects: build with " + strings.Join(flags, " "),
			Source:  b.spec.Locate("handler"),
		}})
	}
}

// checkIgnored refuses a context whose .dockerignore hides uv.lock.
func (b *build) checkIgnored(ctx context.Context) error {
	if b.workspace.Lock != nil || b.output == plan.OutputLock {
		return nil
	}
	patterns, err := b.client.DockerIgnorePatterns(ctx)
	if err != nil || len(patterns) == 0 {
		return contextError(err, ".dockerignore")
	}
	names := planner.IgnoreFiles(b.filename)
	read, err := b.context.Read(ctx, names)
	if err != nil {
		return err
	}
	return planner.CheckIgnored(b.workspace, patterns, names, read)
}
