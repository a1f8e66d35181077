package images

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/plan"
)

// fromDockerfile builds an image from a Dockerfile of the context. Its steps are run
// by whoever needs the image, so that their failures have the Dockerfile's lines.
func (r *Resolver) fromDockerfile(ctx context.Context, img plan.Image, p ocispecs.Platform) (*Image, error) {
	res, err := r.client.SolveDockerfile(ctx, img.Dockerfile.Path, img.Dockerfile.Target, p, r.client.IsNoCache(string(plan.KindBase)))
	if err != nil {
		return nil, err
	}
	ref, err := res.SingleRef()
	if err != nil {
		return nil, fmt.Errorf("building %s: %w", img.Ref, err)
	}
	var out Image
	data := res.Metadata[exptypes.ExporterImageConfigKey]
	if err := json.Unmarshal(data, &out.Config); err != nil {
		return nil, fmt.Errorf("reading the configuration of %s: %w", img.Ref, err)
	}
	// The history of the base has the times at which the base was built.
	for i := range out.Config.History {
		if out.Config.History[i].Created == nil {
			out.Config.History[i].Created = &created
		}
	}
	if out.State, err = ref.ToState(); err != nil {
		return nil, fmt.Errorf("building on %s: %w", img.Ref, err)
	}
	if out.State, err = out.State.WithImageConfig(data); err != nil {
		return nil, fmt.Errorf("reading the configuration of %s: %w", img.Ref, err)
	}
	return &out, nil
}
