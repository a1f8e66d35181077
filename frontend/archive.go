package frontend

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"path"
	"sync"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/plan"
)

// MetadataArchive is the key that the facts of an archive have in the result's
// metadata, and so in --metadata-file; with several platforms each one's
// follows a slash. BuildKit hands on what begins with "frontend.".
const MetadataArchive = "frontend.uvlambda.archive"

// archiveFacts is the part of an archive's JSON that the frontend reads.
type archiveFacts struct {
	Zipped int64 `json:"zipped"`
}

// solveArchives builds archives, or the unpacked task root, for all platforms.
func (b *build) solveArchives(ctx context.Context) (*gwclient.Result, error) {
	var mu sync.Mutex
	meta := map[string][]byte{}
	rb, err := b.client.Build(ctx, func(ctx context.Context, platform *ocispecs.Platform, _ int) (*dockerui.BuildResult, error) {
		done, err := b.solve(ctx, *platform)
		if err != nil {
			return nil, err
		}
		facts, err := b.facts(ctx, done)
		if err != nil {
			return nil, err
		}
		if facts != nil {
			mu.Lock()
			defer mu.Unlock()
			meta[b.metadataKey(*platform)] = facts
		}
		return &dockerui.BuildResult{Reference: done.ref, Image: &dockerspec.DockerOCIImage{}}, nil
	})
	if err != nil {
		return nil, err
	}
	for key, facts := range meta {
		rb.AddMeta(key, facts)
	}
	return rb.Finalize()
}

// metadataKey is MetadataArchive for a platform.
func (b *build) metadataKey(p ocispecs.Platform) string {
	if !b.client.MultiPlatformRequested {
		return MetadataArchive
	}
	return path.Join(MetadataArchive, platforms.Format(p))
}

// facts reads what the packing step found out of an archive, and warns of one
// that Lambda only takes from S3. It is nil for a folder.
func (b *build) facts(ctx context.Context, done *solved) ([]byte, error) {
	a := done.plan.Archive
	if a == nil {
		return nil, nil
	}
	data, err := dockerui.ReadFile(ctx, done.ref, a.Name+".json")
	if err != nil {
		return nil, fmt.Errorf("reading the facts of %s.zip: %w", a.Name, err)
	}
	var read archiveFacts
	if err := json.Unmarshal(data, &read); err != nil {
		return nil, fmt.Errorf("reading the facts of %s.zip: %w", a.Name, err)
	}
	if read.Zipped > plan.LimitZipped {
		b.warn(ctx, []plan.Warning{{
			Message: fmt.Sprintf("%s.zip has %.1f MB, and Lambda takes at most 50 MB directly: upload it to S3 and name it by --s3-bucket and --s3-key, or build an image", a.Name, float64(read.Zipped)/1e6),
			Source:  a.Source,
		}})
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, data); err != nil {
		return nil, fmt.Errorf("reading the facts of %s.zip: %w", a.Name, err)
	}
	return compact.Bytes(), nil
}
