package answer

import (
	"cmp"
	"context"
	"path"
	"slices"
	"strings"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/frontend/subrequests/outline"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/images"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// outlined is the answer to an outline: BuildKit's, and the functions.
type outlined struct {
	Functions []outlinedFunction `json:"functions,omitempty"`
	outline.Outline

	sources answerSources
}

// outlinedFunction is a function that the target builds.
type outlinedFunction struct {
	// Name is the project's when the build file has one function without a name.
	Name string `json:"name"`
	// Handler is what Lambda calls, be it named or found.
	Handler string `json:"handler"`
	// Location has the lines of the key, or of the function's table without it.
	Location *pb.Location `json:"location,omitempty"`
}

// outline lists what a client may give to the build of a target, and the
// functions that it builds. Without --target that is the images of all.
func (r Request) outline(ctx context.Context) (*gwclient.Result, error) {
	o := outlined{sources: answerSources{texts: r.Texts}}
	file, targets, err := r.Open(ctx, r.perFunction)
	if err != nil {
		return nil, err
	}
	for _, target := range targets {
		l, err := file.Load(ctx, target)
		if err != nil {
			return nil, err
		}
		if err := o.add(r, l); err != nil {
			return nil, err
		}
	}
	if len(targets) > 1 {
		o.Name, o.Description = "", "the container images of all functions"
	}
	o.Sources = o.sources.data()
	return o.result()
}

// add adds what there is to say of one function's target.
func (o *outlined) add(r Request, l *load.Loaded) error {
	settings := r.Settings(l, true)
	platform := settings.Platforms[0]
	decided, err := decide.Assume(settings.Input(l, l.Output, platform))
	if err != nil {
		return err
	}
	o.Name = planner.Target{Function: l.Spec.Name, Output: l.Output}.String()
	o.Description = l.Output.Description()
	o.Args = outlineArgs(l.Output, settings.BuildArgs)
	if l.Output != plan.OutputLock {
		function := decided.Plan
		if function.Config == nil {
			// A layer has no handler, but the function that it is for does.
			decided, err := decide.Assume(settings.Input(l, plan.OutputImage, platform))
			if err != nil {
				return err
			}
			function = decided.Plan
		}
		o.Functions = append(o.Functions, outlinedFunction{
			Name:     cmp.Or(function.Function, function.Project),
			Handler:  strings.Join(function.Config.Cmd, " "),
			Location: o.sources.optional(l.Spec.Locate("handler")),
		})
	}
	o.addFetches(decided.Plan.Fetches(), r.Client.CacheIDNamespace)
	return nil
}

// addFetches adds what steps have of a client beside files.
func (o *outlined) addFetches(fetches []*plan.Step, namespace string) {
	if len(fetches) == 0 {
		return
	}
	at := o.sources.optional(fetches[0].Source)
	for _, f := range fetches {
		if !f.Network {
			break
		}
		for _, secret := range f.Secrets {
			o.addSecret(secret.ID, o.sources.optional(secret.Source))
		}
	}
	for _, f := range fetches {
		o.addRepositories(f)
	}
	if fetches[0].Network {
		o.addSecret(llb.SecretNetrc, at)
		o.addSecret(llb.SecretCA, at)
	}
	// uv's cache is the only one that builds have.
	if len(o.Cache) == 0 {
		o.Cache = []outline.CacheMount{{ID: path.Join(namespace, llb.CacheID), Location: at}}
	}
}

// addRepositories adds what the private git repositories of a step take.
func (o *outlined) addRepositories(step *plan.Step) {
	for _, repository := range step.Repositories {
		at := o.sources.optional(step.Source)
		if !strings.HasPrefix(repository, "ssh://") {
			o.addSecret(llb.SecretGitToken, at)
			o.addSecret(llb.SecretGitHeader, at)
		} else if len(o.SSH) == 0 {
			o.SSH = []outline.SSH{{Name: "default", Location: at}}
		}
	}
}

// addSecret adds a secret, unless another step or function takes it too.
func (o *outlined) addSecret(id string, at *pb.Location) {
	if !slices.ContainsFunc(o.Secrets, func(s outline.Secret) bool { return s.Name == id }) {
		o.Secrets = append(o.Secrets, outline.Secret{Name: id, Location: at})
	}
}

// outlineArgs are the build arguments that count for an output. The values of
// proxies are not repeated: they may hold a password.
func outlineArgs(output plan.Output, given map[string]string) []outline.Arg {
	var args []outline.Arg
	switch output {
	case plan.OutputLock:
		args = append(args, outline.Arg{Name: decide.ArgUpgrade, Value: given[decide.ArgUpgrade], Description: "packages to upgrade: all, or names with commas between them"})
	case plan.OutputImage:
		args = append(args, outline.Arg{Name: images.ArgEpoch, Value: given[images.ArgEpoch], Description: "time of the image, in seconds since 1970, or context"})
	}
	return append(args,
		outline.Arg{Name: "HTTP_PROXY", Description: "proxy of http URLs"},
		outline.Arg{Name: "HTTPS_PROXY", Description: "proxy of https URLs"},
		outline.Arg{Name: "FTP_PROXY", Description: "proxy of ftp URLs"},
		outline.Arg{Name: "ALL_PROXY", Description: "proxy of all other URLs"},
		outline.Arg{Name: "NO_PROXY", Description: "hosts that are reached without a proxy"},
	)
}
