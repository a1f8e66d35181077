// Package frontend is the BuildKit frontend: the one build function that the
// frontend image serves over the gateway and the command runs in-process. It
// reads files, asks for images, solves, and assembles results; every decision
// about what to build is the planner's, and every vertex is made by llb.
package frontend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"runtime/debug"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// DefaultFilename is the build file when the client names none.
const DefaultFilename = "pyproject.toml"

// keyFilename is the option that names the build file.
const keyFilename = "filename"

// Build builds what the client's options and the build file ask for. Mistakes
// in the files come back with their source range (errdefs.WithSource); it
// never panics, whatever the input.
func Build(ctx context.Context, c gwclient.Client) (res *gwclient.Result, err error) {
	defer func() {
		if p := recover(); p != nil {
			res, err = nil, fmt.Errorf("internal error: %v: please report it with this trace:\n%s", p, debug.Stack())
		}
	}()
	c = withFilename(c)
	if err := checkCapabilities(c.BuildOpts().LLBCaps); err != nil {
		return nil, err
	}
	bc, err := dockerui.NewClient(c)
	if err != nil {
		return nil, fmt.Errorf("reading the build's options: %w", err)
	}
	b := &build{client: bc, filename: c.BuildOpts().Opts[keyFilename]}
	if res, handled, err := bc.HandleSubrequest(ctx, dockerui.RequestHandler{}); handled || err != nil {
		return res, err
	}
	res, err = b.run(ctx)
	if err != nil {
		return nil, b.withSources(err)
	}
	return res, nil
}

// withFilename makes the default build file known to everything that reads the
// options: dockerui would look for a Dockerfile.
func withFilename(c gwclient.Client) gwclient.Client {
	opts := c.BuildOpts()
	if opts.Opts[keyFilename] != "" {
		return c
	}
	opts.Opts = maps.Clone(opts.Opts)
	if opts.Opts == nil {
		opts.Opts = map[string]string{}
	}
	opts.Opts[keyFilename] = DefaultFilename
	return &clientWithOpts{Client: c, opts: opts}
}

// clientWithOpts is a client whose options are replaced.
type clientWithOpts struct {
	gwclient.Client
	opts gwclient.BuildOpts
}

func (c *clientWithOpts) BuildOpts() gwclient.BuildOpts { return c.opts }

// build is one run of Build.
type build struct {
	client    *dockerui.Client
	filename  string
	entry     *dockerui.Source
	spec      *spec.Spec
	workspace *planner.Workspace
	context   *gatewayContext
	images    imageResolver
}

// run reads, plans and solves.
func (b *build) run(ctx context.Context) (*gwclient.Result, error) {
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	output, err := planner.ParseTarget(b.client.Target, b.spec)
	if err != nil {
		return nil, err
	}
	b.client.TargetPlatforms = targetPlatforms(b.client, b.spec, output)
	if output == plan.OutputLock {
		return b.solveLock(ctx)
	}
	b.warnAttestations(ctx)
	rb, err := b.client.Build(ctx, func(ctx context.Context, platform *ocispecs.Platform, idx int) (*dockerui.BuildResult, error) {
		return b.solveImage(ctx, *platform, idx)
	})
	if err != nil {
		return nil, err
	}
	if err := b.scan(ctx, rb); err != nil {
		return nil, err
	}
	return rb.Finalize()
}

// load reads the build file, what it says, and the workspace around it.
func (b *build) load(ctx context.Context) error {
	entry, err := b.client.ReadEntrypoint(ctx, "TOML")
	if err != nil {
		return b.entryError(err)
	}
	b.entry = entry
	doc, err := source.Parse(b.filename, entry.Data)
	if err != nil {
		return err
	}
	if b.spec, err = spec.Parse(doc); err != nil {
		return err
	}
	b.context = &gatewayContext{client: b.client}
	b.images = imageResolver{client: b.client}
	b.workspace, err = loadWorkspace(ctx, b.context.files(), b.spec)
	if err != nil {
		return err
	}
	return b.checkIgnored(ctx)
}

// plan plans one output for one platform.
func (b *build) plan(platform ocispecs.Platform) (*plan.Plan, error) {
	return planner.New(planner.Input{
		Spec:      b.spec,
		Workspace: b.workspace,
		Target:    b.client.Target,
		Platform:  platform,
		Labels:    b.client.Labels,
	})
}

// entryError explains a build file that could not be read.
func (b *build) entryError(err error) error {
	return fmt.Errorf("reading the build file %s: %w: check -f, and that the file is in the context", path.Base(b.filename), unwrapAll(err))
}

// unwrapAll gives the innermost error: what BuildKit's layers say around it
// names steps that a user does not know.
func unwrapAll(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
