// Package gateway is the client of a build, as all that talks to a BuildKit
// needs it: it solves states, reads files of their results, and runs what goes
// on side by side.
package gateway

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/util/apicaps"
)

// Options of the client, as BuildKit names them.
const (
	KeyFilename = "filename"
	// KeySyntaxArg names the frontend's image, when no line of the build file does.
	KeySyntaxArg = "build-arg:BUILDKIT_SYNTAX"
	keyNoCache   = "no-cache"
)

// DefaultFilename is the build file when the client names none.
const DefaultFilename = "pyproject.toml"

// Product is what the uvlambda command calls itself when it runs a build.
const Product = "uvlambda"

// Client is the client of one build. Its states share vertices, and are solved
// side by side.
type Client struct {
	*dockerui.Client
	// marshalling is held while a state is marshalled: BuildKit sorts the mounts
	// of a vertex in place, so two states with a common vertex would disturb one
	// another.
	marshalling sync.Mutex
}

// NewClient reads the client's options. It refuses a BuildKit that is too old,
// and options that mean nothing.
func NewClient(c gwclient.Client) (*Client, error) {
	opts := c.BuildOpts()
	if err := checkCapabilities(opts.LLBCaps); err != nil {
		return nil, err
	}
	if err := checkNoCache(opts.Opts); err != nil {
		return nil, err
	}
	client, err := dockerui.NewClient(withFilename(c))
	if err != nil {
		return nil, fmt.Errorf("reading the build's options: %w", err)
	}
	return &Client{Client: client}, nil
}

// withFilename makes the default build file known to everything that reads the
// options: dockerui would look for a Dockerfile.
func withFilename(c gwclient.Client) gwclient.Client {
	opts := c.BuildOpts()
	if opts.Opts[KeyFilename] != "" {
		return c
	}
	opts.Opts = maps.Clone(opts.Opts)
	if opts.Opts == nil {
		opts.Opts = map[string]string{}
	}
	opts.Opts[KeyFilename] = DefaultFilename
	return &clientWithOpts{Client: c, opts: opts}
}

// clientWithOpts is a client whose options are replaced.
type clientWithOpts struct {
	gwclient.Client
	opts gwclient.BuildOpts
}

func (c *clientWithOpts) BuildOpts() gwclient.BuildOpts { return c.opts }

// Option is an option of the client, by BuildKit's name for it.
func (c *Client) Option(key string) string { return c.BuildOpts().Opts[key] }

// Supports tells whether the daemon understands a capability.
func (c *Client) Supports(id apicaps.CapID) bool {
	caps := c.BuildOpts().LLBCaps
	return caps.Supports(id) == nil
}

// Solve solves a state with the client's cache imports, without which
// --cache-from would do nothing.
func (c *Client) Solve(ctx context.Context, st bkllb.State, evaluate bool) (gwclient.Reference, error) {
	def, err := c.Marshal(ctx, st)
	if err != nil {
		return nil, fmt.Errorf("marshalling the build graph: %w", err)
	}
	return c.SolveDefinition(ctx, def, evaluate)
}

// SolveDefinition is Solve for a graph that is marshalled already.
func (c *Client) SolveDefinition(ctx context.Context, def *bkllb.Definition, evaluate bool) (gwclient.Reference, error) {
	res, err := c.GatewayClient().Solve(ctx, gwclient.SolveRequest{
		Definition:   def.ToPB(),
		CacheImports: c.CacheImports,
		Evaluate:     evaluate,
	})
	if err != nil {
		return nil, err
	}
	return res.SingleRef()
}

// Marshal gives the graph of a state.
func (c *Client) Marshal(ctx context.Context, st bkllb.State) (*bkllb.Definition, error) {
	c.marshalling.Lock()
	defer c.marshalling.Unlock()
	return st.Marshal(ctx, bkllb.WithCaps(c.BuildOpts().LLBCaps), bkllb.Platform(c.BuildPlatforms[0]))
}

// Innermost gives the innermost error: what BuildKit's layers say around it
// names steps that a user does not know.
func Innermost(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
