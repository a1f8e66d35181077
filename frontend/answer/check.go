package answer

import (
	"context"
	"errors"
	"slices"

	"github.com/moby/buildkit/frontend/subrequests/lint"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/failure"
	rules "github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/load"
	"github.com/uvlambda/uvlambda/plan"
)

// findings are what a check has found so far.
type findings struct {
	warnings []plan.Warning
	errs     []error
	// sizes gives the files of the context, which are asked for once.
	sizes func(*load.Loaded) ([]rules.Sent, error)
}

// check finds the mistakes and warnings that a build would tell of before its
// first step, and what a build finds out later for sure. It only reads files:
// no image is resolved and nothing is run. Without --target all functions are
// checked.
func (r Request) check(ctx context.Context) (*lint.LintResults, error) {
	var known []rules.Sent
	asked := false
	found := &findings{sizes: func(l *load.Loaded) (_ []rules.Sent, err error) {
		if !asked {
			known, err = l.Context.Sizes(ctx)
			asked = err == nil
		}
		return known, err
	}}
	file, targets, err := r.Open(ctx, r.perFunction)
	if err != nil {
		found.fail(err)
		return found.results(r)
	}
	for _, target := range targets {
		if err := r.checkTarget(ctx, file, target, found); err != nil {
			return nil, err
		}
	}
	return found.results(r)
}

// checkTarget checks one target for all its platforms. Its error is what kept
// the context from being looked at.
func (r Request) checkTarget(ctx context.Context, file *load.File, target string, found *findings) error {
	l, err := file.Load(ctx, target)
	if err != nil {
		found.fail(err)
		return nil
	}
	settings := r.Settings(l, true)
	for _, platform := range settings.Platforms {
		decided, err := assume(ctx, l, settings, platform)
		if err != nil {
			found.fail(err)
			continue
		}
		listed, err := found.sizes(l)
		if err != nil {
			return err
		}
		sent, err := contexts.SentFor(decided.Plan, listed)
		if err != nil {
			return err
		}
		warnings, _, err := settings.Lint(decided, decide.Found{Context: &rules.Context{Sent: sent}})
		if err != nil {
			found.fail(err)
		}
		for _, w := range warnings {
			if !slices.Contains(found.warnings, w) {
				found.warnings = append(found.warnings, w)
			}
		}
	}
	return nil
}

// assume decides on a target without a step, and looks at its trees.
func assume(ctx context.Context, l *load.Loaded, settings decide.Settings, platform ocispecs.Platform) (*decide.Decided, error) {
	decided, err := decide.Assume(settings.Input(l, l.Output, platform))
	if err != nil {
		return nil, err
	}
	return decided.WithTrees(ctx, l.Context.List)
}

// fail adds a mistake, once: functions share what they inherit.
func (f *findings) fail(err error) {
	same := func(other error) bool { return other.Error() == err.Error() }
	if !slices.ContainsFunc(f.errs, same) {
		f.errs = append(f.errs, err)
	}
}

// results is the answer. Mistakes without lines to show have no place in it:
// they come as an error.
func (f *findings) results(r Request) (*lint.LintResults, error) {
	results := &lint.LintResults{Warnings: []lint.Warning{}}
	sources := answerSources{texts: r.Texts}
	if len(f.errs) > 0 {
		err := errors.Join(f.errs...)
		at := sources.locate(errorLocations(err)...)
		if at.SourceIndex < 0 {
			return nil, err
		}
		results.Error = &lint.BuildError{Message: err.Error() + explanations(err)}
		results.Error.Location.SourceIndex, results.Error.Location.Ranges = at.SourceIndex, at.Ranges
	}
	for _, w := range f.warnings {
		warning := lint.Warning{RuleName: w.Rule, Detail: w.Message, Location: sources.locate(w.Source)}
		if rule, ok := rules.Lookup(w.Rule); ok {
			warning.Description, warning.URL = rule.Description, rule.URL()
		}
		results.Warnings = append(results.Warnings, warning)
	}
	results.Sources = sources.infos
	return results, nil
}

// explanations are the pages of the rules that mistakes break, each on a line.
func explanations(err error) string {
	var lines string
	var named []string
	for _, e := range failure.SourceErrors(err) {
		if rule, ok := rules.Lookup(e.Rule); ok && !slices.Contains(named, rule.Name) {
			named = append(named, rule.Name)
			lines += "\n" + rule.Name + " - " + rule.URL()
		}
	}
	return lines
}

// errorLocations are the lines that joined errors are about.
func errorLocations(err error) []plan.Location {
	var locations []plan.Location
	for _, e := range failure.SourceErrors(err) {
		locations = append(locations, e.Location)
	}
	return locations
}
