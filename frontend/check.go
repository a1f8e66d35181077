package frontend

import (
	"context"
	"errors"
	"slices"

	"github.com/moby/buildkit/frontend/subrequests/lint"

	rules "github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/plan"
)

// findings are what a check has found so far.
type findings struct {
	warnings []plan.Warning
	// errs are the mistakes, and failed is the run that met the first of them.
	errs   []error
	failed *build
	// listed are the files of the context, once that was asked for.
	listed *[]rules.Sent
}

// check finds the mistakes and warnings that a build would tell of before its
// first step, and what a build finds out later for sure. It only reads files:
// no image is resolved and nothing is run. Without --target all functions are
// checked.
func (b *build) check(ctx context.Context) (*lint.LintResults, error) {
	found := &findings{}
	if err := b.open(ctx); err != nil {
		return nil, err
	}
	table, err := b.table(b.filename)
	if err != nil {
		found.fail(b, err)
		return found.results(b)
	}
	asked := b.asked(table)
	for _, each := range asked {
		if err := each.checkTarget(ctx, found); err != nil {
			return nil, err
		}
	}
	return found.results(asked[len(asked)-1])
}

// checkTarget checks one target for all its platforms. Its error is what kept
// the context from being looked at.
func (b *build) checkTarget(ctx context.Context, found *findings) error {
	if err := b.load(ctx); err != nil {
		found.fail(b, err)
		return nil
	}
	for _, platform := range targetPlatforms(b.client, b.spec, b.output) {
		decided, err := b.assume(b.output, platform)
		if err != nil {
			found.fail(b, err)
			continue
		}
		if decided, _, err = withTrees(ctx, decided, b.context.List); err != nil {
			found.fail(b, err)
			continue
		}
		look, err := b.look(ctx, decided.Plan, found)
		if err != nil {
			return err
		}
		warnings, _, err := b.lint(decided, platform, look, nil)
		if err != nil {
			found.fail(b, err)
		}
		for _, w := range warnings {
			if !slices.Contains(found.warnings, w) {
				found.warnings = append(found.warnings, w)
			}
		}
	}
	return nil
}

// look is what the rules want to know of the context, beside the files that
// were read.
func (b *build) look(ctx context.Context, p *plan.Plan, found *findings) (*rules.Context, error) {
	if found.listed == nil {
		listed, err := b.context.listing(ctx)
		if err != nil {
			return nil, err
		}
		found.listed = &listed
	}
	sent, err := sentFor(p, *found.listed)
	return &rules.Context{Sent: sent}, err
}

// fail adds a mistake, once: functions share what they inherit.
func (f *findings) fail(b *build, err error) {
	same := func(other error) bool { return other.Error() == err.Error() }
	if !slices.ContainsFunc(f.errs, same) {
		f.errs = append(f.errs, err)
	}
	if f.failed == nil {
		f.failed = b
	}
}

// results is the answer. Mistakes without lines to show have no place in it:
// they come as an error.
func (f *findings) results(read *build) (*lint.LintResults, error) {
	results := &lint.LintResults{Warnings: []lint.Warning{}}
	var sources answerSources
	if len(f.errs) > 0 {
		read = f.failed
		err := errors.Join(f.errs...)
		at := sources.locate(read, errorLocations(err)...)
		if at.SourceIndex < 0 {
			return nil, err
		}
		results.Error = &lint.BuildError{Message: err.Error() + explanations(err)}
		results.Error.Location.SourceIndex, results.Error.Location.Ranges = at.SourceIndex, at.Ranges
	}
	for _, w := range f.warnings {
		warning := lint.Warning{RuleName: w.Rule, Detail: w.Message, Location: sources.locate(read, w.Source)}
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
	for _, e := range sourceErrors(err) {
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
	for _, e := range sourceErrors(err) {
		locations = append(locations, e.Location)
	}
	return locations
}
