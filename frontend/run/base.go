package run

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/util/flightcontrol"

	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/images"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
)

// bases know what was found in images. Each image is looked at once, however many
// platforms and outputs want to know.
type bases struct {
	group flightcontrol.CachedGroup[*planner.Base]
}

// seen is what base.py writes.
type seen struct {
	Executable, Version, Implementation, Abi string

	Glibc  int
	Musl   bool
	Client bool
}

// lookAtBase looks at a base of the build's own platform, whose Python the steps
// have.
func (b *Builder) lookAtBase(ctx context.Context, u *planner.UnknownBase) (*planner.Base, error) {
	return b.bases.group.Do(ctx, u.Image.Ref+" "+u.Python, func(ctx context.Context) (_ *planner.Base, err error) {
		// The function runs in a goroutine of its own.
		defer gateway.RecoverPanic(&err)
		img, err := b.images.Resolve(ctx, u.Image, b.client.BuildPlatforms[0])
		if err != nil {
			return nil, err
		}
		data, err := b.askBase(ctx, u, img)
		if err != nil && u.Image.Dockerfile != nil {
			// Who asks runs the Dockerfile: its failure is the reason.
			if failed := b.dockerfileFailure(ctx, u, img, err); failed != nil {
				return nil, failed
			}
		}
		if err != nil {
			return nil, noPython(u, err)
		}
		var found seen
		if err := json.Unmarshal(data, &found); err != nil {
			return nil, fmt.Errorf("reading what the base %s has: %w", u.Image.Ref, err)
		}
		return found.base(u, img)
	})
}

// errNoProgram is the error of a program that an image does not have.
var errNoProgram = errors.New("the program is not on the image's PATH")

// askBase runs the Python that is wanted, and the one that PATH leads to where
// there is none of that version.
func (b *Builder) askBase(ctx context.Context, u *planner.UnknownBase, img *images.Image) (data []byte, err error) {
	names := []string{"python3"}
	if u.Python != "" {
		names = []string{"python" + u.Python, "python3"}
	}
	for _, name := range names {
		ref, solveErr := b.client.Solve(ctx, llb.LookAtBase(img.State, name, u.Image.Source, b.graphOptions()), false)
		if solveErr != nil {
			return nil, solveErr
		}
		if data, err = dockerui.ReadFile(ctx, ref, llb.BaseFile); err == nil {
			return data, nil
		}
		// BuildKit does not tell a program that is not there from one that fails.
		has, findErr := b.hasProgram(ctx, img, name)
		if findErr != nil || has {
			return nil, cmp.Or(findErr, err)
		}
		err = errNoProgram
	}
	return nil, err
}

// dockerfileFailure runs the steps of a Dockerfile that an error may come from, and
// gives their failure with its lines; nil when they do not fail. Of a step that
// another build runs at the same moment BuildKit knows no lines: then those are the
// answer that name the Dockerfile.
func (b *Builder) dockerfileFailure(ctx context.Context, u *planner.UnknownBase, img *images.Image, err error) error {
	if len(errdefs.Sources(err)) > 0 {
		return err
	}
	_, failed := b.client.Solve(ctx, img.State, true)
	if failed == nil || len(errdefs.Sources(failed)) > 0 || ctx.Err() != nil {
		return failed
	}
	return source.Errorf(u.Image.Source, "building the base %s failed: %w: see the step's log, and correct the Dockerfile", u.Image.Ref, gateway.Innermost(failed))
}

// hasProgram tells whether an image has a program in a folder of its PATH.
func (b *Builder) hasProgram(ctx context.Context, img *images.Image, name string) (bool, error) {
	ref, err := b.client.Solve(ctx, img.State, false)
	if err != nil {
		return false, err
	}
	for _, folder := range images.Path(img.Config.Config.Env) {
		// A folder that is not there has nothing.
		found, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: folder, IncludePattern: name})
		if err == nil && len(found) > 0 {
			return true, nil
		}
	}
	return false, ctx.Err()
}

// noPython explains a base without a Python that could be asked. Other errors
// pass.
func noPython(u *planner.UnknownBase, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return fmt.Errorf("looking at %s: %w", u.Image.Ref, err)
	case errors.Is(err, errNoProgram):
		return source.Errorf(u.Image.Source, "the base %s has no python3 on its PATH: name a `base` that has Python", u.Image.Ref)
	}
	return source.Errorf(u.Image.Source, "the Python of the base %s could not be run (%w): name a `base` whose Python runs on the builder", u.Image.Ref, gateway.Innermost(err))
}

// base is what was seen, with what the image's configuration says. It refuses a
// Python that wheels of the lock are not made for.
func (s *seen) base(u *planner.UnknownBase, img *images.Image) (*planner.Base, error) {
	switch {
	case s.Implementation != "cpython" || strings.Contains(s.Abi, "t"):
		return nil, source.Errorf(u.Image.Source, "the Python %s of the base %s is %s%s, and packages are chosen for CPython with its lock: name a `base` that has it", s.Executable, u.Image.Ref, s.Implementation, s.Abi)
	case s.Glibc == 0 && !s.Musl:
		return nil, source.Errorf(u.Image.Source, "the base %s has a C library that is neither glibc nor musl, and wheels are made for these: name a `base` that has one of them", u.Image.Ref)
	}
	config := img.Config.Config
	return &planner.Base{
		Executable: s.Executable, FullVersion: s.Version, Glibc: s.Glibc, Musl: s.Glibc == 0, Client: s.Client,
		Entrypoint: config.Entrypoint, WorkingDir: config.WorkingDir,
	}, nil
}
