// Package images resolves the images that a build starts from, and makes the
// configuration of the image that it leaves behind.
package images

import (
	"context"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/util/flightcontrol"
	dockerspec "github.com/moby/docker-image-spec/specs-go/v1"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Image is a resolved image: pinned by digest, with its configuration.
type Image struct {
	State  bkllb.State
	Config dockerspec.DockerOCIImage
}

// Resolver resolves each image once per platform, however many steps and target
// platforms use it.
type Resolver struct {
	client *gateway.Client
	// lines gives an image's vertex the lines that ask for it.
	lines func(plan.Location) bkllb.ConstraintsOpt
	group flightcontrol.CachedGroup[*Image]
}

// NewResolver resolves images for a client. lines gives an image's vertex the
// lines that ask for it.
func NewResolver(c *gateway.Client, lines func(plan.Location) bkllb.ConstraintsOpt) *Resolver {
	return &Resolver{client: c, lines: lines}
}

// Resolve gives the image for a platform: the client's named context of that
// name if there is one, else the registry's.
func (r *Resolver) Resolve(ctx context.Context, img plan.Image, p ocispecs.Platform) (*Image, error) {
	key := img.Ref + " " + platforms.FormatAll(p)
	return r.group.Do(ctx, key, func(ctx context.Context) (_ *Image, err error) {
		// The function runs in a goroutine of its own.
		defer gateway.RecoverPanic(&err)
		resolved, err := r.load(ctx, img, p)
		if err != nil {
			return nil, err
		}
		if err := checkVariant(resolved.Config.Platform, p, img); err != nil {
			return nil, err
		}
		resolved.State = resolved.State.Platform(p)
		return resolved, nil
	})
}

func (r *Resolver) load(ctx context.Context, img plan.Image, p ocispecs.Platform) (*Image, error) {
	if img.Dockerfile != nil {
		return r.fromDockerfile(ctx, img, p)
	}
	named, err := reference.ParseNormalizedNamed(img.Ref)
	if err != nil {
		return nil, source.Errorf(img.Source, "image reference %q: %w: write it as registry/name:tag", img.Ref, err)
	}
	nc, err := r.client.NamedContext(img.Ref, dockerui.ContextOpt{
		Platform:    &p,
		ResolveMode: r.client.ImageResolveMode.String(),
	})
	if err != nil {
		return nil, source.Errorf(img.Source, "image %s: %w", img.Ref, err)
	}
	if nc != nil {
		return loadNamed(ctx, nc, img)
	}
	return r.fromRegistry(ctx, reference.TagNameOnly(named), img, p)
}

// checkVariant refuses an image that exists for another platform only: unlike
// an index, a single manifest is resolved whatever platform is asked for.
func checkVariant(has, want ocispecs.Platform, img plan.Image) error {
	if has.Architecture == "" || platforms.OnlyStrict(want).Match(platforms.Normalize(has)) {
		return nil
	}
	return source.Errorf(img.Source, "image %s is for %s, not for %s: name one that is", img.Ref, platforms.Format(has), platforms.Format(want))
}

// loadNamed takes an image from a named context.
func loadNamed(ctx context.Context, nc *dockerui.NamedContext, img plan.Image) (*Image, error) {
	st, config, err := nc.Load(ctx)
	if err != nil {
		return nil, source.Errorf(img.Source, "loading the named context %s: %w", img.Ref, err)
	}
	if st == nil || config == nil {
		return nil, source.Errorf(img.Source, "the named context %s is no image: give it as docker-image://… or oci-layout://…", img.Ref)
	}
	return &Image{State: *st, Config: *config}, nil
}

// fromRegistry resolves a reference and pins it by digest.
func (r *Resolver) fromRegistry(ctx context.Context, named reference.Named, img plan.Image, p ocispecs.Platform) (*Image, error) {
	ref, dgst, data, err := r.client.GatewayClient().ResolveImageConfig(ctx, named.String(), sourceresolver.Opt{
		LogName: "[internal] load metadata for " + named.String(),
		ImageOpt: &sourceresolver.ResolveImageOpt{
			Platform:    &p,
			ResolveMode: r.client.ImageResolveMode.String(),
		},
	})
	if err != nil {
		return nil, source.Errorf(img.Source, "%s", imageError(img.Ref, p, err))
	}
	resolved, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return nil, fmt.Errorf("image %s resolved to %q: %w", img.Ref, ref, err)
	}
	if _, pinned := resolved.(reference.Digested); !pinned && dgst != "" {
		if resolved, err = reference.WithDigest(resolved, dgst); err != nil {
			return nil, fmt.Errorf("pinning image %s: %w", img.Ref, err)
		}
	}
	var out Image
	if err := json.Unmarshal(data, &out.Config); err != nil {
		return nil, fmt.Errorf("reading the configuration of image %s: %w", img.Ref, err)
	}
	out.State, err = bkllb.Image(resolved.String(), bkllb.Platform(p), r.client.ImageResolveMode, r.lines(img.Source)).WithImageConfig(data)
	if err != nil {
		return nil, fmt.Errorf("reading the configuration of image %s: %w", img.Ref, err)
	}
	return &out, nil
}

// unreached are the words for a registry that could not be spoken to.
var unreached = regexp.MustCompile(`no such host|server misbehaving|connection refused|network is unreachable|no route to host|i/o timeout|context deadline exceeded|TLS handshake timeout`)

// imageError explains why an image could not be resolved.
func imageError(ref string, p ocispecs.Platform, err error) string {
	text := gateway.Innermost(err).Error()
	switch {
	case strings.Contains(text, "no match for platform"):
		return fmt.Sprintf("image %s has no variant for %s: name one that has", ref, platforms.Format(p))
	case strings.Contains(text, "not found") && strings.HasPrefix(ref, planner.BaseRepository+":"):
		return fmt.Sprintf("image %s was not found: choose another Python with `python = \"…\"`, name an image that has it with `base`, or give one by --build-context %s=docker-image://…", ref, ref)
	case strings.Contains(text, "not found"):
		return fmt.Sprintf("image %s was not found: check its name and tag, or give another by --build-context %s=docker-image://…", ref, ref)
	case unreached.MatchString(text):
		host, _, _ := strings.Cut(ref, "/")
		return fmt.Sprintf("no network? %s does not answer, which has the image %s (%s): check the builder's network, or give the image by --build-context %s=docker-image://…", host, ref, text, ref)
	default:
		return fmt.Sprintf("image %s could not be resolved (%s): check the registry and your login, or give another by --build-context %s=docker-image://…", ref, text, ref)
	}
}
