package frontend

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// warnings are those that were told already. Platforms are built side by side,
// and have most of them in common.
type warnings struct {
	mu   sync.Mutex
	told []plan.Warning
}

// untold takes those that were not told before, and notes them.
func (w *warnings) untold(found []plan.Warning) []plan.Warning {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []plan.Warning
	for _, warning := range found {
		if !slices.Contains(w.told, warning) {
			fresh = append(fresh, warning)
		}
	}
	w.told = append(w.told, fresh...)
	return fresh
}

// judge tells what the rules have against a plan, and against the files that
// several parts of the function were found to have: warnings, or the error that
// they are to be.
func (b *build) judge(ctx context.Context, d *planner.Decided, platform ocispecs.Platform, replaced []lint.Replaced) error {
	found, opts, err := b.lint(d, platform, nil, replaced)
	if err != nil {
		return err
	}
	if opts.Error {
		return violations(found)
	}
	b.warn(ctx, b.warned.untold(found))
	return nil
}

// violations are warnings as errors.
func violations(found []plan.Warning) error {
	var errs []error
	for _, w := range found {
		errs = append(errs, source.Errorf(w.Source, "%s: %s (check: error = true)", w.Rule, w.Message))
	}
	return errors.Join(errs...)
}

// warn sends warnings to the client, each with its lines and, when it is a
// rule's, with its page. The text is in the form of BuildKit's own rules.
func (b *build) warn(ctx context.Context, found []plan.Warning) {
	for _, w := range found {
		opts := gwclient.WarnOpts{}
		if info := b.sourceInfo(w.Source.File); info != nil && w.Source.Line > 0 {
			opts.SourceInfo = info
			opts.Range = []*pb.Range{pbRange(w.Source)}
		}
		text := w.Message
		if rule, ok := lint.Lookup(w.Rule); ok {
			opts.URL = rule.URL()
			opts.Detail = [][]byte{[]byte(rule.Description)}
			text = linter.LintFormatShort(w.Rule, w.Message, w.Source.Line)
		}
		b.entry.Warn(ctx, text, opts)
	}
}
