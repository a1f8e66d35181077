package frontend

import (
	"context"
	"path"

	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// outline lists what a client may give to the build of one target.
func (b *build) outline(ctx context.Context) (*outline.Outline, error) {
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	p, err := b.plan(b.output, targetPlatforms(b.client, b.spec, b.output)[0])
	if err != nil {
		return nil, err
	}
	o := &outline.Outline{
		Name:        planner.Target{Function: b.spec.Name, Output: b.output}.String(),
		Description: b.output.Description(),
		Args:        outlineArgs(b.output, b.client.BuildArgs),
	}
	var sources answerSources
	if fetches := fetchesOf(p); len(fetches) > 0 {
		at := sources.optional(b, fetches[0].source)
		for _, secret := range secretsOf(fetches) {
			o.Secrets = append(o.Secrets, outline.Secret{Name: secret.ID, Location: sources.optional(b, secret.Source)})
		}
		o.Secrets = append(o.Secrets, outline.Secret{Name: llb.SecretNetrc, Location: at}, outline.Secret{Name: llb.SecretCA, Location: at})
		o.Cache = b.outlineCache(at)
	} else if p.LockCheck != nil {
		o.Cache = b.outlineCache(sources.optional(b, p.LockCheck.Source))
	}
	o.Sources = sources.data()
	return o, nil
}

// outlineCache is uv's cache, the only one that a build has.
func (b *build) outlineCache(at *pb.Location) []outline.CacheMount {
	return []outline.CacheMount{{ID: path.Join(b.client.CacheIDNamespace, llb.CacheID), Location: at}}
}

// outlineArgs are the build arguments that count for an output. The values of
// proxies are not repeated: they may hold a password.
func outlineArgs(output plan.Output, given map[string]string) []outline.Arg {
	var args []outline.Arg
	switch output {
	case plan.OutputLock:
		args = append(args, outline.Arg{Name: argUpgrade, Value: given[argUpgrade], Description: "packages to upgrade: all, or names with commas between them"})
	case plan.OutputImage:
		args = append(args, outline.Arg{Name: argEpoch, Value: given[argEpoch], Description: "time of the image, in seconds since 1970, or context"})
	}
	return append(args,
		outline.Arg{Name: "HTTP_PROXY", Description: "proxy of http URLs"},
		outline.Arg{Name: "HTTPS_PROXY", Description: "proxy of https URLs"},
		outline.Arg{Name: "FTP_PROXY", Description: "proxy of ftp URLs"},
		outline.Arg{Name: "ALL_PROXY", Description: "proxy of all other URLs"},
		outline.Arg{Name: "NO_PROXY", Description: "hosts that are reached without a proxy"},
	)
}

// fetch is what a step that uses the network may read.
type fetch struct {
	secrets []plan.Secret
	source  plan.Location
}

// fetchesOf are the steps of a plan that use the network.
func fetchesOf(p *plan.Plan) []fetch {
	var fetches []fetch
	if p.Lock != nil {
		fetches = append(fetches, fetch{p.Lock.Secrets, p.Lock.Source})
	}
	if d := p.Dependencies; d != nil {
		fetches = append(fetches, fetch{d.Secrets, d.Source})
	}
	for _, m := range p.Members {
		fetches = append(fetches, fetch{m.Secrets, m.Source})
	}
	if check := p.LockCheck; check != nil && len(check.Builds) > 0 {
		fetches = append(fetches, fetch{check.Secrets, check.Source})
	}
	return fetches
}

// secretsOf are the secrets of all steps, each once.
func secretsOf(fetches []fetch) []plan.Secret {
	var all []plan.Secret
	seen := map[string]bool{}
	for _, f := range fetches {
		for _, secret := range f.secrets {
			if !seen[secret.ID] {
				seen[secret.ID] = true
				all = append(all, secret)
			}
		}
	}
	return all
}
