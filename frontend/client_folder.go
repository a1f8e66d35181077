package frontend

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"slices"
	"strings"
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
	res, err := c.Client.Solve(ctx, req)
	if err != nil || res.Ref == nil || followedFrom(req.Definition, "local://") == nil {
		return res, err
	}
	res.SetRef(&fileRef{res.Ref})
	if followsIgnoreFile(req.Definition) {
		res.SetRef(&writtenRef{res.Ref})
	}
	return res, nil
}

// writtenRef tells an empty file from one that is not there: dockerui takes an
// ignore file without content, of which the daemon sends nothing, for none.
type writtenRef struct{ gwclient.Reference }

// ReadFile gives content that is not nil.
func (r *writtenRef) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	data, err := r.Reference.ReadFile(ctx, req)
	if err == nil && data == nil {
		data = []byte{}
	}
	return data, err
}

// followsIgnoreFile reports whether a graph is the transfer of a build file with
// the ignore file of its own.
func followsIgnoreFile(def *pb.Definition) bool {
	return slices.ContainsFunc(followedFrom(def, "local://"), func(p string) bool { return path.Ext(p) == ".dockerignore" && path.Base(p) != ".dockerignore" })
}

// followedPaths are the single files of the client's folder that a graph is a
// transfer of.
func followedPaths(def *pb.Definition) []string {
	return followedFrom(def, "local://"+dockerui.DefaultLocalNameContext)
}

// followedFrom are the single files that a graph is a transfer of, from the
// folder of an address or, when it ends in a slash, from any.
func followedFrom(def *pb.Definition, address string) []string {
	// Two operations: the transfer, and the graph's end.
	if def == nil || len(def.Def) != 2 {
		return nil
	}
	var op pb.Op
	if err := op.Unmarshal(def.Def[0]); err != nil {
		return nil
	}
	if from := op.GetSource().GetIdentifier(); from != address && (!strings.HasSuffix(address, "/") || !strings.HasPrefix(from, address)) {
		return nil
	}
	var paths []string
	if err := json.Unmarshal([]byte(op.GetSource().GetAttrs()[pb.AttrFollowPaths]), &paths); err != nil {
		return nil
	}
	return paths
}
