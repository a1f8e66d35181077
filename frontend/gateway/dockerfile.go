package gateway

import (
	"context"
	"fmt"
	"maps"
	"strings"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"
)

// dockerfileFrontend is BuildKit's own frontend of Dockerfiles, inside of the
// daemon.
const dockerfileFrontend = "dockerfile.v0"

// ownOptions are options of the client that are about this build, and not about a
// Dockerfile of its context.
func ownOptions() []string {
	return []string{
		KeySyntaxArg, "requestid", "cmdline", "source", "multi-platform", "frontend.caps", "build-arg:SOURCE_DATE_EPOCH",
		"build-arg:BUILDKIT_DOCKERFILE_CHECK", "build-arg:BUILDKIT_MULTI_PLATFORM",
	}
}

// SolveDockerfile builds a stage of a Dockerfile of the context for a platform, with
// the client's build arguments, named contexts and secrets. anew has all of its
// instructions run.
func (c *Client) SolveDockerfile(ctx context.Context, filename, target string, p ocispecs.Platform, anew bool) (*gwclient.Result, error) {
	opts := maps.Clone(c.BuildOpts().Opts)
	for _, key := range ownOptions() {
		delete(opts, key)
	}
	maps.DeleteFunc(opts, func(key, _ string) bool { return strings.HasPrefix(key, "attest:") || strings.HasPrefix(key, "label:") })
	opts[KeyFilename], opts["target"], opts["platform"] = filename, target, platforms.Format(p)
	if anew {
		opts[keyNoCache] = ""
	}
	inputs, err := c.inputs(ctx)
	if err != nil {
		return nil, err
	}
	if _, elsewhere := opts[dockerui.DefaultLocalNameContext]; !elsewhere && inputs[dockerui.DefaultLocalNameContext] == nil {
		// The client has sent the build file by itself for what is otherwise the
		// folder of the Dockerfile.
		opts["dockerfilekey"] = dockerui.DefaultLocalNameContext
		if key := opts["contextkey"]; key != "" {
			opts["dockerfilekey"] = key
		}
	}
	return c.GatewayClient().Solve(ctx, gwclient.SolveRequest{
		Frontend: dockerfileFrontend, FrontendOpt: opts, FrontendInputs: inputs, CacheImports: c.CacheImports,
	})
}

// inputs are the client's own inputs, such as the results of other targets.
func (c *Client) inputs(ctx context.Context) (map[string]*pb.Definition, error) {
	states, err := c.GatewayClient().Inputs(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of the build: %w", err)
	}
	inputs := map[string]*pb.Definition{}
	for name, st := range states {
		def, err := c.Marshal(ctx, st)
		if err != nil {
			return nil, fmt.Errorf("passing on the input %s: %w", name, err)
		}
		inputs[name] = def.ToPB()
	}
	if context, ok := inputs[dockerui.DefaultLocalNameContext]; ok {
		inputs[dockerui.DefaultLocalNameDockerfile] = context
	}
	return inputs, nil
}
