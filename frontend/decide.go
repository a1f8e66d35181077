package frontend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/util/flightcontrol"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// decide decides what a build of one output for one platform does. Most
// decisions take the project files alone. One that takes more names what it
// takes, and is made again with that; the completed input is given too.
func (b *build) decide(ctx context.Context, in planner.Input) (*planner.Decided, planner.Input, error) {
	for {
		decided, err := planner.Decide(in)
		unknown, ok := errors.AsType[*planner.Unknown](err)
		if !ok {
			return decided, in, err
		}
		if in, err = b.complete(ctx, in, unknown); err != nil {
			return nil, in, err
		}
	}
}

// complete adds to an input what a decision takes.
func (b *build) complete(ctx context.Context, in planner.Input, unknown *planner.Unknown) (planner.Input, error) {
	if u := unknown.Python; u != nil {
		version, err := b.interpreters.version(ctx, b, u)
		if err != nil {
			return in, err
		}
		known := map[string]string{u.Executable: version}
		maps.Copy(known, in.Pythons)
		in.Pythons = known
	}
	return in, nil
}

// assume is decide for an answer that no step may be run for. What depends on
// the patch release of Python is then decided for an assumed one.
func (b *build) assume(output plan.Output, platform ocispecs.Platform) (*planner.Decided, error) {
	in := b.input(output, platform)
	in.AssumePython = true
	return planner.Decide(in)
}

// interpreters know the whole versions of the Pythons of images. Each image is
// asked once, however many platforms and outputs want to know.
type interpreters struct {
	group flightcontrol.CachedGroup[string]
}

// version asks a base, of the build's own platform: its interpreter is the one
// that uv installs with.
func (i *interpreters) version(ctx context.Context, b *build, u *planner.UnknownPython) (string, error) {
	return i.group.Do(ctx, u.Base.Ref+" "+u.Executable, func(ctx context.Context) (string, error) {
		base, err := b.images.resolve(ctx, u.Base, b.client.BuildPlatforms[0])
		if err != nil {
			return "", err
		}
		asked := llb.Interpreter(base.state, u.Executable, u.Base.Source, b.graphOptions())
		ref, err := b.solver.solve(ctx, asked, false)
		if err != nil {
			return "", err
		}
		version, err := dockerui.ReadFile(ctx, ref, llb.InterpreterFile)
		if err != nil {
			return "", b.noInterpreter(u, err)
		}
		return strings.TrimSpace(string(version)), nil
	})
}

// noInterpreter explains a base that could not be asked.
func (b *build) noInterpreter(u *planner.UnknownPython, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("asking %s for its Python: %w", u.Base.Ref, err)
	}
	return source.Errorf(u.Base.Source, "%s of the base %s could not be run (%v), and %q depends on its patch release: name a `base` that is made from AWS's for this version of Python",
		u.Executable, u.Base.Ref, unwrapAll(err), u.Because)
}
