package frontend

import (
	"context"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
)

// mainContextName is the named context that takes the place of the build
// context, as in `--build-context context=…`.
const mainContextName = "context"

// clientFolder is a part of the folder that the client has as its build
// context, whatever .dockerignore says of it. It is nil when the build context
// is something else: a git repository, a URL, or another build's result.
func clientFolder(ctx context.Context, c *dockerui.Client, opts ...llb.LocalOption) (*llb.State, error) {
	build := c.BuildOpts()
	for _, key := range []string{dockerui.DefaultLocalNameContext, "contextkey", "context:" + mainContextName, "local-sessionid:" + mainContextName} {
		if build.Opts[key] != "" {
			return nil, nil
		}
	}
	if build.Caps.Supports(gwpb.CapFrontendInputs) == nil {
		inputs, err := c.GatewayClient().Inputs(ctx)
		if _, given := inputs[mainContextName]; given || err != nil {
			return nil, err
		}
	}
	st := llb.Local(dockerui.DefaultLocalNameContext, append([]llb.LocalOption{llb.SessionID(build.SessionID)}, opts...)...)
	return &st, nil
}

// mainContext is the part of the build context that the options choose. The
// build file still comes from where the client has it.
func mainContext(ctx context.Context, c *dockerui.Client, opts ...llb.LocalOption) (*llb.State, error) {
	named, err := c.NamedContext(mainContextName, dockerui.ContextOpt{
		AsyncLocalOpts: func() []llb.LocalOption { return opts },
	})
	if err != nil {
		return nil, err
	}
	if named == nil {
		return c.MainContext(ctx, opts...)
	}
	st, _, err := named.Load(ctx)
	return st, err
}
