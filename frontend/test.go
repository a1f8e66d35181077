package frontend

import (
	"context"
	"maps"

	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// loadEvents reads the events of a build that tests the function.
func loadEvents(ctx context.Context, c files.Context, s *spec.Spec, output plan.Output, w *planner.Workspace) error {
	if !planner.Tested(s, output) || len(s.Test.Events) == 0 {
		return nil
	}
	patterns, err := planner.EventPatterns(s, w)
	if err != nil {
		return err
	}
	matched, err := c.Glob(ctx, patterns, false)
	if err != nil {
		return err
	}
	if len(w.Ignored.Patterns) > 0 {
		unpaired, err := planner.Unpaired(patterns, matched)
		if err != nil {
			return err
		}
		if len(unpaired) > 0 {
			hidden, err := c.Glob(ctx, unpaired, true)
			if err != nil {
				return err
			}
			matched = append(matched, hidden...)
		}
	}
	read, err := readMore(ctx, c, w.Files, planner.EventFiles(matched))
	if err != nil {
		return err
	}
	maps.Copy(w.Files, read)
	return explainIgnored(ctx, c, s, w)
}

// gate tests the function beside the build of another output, which fails with
// the test. The steps that both have run once.
func (b *build) gate(ctx context.Context, tested *solved) error {
	in := tested.in
	in.Output, in.TestFor = plan.OutputTest, tested.plan.Output
	decided, in, err := b.decide(ctx, in)
	if err != nil {
		return err
	}
	if plan.First[plan.Test](decided.Plan).Skip != "" {
		return nil
	}
	s, err := b.prepare(ctx, decided, in)
	if err != nil {
		return err
	}
	return b.assemble(ctx, s)
}

// runnable are the platforms whose programs the builder runs, emulated ones
// included.
func (b *build) runnable() []ocispecs.Platform {
	var runnable []ocispecs.Platform
	for _, worker := range b.client.BuildOpts().Workers {
		runnable = append(runnable, worker.Platforms...)
	}
	return runnable
}
