package run

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/moby/buildkit/frontend/dockerfile/linter"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// warnings are the warnings that were sent. Platforms are built side by side, and
// have most warnings in common.
type warnings struct {
	mu   sync.Mutex
	sent []plan.Warning
}

// fresh takes those that were not sent before, and notes them.
func (w *warnings) fresh(found []plan.Warning) []plan.Warning {
	w.mu.Lock()
	defer w.mu.Unlock()
	var fresh []plan.Warning
	for _, warning := range found {
		if !slices.Contains(w.sent, warning) {
			fresh = append(fresh, warning)
		}
	}
	w.sent = append(w.sent, fresh...)
	return fresh
}

// lint sends what the rules have against a decision, and against what was found in
// the parts of the function: as warnings, or as the error that they are to be.
func (b *Builder) lint(ctx context.Context, d *decide.Decided, in decide.Found) error {
	found, opts, err := b.settings.Lint(d, in)
	if err != nil {
		return err
	}
	if opts.Error {
		return violations(found)
	}
	b.warn(ctx, found)
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

// warn sends the client the warnings that it does not have yet, each with its
// lines and, when it is a rule's, with its page. The text is in the form of
// BuildKit's own rules.
func (b *Builder) warn(ctx context.Context, found []plan.Warning) {
	for _, w := range b.warned.fresh(found) {
		text, opts := w.Message, gwclient.WarnOpts{}
		if rule, ok := lint.Lookup(w.Rule); ok {
			opts.URL = rule.URL()
			opts.Detail = [][]byte{[]byte(rule.Description)}
			text = linter.LintFormatShort(w.Rule, w.Message, w.Source.Line)
		}
		b.texts.Warn(ctx, w.Source, text, opts)
	}
}
