package run

import (
	"context"
	"errors"
	"path"

	"github.com/uvlambda/uvlambda/frontend/failure"
	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// diagnose turns the failure of a step into one error that says what went wrong
// and what mends it, with uv's own messages below. Other errors pass.
func (b *Builder) diagnose(ctx context.Context, g *graph, err error) error {
	if err == nil {
		return nil
	}
	step, ok := failure.FailedStep(err, g.plan)
	if !ok {
		if missing := b.notInImages(context.WithoutCancel(ctx), g); missing != nil {
			return missing
		}
		return failure.ExplainBuilder(err)
	}
	w := b.loaded.Workspace
	f := diagnosis.Failure{
		Step:     step.Step,
		Report:   diagnosis.ReadReport(step.Report(context.WithoutCancel(ctx), b.client, g.images.builder.State)),
		Origins:  g.decided.Origins,
		Projects: w.Projects(),
		Indexes:  g.decided.Input.NamedIndexes(),
		Offered:  b.options.Secrets,
		Cause:    err,

		LockCommand: g.decided.Input.LockCommand(),
	}
	if step.Fetch {
		return diagnosis.ExplainFetch(f)
	}
	explained := diagnosis.Explain(f, g.plan)
	if hidden := b.hiddenCause(f); hidden != nil {
		return errors.Join(explained, hidden)
	}
	return narrow(explained, f)
}

// hiddenCause says which pattern of an ignore file hides a place where a package
// usually has what its build did not find; nil when none does. Only a member is
// built from folders that an ignore file may hide.
func (b *Builder) hiddenCause(f diagnosis.Failure) error {
	member, ok := f.Step.Work.(*plan.Member)
	if !ok || !wants(f.Report) {
		return nil
	}
	w := b.loaded.Workspace
	py := w.Members[member.Path]
	if py == nil {
		return nil
	}
	for _, place := range py.ModulePlaces() {
		name := path.Join(member.Path, place)
		if hiding, err := w.Ignored.Hides(name); err == nil && hiding != nil {
			return source.Errorf(hiding.At, "%q hides %s, where the modules of %s may be: %s", hiding.Pattern, name, member.Name, hiding.Remedy(name))
		}
	}
	return nil
}
