package frontend

import (
	"context"
	"slices"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// lookUp lists what stands at paths of the context and below them.
type lookUp func(ctx context.Context, paths []string) (files.Listing, error)

// withTrees completes a decision with the trees that it needs to know: what is
// seen in them, such as a symbolic link to a folder elsewhere, may ask for more.
func withTrees(ctx context.Context, decided *planner.Decided, list lookUp) (*planner.Decided, files.Listing, error) {
	var known files.Listing
	for len(decided.Unlisted) > 0 {
		listing, err := list(ctx, decided.Unlisted)
		if err != nil {
			return nil, known, err
		}
		known = known.With(listing)
		if decided, err = decided.See(known); err != nil {
			return nil, known, err
		}
	}
	return decided, known, nil
}

// transferred is what the daemon has of the sources of a plan.
type transferred struct {
	// decided is the decision, completed with what is seen in the sources.
	decided *planner.Decided
	listing files.Listing
	sources *bkllb.State
	ref     gwclient.Reference
}

// transfer brings the daemon the sources of a plan, and completes the decision
// with what is seen in them.
func (b *build) transfer(ctx context.Context, decided *planner.Decided) (t transferred, err error) {
	sent, whole := decided.Plan.ContextPaths()
	send := func(more []string) (err error) {
		sent = union(sent, more)
		if t.sources, err = b.sources(ctx, sent, whole); err != nil {
			return contextError(err, "sources")
		}
		t.ref, err = b.solver.solve(ctx, *t.sources, true)
		return contextError(err, "sources")
	}
	t.decided, t.listing, err = withTrees(ctx, decided, func(ctx context.Context, paths []string) (files.Listing, error) {
		if err := send(paths); err != nil {
			return files.Listing{}, err
		}
		return listTree(ctx, t.ref, paths)
	})
	if err != nil {
		return t, err
	}
	var paths []string
	paths, whole = t.decided.Plan.ContextPaths()
	if t.sources == nil || len(union(sent, paths)) > len(sent) {
		err = send(paths)
	}
	return t, err
}

// union gives sorted paths with more of them, each once.
func union(paths, more []string) []string {
	all := append(slices.Clone(paths), more...)
	slices.Sort(all)
	return slices.Compact(all)
}

// sources is the context with the project files and paths, and no others.
func (b *build) sources(ctx context.Context, paths []string, whole bool) (*bkllb.State, error) {
	opts := b.context.transfer("sources", "sources")
	if whole {
		ignored, err := b.client.DockerIgnorePatterns(ctx)
		if err != nil {
			return nil, contextError(err, ".dockerignore")
		}
		if b.output == plan.OutputLock {
			ignored = pastIgnored(ignored)
		}
		opts = append(opts, bkllb.ExcludePatterns(slices.Concat(ignored, notProjects)))
	} else {
		opts = append(opts, b.context.followed(paths))
	}
	return mainContext(ctx, b.client, opts...)
}
