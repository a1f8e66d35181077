package contexts

import (
	"cmp"
	"context"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
)

// mainName is the named context that takes the place of the build context, as in
// `--build-context context=…`.
const mainName = "context"

// IsFolder reports whether the build context is a folder of the client, and not
// a git repository, a URL, or another build's result.
func IsFolder(ctx context.Context, c *gateway.Client) (bool, error) {
	for _, key := range []string{dockerui.DefaultLocalNameContext, "contextkey", "context:" + mainName} {
		if c.Option(key) != "" {
			return false, nil
		}
	}
	given, err := isInput(ctx, c, mainName)
	return !given && err == nil, err
}

// isInput reports whether another frontend gives a state of that name.
func isInput(ctx context.Context, c *gateway.Client, name string) (bool, error) {
	caps := c.BuildOpts().Caps
	if c.BuildOpts().Product == gateway.Product || caps.Supports(gwpb.CapFrontendInputs) != nil {
		return false, nil // the uvlambda command has no states to give
	}
	inputs, err := c.GatewayClient().Inputs(ctx)
	_, given := inputs[name]
	return given, err
}

// session is the session that has a folder of the client: several targets of one
// docker buildx bake share it.
func session(c *gateway.Client, local string) string {
	return cmp.Or(c.Option("local-sessionid:"+local), c.BuildOpts().SessionID)
}

// part is the part of the build context that the options choose. The build file
// still comes from where the client has it. ignored are patterns of a client's
// folder: of what else can be a context, BuildKit reads the ignore file.
func part(ctx context.Context, c *gateway.Client, folder bool, ignored []string, opts ...bkllb.LocalOption) (*bkllb.State, error) {
	if folder {
		st := bkllb.Local(dockerui.DefaultLocalNameContext, append([]bkllb.LocalOption{
			bkllb.SessionID(session(c, dockerui.DefaultLocalNameContext)),
			bkllb.ExcludePatterns(ignored),
		}, opts...)...)
		return &st, nil
	}
	named, err := c.NamedContext(mainName, dockerui.ContextOpt{
		AsyncLocalOpts: func() []bkllb.LocalOption { return opts },
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

// only has a transfer bring these paths. They are names, and BuildKit takes
// patterns.
func only(paths []string) bkllb.LocalOption {
	patterns := make([]string, len(paths))
	for i, p := range paths {
		patterns[i] = files.Exactly(p)
	}
	return bkllb.FollowPaths(patterns)
}
