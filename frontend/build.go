// Package frontend is the BuildKit frontend: the one build function that the
// frontend image serves over the gateway and the command runs in-process. A
// build goes through phases, each a package: a build file is loaded, a plan is
// decided and linted, a graph is made and solved. Plans, questions and checks
// are the first of these phases.
package frontend

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/answer"
	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/failure"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/run"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// DefaultFilename is the build file when the client names none.
const DefaultFilename = gateway.DefaultFilename

// Product is what the uvlambda command calls itself when it runs a build.
const Product = gateway.Product

// MetadataArchive is the key of an archive's facts in the result's metadata.
const MetadataArchive = run.MetadataArchive

// MetadataOpt is the key of the facts of the layer beside an archive.
const MetadataOpt = run.MetadataOpt

// CreateFile makes a file of a result, by its path with slashes, where the
// client wants the result.
type CreateFile = run.CreateFile

// Secret is a build secret that a client has.
type Secret = run.Secret

// Options are what a client in this process has at hand, and knows. A client in
// another process has none.
type Options struct {
	// Folders are folders of this machine, by the names that BuildKit knows them by:
	// files in these folders are read here, and not through the daemon.
	Folders map[string]string
	// Create takes archives as files, which spares a build the step that would
	// write them: the result then holds their facts only. It is nil when the
	// client takes all of the result from BuildKit.
	Create CreateFile
	// Command and Context are what a person typed, for messages that name a
	// command: "uvlambda build -f app.toml", and the folder of the context. They
	// are empty when they are not known.
	Command, Context string
	// Secrets are the client's secrets, for errors that name secrets.
	Secrets []Secret
	// Today decides on warnings only: they know the dates of Lambda's runtimes. The
	// default is now.
	Today time.Time
}

// Build builds what the client's options and the build file ask for, or answers
// a question about that. Mistakes in the files come back with their source range
// (errdefs.WithSource); it never panics, whatever the input.
func Build(ctx context.Context, c gwclient.Client, opts Options) (res *gwclient.Result, err error) {
	defer gateway.RecoverPanic(&err)
	client, err := gateway.NewClient(c)
	if err != nil {
		return nil, failure.Unlocated(err)
	}
	if answer.IsDescribe(client) {
		return answer.Describe()
	}
	near, err := openFolders(opts.Folders)
	defer near.close()
	if err != nil {
		return nil, failure.Unlocated(err)
	}
	buildFile, err := contexts.ReadBuildFile(ctx, client, near.folder)
	if err != nil {
		return nil, failure.Unlocated(err)
	}
	r := request{client: client, near: near, buildFile: buildFile, texts: contexts.NewTexts(buildFile), opts: opts}
	res, handled, err := answer.Answer(ctx, answer.Request{
		Client: client, Target: client.Target, BuildFile: buildFile, Texts: r.texts, Open: r.open, Settings: r.settings,
	})
	if handled || err != nil {
		return res, err
	}
	if res, err = r.build(ctx); err != nil {
		return nil, failure.WithSources(source.Shorten(err), r.texts)
	}
	return res, nil
}

// request is what a client asks for, with the build file.
type request struct {
	client    *gateway.Client
	near      folders
	buildFile *contexts.BuildFile
	texts     *contexts.Texts
	opts      Options
}

// build goes through the phases.
func (r request) build(ctx context.Context) (*gwclient.Result, error) {
	file, targets, err := r.open(ctx, func(*spec.Spec) []string { return []string{r.client.Target} })
	if err != nil {
		return nil, err
	}
	loaded, err := file.Load(ctx, targets[0])
	if err != nil {
		return nil, err
	}
	b, err := run.New(ctx, r.client, loaded, r.texts, r.settings(loaded, false), run.Options{Create: r.opts.Create, Secrets: r.opts.Secrets})
	if err != nil {
		return nil, err
	}
	return b.Result(ctx)
}

// open reads the build file's workspace.
func (r request) open(ctx context.Context, choose func(*spec.Spec) []string) (*load.File, []string, error) {
	return load.Open(ctx, r.buildFile, r.texts, func(lines plan.Location) (contexts.Context, error) {
		return r.context(ctx, lines)
	}, choose)
}

// context is the build context: the client's folder, if it is near.
func (r request) context(ctx context.Context, lines plan.Location) (contexts.Context, error) {
	isFolder, err := contexts.IsFolder(ctx, r.client)
	if err != nil {
		return nil, err
	}
	if folder := r.near.folder(dockerui.DefaultLocalNameContext); folder != nil && isFolder {
		return contexts.NewLocal(folder, r.texts)
	}
	return contexts.NewGateway(ctx, r.client, r.texts, r.texts.Lines(lines)(lines))
}

// settings are what the client says of a target. A check exports nothing.
func (r request) settings(l *load.Loaded, check bool) decide.Settings {
	c := r.client
	var runnable []ocispecs.Platform
	for _, worker := range c.BuildOpts().Workers {
		runnable = append(runnable, worker.Platforms...)
	}
	today := r.opts.Today
	if today.IsZero() {
		today = time.Now()
	}
	return decide.Settings{
		Platforms:    planner.Platforms(c.TargetPlatforms, c.BuildPlatforms[:1], l.Spec, l.Output),
		Runnable:     runnable,
		TakesFiles:   r.opts.Create != nil,
		Labels:       c.Labels,
		BuildArgs:    c.BuildArgs,
		Command:      r.command(l.Spec.Doc.Name),
		Context:      r.opts.Context,
		Attestations: r.attestations(check),
		Rules:        c.LinterConfig,
		Today:        today,
	}
}

// command is what a person types for a build like this one. The build file is
// named from the context's root, which is what people give as the context.
func (r request) command(file string) string {
	if r.client.BuildOpts().Product == Product {
		return cmp.Or(r.opts.Command, decide.LocalCommand(file))
	}
	command := "docker buildx build -f " + file
	if image := r.client.Option(gateway.KeySyntaxArg); image != "" {
		command += " --build-arg BUILDKIT_SYNTAX=" + image
	}
	return command
}

// attestationDefault is part of the attestations that buildx asks for when no flag
// names any.
const attestationDefault = "inline-only=true"

// attestations are the kinds that the client asks for. buildx sends its default
// with a check too, which exports nothing.
func (r request) attestations(check bool) []string {
	var kinds []string
	for _, kind := range []string{"provenance", "sbom"} {
		value, asked := r.client.BuildOpts().Opts["attest:"+kind]
		byDefault := slices.Contains(strings.Split(value, ","), attestationDefault)
		if asked && (!check || !byDefault) {
			kinds = append(kinds, kind)
		}
	}
	return kinds
}
