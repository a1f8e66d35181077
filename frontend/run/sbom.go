package run

import (
	"context"
	"fmt"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/attestations/sbom"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/result"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/gateway"
)

// scan attaches the bill of materials that --sbom asks for, made by the
// client's scanner over the finished image.
func (b *Builder) scan(ctx context.Context, rb *dockerui.ResultBuilder) error {
	want := b.client.SBOM
	if want == nil {
		return nil
	}
	platform := b.client.BuildPlatforms[0]
	scanner, err := sbom.CreateSBOMScanner(ctx, b.client.GatewayClient(), want.Generator, platform, sourceresolver.Opt{
		ImageOpt: &sourceresolver.ResolveImageOpt{
			Platform:    &platform,
			ResolveMode: b.client.ImageResolveMode.String(),
		},
	}, want.Parameters)
	if err != nil {
		return fmt.Errorf("preparing the SBOM scanner %s: %w", want.Generator, err)
	}
	return rb.EachPlatform(ctx, func(ctx context.Context, id string, _ ocispecs.Platform) (err error) {
		defer gateway.RecoverPanic(&err)
		return b.scanPlatform(ctx, rb, scanner, id)
	})
}

// scanPlatform scans the image of one platform.
func (b *Builder) scanPlatform(ctx context.Context, rb *dockerui.ResultBuilder, scanner sbom.Scanner, id string) error {
	ref := rb.Ref
	if b.client.MultiPlatformRequested {
		ref = rb.Refs[id]
	}
	st, err := ref.ToState()
	if err != nil {
		return fmt.Errorf("reading the image for %s: %w", id, err)
	}
	att, err := scanner(ctx, id, st, nil)
	if err != nil {
		return fmt.Errorf("scanning the image for %s: %w", id, err)
	}
	solved, err := result.ConvertAttestation(&att, func(st *bkllb.State) (gwclient.Reference, error) {
		return b.client.Solve(ctx, *st, false)
	})
	if err != nil {
		return fmt.Errorf("scanning the image for %s: %w", id, err)
	}
	rb.AddAttestation(id, *solved)
	return nil
}
