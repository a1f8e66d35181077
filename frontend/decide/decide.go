// Package decide decides what a build of one output for one platform does, and
// what the rules have against it.
package decide

import (
	"context"
	"errors"
	"maps"
	"time"

	"github.com/containerd/platforms"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// Settings are what a client says that decisions depend on.
type Settings struct {
	// Platforms are the platforms to build for.
	Platforms []ocispecs.Platform
	// Runnable are the platforms whose programs the builder runs, emulated ones
	// included.
	Runnable []ocispecs.Platform
	// TakesFiles is set for a client that takes archives as files.
	TakesFiles bool
	Labels     map[string]string
	// BuildArgs are the client's.
	BuildArgs map[string]string
	// Command and Context are what a person typed, for messages that name a
	// command: "uvlambda build -f app.toml", and the folder of the context.
	Command, Context string
	// Attestations are the kinds of attestation that the client asks for.
	Attestations []string
	// Rules says which rules count, over the build file; nil when the client says
	// nothing of them.
	Rules *linter.Config
	// Planning is set for a plan without a builder, which nothing checks the lock
	// for.
	Planning bool
	// Today decides on warnings only: they know the dates of Lambda's runtimes.
	Today time.Time
}

// ArgUpgrade is the build argument that says what `--target lock` upgrades.
const ArgUpgrade = "UPGRADE"

// Decided is a decision with all that it was made from.
type Decided struct {
	*planner.Decided
	Input planner.Input
}

// Ask finds out what a decision takes beside the project files.
type Ask struct {
	// Python finds out the whole version of the Python of an image.
	Python func(context.Context, *planner.UnknownPython) (string, error)
	// Base looks at an image that functions start from.
	Base func(context.Context, *planner.UnknownBase) (*planner.Base, error)
	// Versions finds out what git says, by the folders of packages.
	Versions func(context.Context, map[string]project.Tags) (map[string]planner.Described, error)
}

// Input is what one output for one platform is planned from.
func (s Settings) Input(l *load.Loaded, output plan.Output, platform ocispecs.Platform) planner.Input {
	return planner.Input{
		Spec:       l.Spec,
		Workspace:  l.Workspace,
		Output:     output,
		Platform:   platform,
		Runnable:   s.Runnable,
		TakesFiles: s.TakesFiles,
		Labels:     s.Labels,
		Upgrade:    s.BuildArgs[ArgUpgrade],
		BuildArgs:  s.BuildArgs,

		BuildCommand: s.Command,
		BuildContext: s.Context,
	}
}

// Decide decides on an input. Most decisions take the project files alone. One
// that takes more names what it takes, and is made again with that.
func Decide(ctx context.Context, in planner.Input, ask Ask) (*Decided, error) {
	for {
		decided, err := planner.Decide(in)
		unknown, ok := errors.AsType[*planner.Unknown](err)
		if !ok {
			return &Decided{decided, in}, err
		}
		if unknown.Base != nil {
			found, err := ask.Base(ctx, unknown.Base)
			if err != nil {
				return nil, err
			}
			in.Bases = with(in.Bases, map[string]*planner.Base{unknown.Base.Image.Ref: found})
			continue
		}
		if unknown.Versions != nil {
			found, err := ask.Versions(ctx, unknown.Versions)
			if err != nil {
				return nil, err
			}
			in.Described = with(in.Described, found)
			continue
		}
		version, err := ask.Python(ctx, unknown.Python)
		if err != nil {
			return nil, err
		}
		in.Pythons = with(in.Pythons, map[string]string{unknown.Python.Executable: version})
	}
}

// with gives what is known with what was found.
func with[T any](known, found map[string]T) map[string]T {
	all := maps.Clone(found)
	maps.Copy(all, known)
	return all
}

// Assume is Decide for an answer, for which no step is run. Decisions that depend
// on the patch release of Python are made for an assumed release.
func Assume(in planner.Input) (*Decided, error) {
	in.AssumePython, in.Undescribed = true, true
	decided, err := planner.Decide(in)
	return &Decided{decided, in}, err
}

// List lists what stands at paths of the context and below them.
type List func(ctx context.Context, paths []string) (files.Listing, error)

// WithTrees completes a decision with the trees that it needs to know: what is
// seen in them, such as a symbolic link to a folder elsewhere, may ask for more.
func (d *Decided) WithTrees(ctx context.Context, list List) (*Decided, error) {
	seen := &Decided{d.Decided, d.Input}
	for len(seen.Unlisted) > 0 {
		listing, err := list(ctx, seen.Unlisted)
		if err != nil {
			return nil, err
		}
		seen.Input.Listing = seen.Input.Listing.With(listing)
		if seen.Decided, err = seen.See(seen.Input.Listing); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

// Found is what was found out beside the plan.
type Found struct {
	// Context is what a check has looked at; nil for a build.
	Context *lint.Context
	// Replaced are the files that several parts of the function have.
	Replaced []lint.Replaced
	// Extensions are the places of extensions of other images that cannot be run.
	Extensions []string
	// Libraries are those that installed packages load and that are nowhere.
	Libraries []lint.MissingLibrary
}

// Lint gives what the rules that count have against a decision.
func (s Settings) Lint(d *Decided, found Found) ([]plan.Warning, lint.Options, error) {
	opts, err := load.RuleOptions(d.Input.Spec, s.Rules)
	if err != nil {
		return nil, opts, err
	}
	return lint.Run(lint.Input{
		Input:        d.Input,
		Decided:      d.Decided,
		Platforms:    formatAll(s.Platforms),
		Attestations: s.Attestations,
		Today:        s.Today,
		Planning:     s.Planning,
		Context:      found.Context,
		Replaced:     found.Replaced,
		Extensions:   found.Extensions,
		Libraries:    found.Libraries,
	}, opts), opts, nil
}

// formatAll gives platforms in OCI form.
func formatAll(all []ocispecs.Platform) []string {
	names := make([]string, len(all))
	for i, p := range all {
		names[i] = platforms.Format(p)
	}
	return names
}

// LocalCommand is the command of a build by the uvlambda command, of a build
// file by its place in the context.
func LocalCommand(file string) string {
	if file == "pyproject.toml" {
		return "uvlambda build"
	}
	return "uvlambda build -f " + file
}
