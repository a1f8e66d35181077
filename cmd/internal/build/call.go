package build

import (
	"context"
	"maps"
	"sync/atomic"

	"github.com/moby/buildkit/client"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
	"github.com/uvlambda/uvlambda/frontend"
)

// keyRequest is the frontend's option that asks a question.
const keyRequest = "requestid"

// capSubrequests makes an old frontend image fail rather than build.
const capSubrequests = "moby.buildkit.frontend.subrequests+forward"

// Call asks the frontend a question, such as "frontend.lint", in place of a
// build. It gives the answer by its parts: result.json, result.txt and the like.
func Call(ctx context.Context, daemon Daemon, opts Options, question string) (map[string][]byte, error) {
	opt, release, err := solveOpt(opts, &delivery{})
	if err != nil {
		return nil, err
	}
	defer release()
	opt.FrontendAttrs[keyRequest] = question
	// Questions are no builds, and not kept among them.
	opt.Internal = true
	var answer map[string][]byte
	var failure error
	var explained atomic.Bool
	_, err = show(ctx, opts, &explained, func(status chan *client.SolveStatus) (*client.SolveResponse, error) {
		return daemon.Client.Build(ctx, *opt, frontend.Product, func(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
			var result *gwclient.Result
			if result, failure = ask(ctx, c, opts); failure != nil {
				explained.Store(isExplained(failure))
				return nil, failure
			}
			answer = result.Metadata
			return result, nil
		}, status)
	})
	return answer, daemon.explain(ctx, failure, err)
}

// ask asks the frontend in this process, or the one that the request names.
func ask(ctx context.Context, c gwclient.Client, opts Options) (*gwclient.Result, error) {
	if opts.Request.FrontendImage == "" {
		return frontend.Build(ctx, c, opts.Request.Frontend())
	}
	attrs := maps.Clone(c.BuildOpts().Opts)
	if capabilities := attrs[buildflags.KeyCapabilities]; capabilities != "" {
		attrs[buildflags.KeyCapabilities] = capabilities + "," + capSubrequests
	} else {
		attrs[buildflags.KeyCapabilities] = capSubrequests
	}
	return c.Solve(ctx, gwclient.SolveRequest{Frontend: "gateway.v0", FrontendOpt: attrs})
}
