package frontend

import (
	"cmp"
	"context"
	"path"
	"slices"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// outlined is the answer to an outline: BuildKit's, and the functions.
type outlined struct {
	Functions []outlinedFunction `json:"functions,omitempty"`
	outline.Outline
}

// outlinedFunction is a function that the target builds.
type outlinedFunction struct {
	// Name is the project's when the build file has one function without a name.
	Name string `json:"name"`
	// Handler is what Lambda calls, be it named or found.
	Handler string `json:"handler"`
	// Location is that of the key, or of the function's table without it.
	Location *pb.Location `json:"location,omitempty"`
}

// outline lists what a client may give to the build of a target, and the
// functions that it builds. Without --target that is the images of all.
func (b *build) outline(ctx context.Context) (*gwclient.Result, error) {
	if err := b.open(ctx); err != nil {
		return nil, b.withSources(err)
	}
	table, err := b.table(b.filename)
	if err != nil {
		return nil, b.withSources(err)
	}
	var o outlined
	var sources answerSources
	asked := b.asked(table)
	for _, each := range asked {
		if err := o.add(ctx, each, &sources); err != nil {
			return nil, each.withSources(err)
		}
	}
	if len(asked) > 1 {
		o.Name, o.Description = "", "the container images of all functions"
	}
	o.Sources = sources.data()
	return o.result(sources)
}

// add adds what there is to say of one function's target.
func (o *outlined) add(ctx context.Context, b *build, sources *answerSources) error {
	if err := b.load(ctx); err != nil {
		return err
	}
	platform := targetPlatforms(b.client, b.spec, b.output)[0]
	decided, err := b.assume(b.output, platform)
	if err != nil {
		return err
	}
	p := decided.Plan
	o.Name = planner.Target{Function: b.spec.Name, Output: b.output}.String()
	o.Description = b.output.Description()
	o.Args = outlineArgs(b.output, b.client.BuildArgs)
	if b.output != plan.OutputLock {
		function := p
		if p.Config == nil {
			// A layer has no handler, but the function that it is for does.
			decided, err := b.assume(plan.OutputImage, platform)
			if err != nil {
				return err
			}
			function = decided.Plan
		}
		o.Functions = append(o.Functions, outlinedFunction{
			Name:     cmp.Or(function.Function, function.Project),
			Handler:  function.Config.Cmd[0],
			Location: sources.optional(b, b.spec.Locate("handler")),
		})
	}
	fetches := p.Fetches()
	if len(fetches) == 0 {
		return nil
	}
	at := sources.optional(b, fetches[0].Source)
	for _, f := range fetches {
		if !f.Network {
			break
		}
		for _, secret := range f.Secrets {
			o.addSecret(secret.ID, sources.optional(b, secret.Source))
		}
	}
	if fetches[0].Network {
		o.addSecret(llb.SecretNetrc, at)
		o.addSecret(llb.SecretCA, at)
	}
	o.addCache(b, at)
	return nil
}

// addSecret adds a secret, unless another step or function takes it too.
func (o *outlined) addSecret(id string, at *pb.Location) {
	if !slices.ContainsFunc(o.Secrets, func(s outline.Secret) bool { return s.Name == id }) {
		o.Secrets = append(o.Secrets, outline.Secret{Name: id, Location: at})
	}
}

// addCache adds uv's cache, the only one that builds have.
func (o *outlined) addCache(b *build, at *pb.Location) {
	if len(o.Cache) == 0 {
		o.Cache = []outline.CacheMount{{ID: path.Join(b.client.CacheIDNamespace, llb.CacheID), Location: at}}
	}
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
