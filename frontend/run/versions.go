package run

import (
	"context"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// askVersions asks the context's git repository what packages take their versions
// from.
func (b *Builder) askVersions(ctx context.Context, packages map[string]project.Tags) (map[string]planner.Described, error) {
	return contexts.Describe(ctx, b.loaded.Context, packages)
}
