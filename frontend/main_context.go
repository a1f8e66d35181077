package frontend

import (
	"context"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// mainContextName is the named context that takes the place of the build
// context, as in `--build-context context=…`.
const mainContextName = "context"

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

// only has a transfer bring these paths. They are names, and BuildKit takes
// patterns.
func only(paths []string) llb.LocalOption {
	patterns := make([]string, len(paths))
	for i, p := range paths {
		patterns[i] = files.Exactly(p)
	}
	return llb.FollowPaths(patterns)
}
