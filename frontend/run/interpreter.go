package run

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/util/flightcontrol"

	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
)

// interpreters know the whole versions of the Pythons of images. Each image is
// asked once, however many platforms and outputs want to know.
type interpreters struct {
	group flightcontrol.CachedGroup[string]
}

// askPython asks a base, of the build's own platform, for the version of its
// Python: uv installs with that interpreter.
func (b *Builder) askPython(ctx context.Context, u *planner.UnknownPython) (string, error) {
	return b.interpreters.group.Do(ctx, u.Base.Ref+" "+u.Executable, func(ctx context.Context) (_ string, err error) {
		// The function runs in a goroutine of its own.
		defer gateway.RecoverPanic(&err)
		base, err := b.images.Resolve(ctx, u.Base, b.client.BuildPlatforms[0])
		if err != nil {
			return "", err
		}
		ref, err := b.client.Solve(ctx, llb.Interpreter(base.State, u.Executable, u.Base.Source, b.graphOptions()), false)
		if err != nil {
			return "", err
		}
		version, err := dockerui.ReadFile(ctx, ref, llb.InterpreterFile)
		if err != nil {
			return "", noInterpreter(u, err)
		}
		return strings.TrimSpace(string(version)), nil
	})
}

// noInterpreter explains a base that could not be asked.
func noInterpreter(u *planner.UnknownPython, err error) error {
	if errors.Is(err, context.Canceled) {
		return fmt.Errorf("asking %s for its Python: %w", u.Base.Ref, err)
	}
	return source.Errorf(u.Base.Source, "%s of the base %s could not be run (%v), and %q depends on its patch release: name a `base` that is made from AWS's for this version of Python",
		u.Executable, u.Base.Ref, gateway.Innermost(err), u.Because)
}
