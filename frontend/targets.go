package frontend

import (
	"context"

	"github.com/moby/buildkit/frontend/subrequests/targets"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// targets lists what --target takes. It needs the build file only.
func (b *build) targets(ctx context.Context) (*targets.List, error) {
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	table, err := b.table(b.filename)
	if err != nil {
		return nil, err
	}
	var list targets.List
	var sources answerSources
	for _, t := range planner.Targets(table) {
		list.Targets = append(list.Targets, targets.Target{
			Name:        t.String(),
			Default:     t.Default,
			Description: t.Output.Description(),
			Location:    sources.optional(b, t.Source),
		})
	}
	list.Sources = sources.data()
	return &list, nil
}
