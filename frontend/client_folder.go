package frontend

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"sync"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/pb"
)

// clientFolder reports whether the build context is the folder that the client
// has, and not a git repository, a URL, or another build's result.
func clientFolder(ctx context.Context, c *dockerui.Client) (bool, error) {
	build := c.BuildOpts()
	for _, key := range []string{dockerui.DefaultLocalNameContext, "contextkey", "context:" + mainContextName} {
		if build.Opts[key] != "" {
			return false, nil
		}
	}
	if build.Caps.Supports(gwpb.CapFrontendInputs) != nil {
		return true, nil
	}
	inputs, err := c.GatewayClient().Inputs(ctx)
	_, given := inputs[mainContextName]
	return !given && err == nil, err
}

// contextSession is the session that has the client's folder: several targets
// of one docker buildx bake share it.
func contextSession(opts gwclient.BuildOpts) string {
	return cmp.Or(opts.Opts["local-sessionid:"+dockerui.DefaultLocalNameContext], opts.SessionID)
}

// ignoreBeside is a client from which dockerui reads .dockerignore without a
// transfer of its own, when one of other files has brought it.
type ignoreBeside struct {
	gwclient.Client

	mu sync.Mutex
	// beside is the newest transfer that brought .dockerignore and more.
	beside *pb.Definition
}

// Solve gives the other transfer in the place of that of .dockerignore.
func (c *ignoreBeside) Solve(ctx context.Context, req gwclient.SolveRequest) (*gwclient.Result, error) {
	if paths := followedPaths(req.Definition); slices.Contains(paths, dockerui.DefaultDockerignoreName) {
		c.mu.Lock()
		if len(paths) > 1 {
			c.beside = req.Definition
		} else if c.beside != nil {
			req.Definition = c.beside
		}
		c.mu.Unlock()
	}
	return c.Client.Solve(ctx, req)
}

// followedPaths are the single files of the client's folder that a graph is a
// transfer of.
func followedPaths(def *pb.Definition) []string {
	// Two operations: the transfer, and the graph's end.
	if def == nil || len(def.Def) != 2 {
		return nil
	}
	var op pb.Op
	if err := op.Unmarshal(def.Def[0]); err != nil || op.GetSource().GetIdentifier() != "local://"+dockerui.DefaultLocalNameContext {
		return nil
	}
	var paths []string
	if err := json.Unmarshal([]byte(op.GetSource().GetAttrs()[pb.AttrFollowPaths]), &paths); err != nil {
		return nil
	}
	return paths
}
