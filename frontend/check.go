package frontend

import (
	"context"
	"errors"
	"slices"

	"github.com/moby/buildkit/frontend/subrequests/lint"

	"github.com/uvlambda/uvlambda/plan"
)

// findings are what a check has found so far.
type findings struct {
	warnings []plan.Warning
	// errs are the mistakes, and failed is the run that met the first of them.
	errs   []error
	failed *build
}

// check finds the mistakes and warnings that a build would tell of before its
// first step. It only reads files: no image is resolved and nothing is run, so
// whether uv.lock is up to date is left to the build. Without --target all
// functions are checked.
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
	targets := []string{b.target}
	if functions := table.Functions(); b.target == "" && len(functions) > 1 {
		targets = functions
	}
	last := b
	for _, target := range targets {
		last = &build{client: b.client, filename: b.filename, target: target, entry: b.entry}
		last.checkTarget(ctx, found)
	}
	return found.results(last)
}

// checkTarget checks one target for all its platforms.
func (b *build) checkTarget(ctx context.Context, found *findings) {
	if err := b.load(ctx); err != nil {
		found.fail(b, err)
		return
	}
	for _, platform := range targetPlatforms(b.client, b.spec, b.output) {
		p, err := b.plan(b.output, platform)
		if err != nil {
			found.fail(b, err)
			continue
		}
		for _, w := range p.Warnings {
			if !slices.Contains(found.warnings, w) {
				found.warnings = append(found.warnings, w)
			}
		}
	}
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
		results.Error = &lint.BuildError{Message: err.Error()}
		results.Error.Location.SourceIndex, results.Error.Location.Ranges = at.SourceIndex, at.Ranges
	}
	for _, w := range f.warnings {
		results.Warnings = append(results.Warnings, lint.Warning{
			RuleName: w.Rule, Detail: w.Message, Location: sources.locate(read, w.Source),
		})
	}
	results.Sources = sources
	return results, nil
}

// errorLocations are the lines that joined errors are about.
func errorLocations(err error) []plan.Location {
	var locations []plan.Location
	for _, e := range sourceErrors(err) {
		locations = append(locations, e.Location)
	}
	return locations
}
