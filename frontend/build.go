// Package frontend is the BuildKit frontend: the one build function that the
// frontend image serves over the gateway and the command runs in-process. It
// reads files, asks for images, solves, and assembles results; every decision
// about what to build is the planner's, and every vertex is made by llb.
package frontend

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"time"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// DefaultFilename is the build file when the client names none.
const DefaultFilename = "pyproject.toml"

// Options of the client, as BuildKit names them.
const (
	keyFilename  = "filename"
	keyNoCache   = "no-cache"
	keySyntaxArg = "build-arg:BUILDKIT_SYNTAX"
)

// argUpgrade is the build argument that says what `--target lock` upgrades.
const argUpgrade = "UPGRADE"

// Product is what the uvlambda command calls itself when it runs a build.
const Product = "uvlambda"

// Build builds what the client's options and the build file ask for. Mistakes
// in the files come back with their source range (errdefs.WithSource); it
// never panics, whatever the input.
func Build(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
	return surroundings{today: time.Now()}.build(ctx, c)
}

// Secret is a build secret that a client has.
type Secret = diagnosis.Secret

// Local is a client in this process.
type Local struct {
	// Create takes archives as files, which spares a build the step that would
	// write them: the result then holds their facts only. It is nil when the
	// client takes all of the result from BuildKit.
	Create CreateFile
	// Command and Context are what a person typed, for messages that name a
	// command: "uvlambda build -f app.toml", and the folder of the context. They
	// are empty when they are not known.
	Command, Context string
	// Secrets are those that the client has, for errors that are about them.
	Secrets []Secret
}

// Build is Build for that client.
func (l Local) Build(ctx context.Context, c gwclient.Client) (*gwclient.Result, error) {
	return surroundings{today: time.Now(), local: l}.build(ctx, c)
}

// surroundings are what a build depends on beside its client.
type surroundings struct {
	// today decides on warnings only: they know the dates of Lambda's runtimes.
	today time.Time
	// local is empty for a client in another process.
	local Local
}

// build is Build in its surroundings.
func (s surroundings) build(ctx context.Context, c gwclient.Client) (res *gwclient.Result, err error) {
	defer recoverPanic(&err)
	c = withFilename(c)
	if err := checkCapabilities(c.BuildOpts().LLBCaps); err != nil {
		return nil, unlocated(err)
	}
	if err := checkNoCache(c.BuildOpts().Opts); err != nil {
		return nil, unlocated(err)
	}
	bc, err := dockerui.NewClient(&ignoreBeside{Client: c})
	if err != nil {
		return nil, unlocated(fmt.Errorf("reading the build's options: %w", err))
	}
	b := newBuild(bc, c.BuildOpts().Opts[keyFilename], bc.Target, s)
	if res, handled, err := b.answer(ctx); handled || err != nil {
		return res, err
	}
	res, err = b.run(ctx)
	if err != nil {
		return nil, b.withSources(source.Told(err))
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

// build is one run of the build function.
type build struct {
	client   *dockerui.Client
	solver   *solver
	filename string
	// target is --target as it was given.
	target string
	entry  *dockerui.Source
	surroundings
	// spec is that of the function to build, output what becomes of it.
	spec      *spec.Spec
	output    plan.Output
	workspace *planner.Workspace
	context   *gatewayContext
	images    imageResolver

	interpreters interpreters
	warned       warnings
	widened      widened
}

// newBuild is a build that has read nothing yet.
func newBuild(c *dockerui.Client, filename, target string, s surroundings) *build {
	return &build{client: c, solver: &solver{client: c}, filename: filename, target: target, surroundings: s}
}

// run reads, plans and solves.
func (b *build) run(ctx context.Context) (*gwclient.Result, error) {
	if err := b.load(ctx); err != nil {
		return nil, err
	}
	b.client.TargetPlatforms = targetPlatforms(b.client, b.spec, b.output)
	if b.output == plan.OutputLock {
		return b.solveLock(ctx)
	}
	if b.output.IsArchive() {
		return b.solveArchives(ctx)
	}
	solve := b.solveFolder
	if b.output == plan.OutputImage {
		solve = b.solveImage
	}
	rb, err := b.client.Build(ctx, func(ctx context.Context, platform *ocispecs.Platform, _ int) (_ *dockerui.BuildResult, err error) {
		defer recoverPanic(&err)
		return solve(ctx, *platform)
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
	err := b.open(ctx)
	if err != nil {
		return err
	}
	if err := b.read(b.filename); err != nil {
		return b.placed(ctx, err)
	}
	located := b.constraints()
	b.context = &gatewayContext{client: b.client, solver: b.solver, known: files.Set{}, source: located(b.spec.Locate())}
	b.images = imageResolver{client: b.client, source: located}
	b.workspace, err = loadWorkspace(ctx, b.context.files(), b.spec)
	if err != nil {
		return err
	}
	if b.output == plan.OutputLock {
		if err := loadUnlocked(ctx, b.context.files(), b.workspace); err != nil {
			return err
		}
	}
	if err := b.relocate(); err != nil {
		return err
	}
	return loadEvents(ctx, b.context.files(), b.spec, b.output, b.workspace)
}

// open reads the build file, once.
func (b *build) open(ctx context.Context) error {
	if b.entry != nil {
		return nil
	}
	entry, err := b.client.ReadEntrypoint(ctx, "TOML")
	if err != nil {
		return b.entryError(err)
	}
	b.entry = entry
	return nil
}

// relocate gives the spec the place that its file turned out to have in the
// context, so that a member's lines are not taken for those of the root.
func (b *build) relocate() error {
	name := path.Join(b.workspace.Dir, path.Base(b.filename))
	if name == b.spec.Doc.Name {
		return nil
	}
	return b.read(name)
}

// placed gives the mistakes of a build file under the name that it has in the
// context: clients send it by its base name. Where it is not found, or in more
// than one place, the mistakes stay as they are.
func (b *build) placed(ctx context.Context, mistakes error) error {
	b.context = &gatewayContext{client: b.client, solver: b.solver, known: files.Set{}, source: bkllb.WithDescription(nil)}
	context := b.context.files()
	paths, err := context.Find(ctx, path.Base(b.filename))
	if err != nil {
		return mistakes
	}
	found, err := context.Read(ctx, paths)
	if err != nil {
		return mistakes
	}
	same := slices.DeleteFunc(paths, func(name string) bool {
		data, ok := found.Data(name)
		return !ok || !bytes.Equal(data, b.entry.Data)
	})
	if len(same) != 1 {
		return mistakes
	}
	if err := b.read(same[0]); err != nil {
		return err
	}
	return mistakes
}

// read reads what the build file, under that name, says of the target.
func (b *build) read(name string) error {
	table, err := b.table(name)
	if err != nil {
		return err
	}
	b.spec, b.output, err = planner.ParseTarget(b.target, table)
	return err
}

// table reads the whole table of the build file, under that name.
func (b *build) table(name string) (*spec.Spec, error) {
	doc, err := source.Parse(name, b.entry.Data)
	if err != nil {
		return nil, err
	}
	return spec.Parse(doc)
}

// input is what one output for one platform is planned from.
func (b *build) input(output plan.Output, platform ocispecs.Platform) planner.Input {
	whole, wholeCheck := b.widened.names()
	return planner.Input{
		Whole:      whole,
		WholeCheck: wholeCheck,
		Spec:       b.spec,
		Workspace:  b.workspace,
		Output:     output,
		Platform:   platform,
		Runnable:   b.runnable(),
		Labels:     b.client.Labels,
		Upgrade:    b.client.BuildArgs[argUpgrade],
		BuildArgs:  b.client.BuildArgs,

		BuildCommand: b.command(),
		BuildContext: b.local.Context,
	}
}

// command is the planner's BuildCommand. The build file is named from the
// context's root, which is what people give as the context.
func (b *build) command() string {
	opts := b.client.BuildOpts()
	file := b.spec.Doc.Name
	if opts.Product == Product {
		return cmp.Or(b.local.Command, localCommand(file))
	}
	command := "docker buildx build -f " + file
	if image := opts.Opts[keySyntaxArg]; image != "" {
		command += " --build-arg BUILDKIT_SYNTAX=" + image
	}
	return command
}

// localCommand is command for the uvlambda command.
func localCommand(file string) string {
	if file == DefaultFilename {
		return "uvlambda build"
	}
	return "uvlambda build -f " + file
}

// entryError explains a build file that could not be read.
func (b *build) entryError(err error) error {
	if kind, ok := errors.AsType[*notAFileError](err); ok {
		return source.Errorf(plan.Location{File: path.Base(b.filename)}, "%w", kind)
	}
	return source.Errorf(plan.Location{File: path.Base(b.filename)}, "the build file cannot be read (%w): check -f, and that the file is in the context", unwrapAll(err))
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
