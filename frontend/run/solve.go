package run

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/failure"
	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// beside runs a build, with the check of uv.lock and the test that it depends on
// beside it. Meanwhile the names of the members' files are looked at.
func (b *Builder) beside(ctx context.Context, g *graph, run func(context.Context) error) error {
	names, namesCtx := gateway.NewGroup(ctx)
	names.Go(func() error { return checkNames(namesCtx, g.plan, g.sent.Ref.ReadDir) })
	eg, ctx := gateway.NewGroup(ctx)
	var narrow narrowFailures
	eg.Go(narrow.keep(func() error { return run(ctx) }))
	if g.result.Check != nil {
		eg.Go(narrow.keep(func() error {
			_, err := b.solve(ctx, g, func(r *llb.Result) bkllb.State { return *r.Check })
			return err
		}))
	}
	// A test takes the finished image, which the graph of another output does not
	// have: it is another build.
	if plan.First[plan.Test](g.plan) != nil && g.plan.Output != plan.OutputTest {
		eg.Go(narrow.keep(func() error { return b.testBeside(ctx, g) }))
	}
	err := eg.Wait()
	if err == nil {
		err = narrow.first(&b.widened)
	}
	// A step may have failed for such a name, and says less of it.
	return cmp.Or(names.Wait(), err)
}

// testBeside tests the function beside the build of another output, which fails
// with the test. The steps that both have run once.
func (b *Builder) testBeside(ctx context.Context, tested *graph) error {
	decided, err := b.decide(ctx, plan.OutputTest, tested.plan.Output, tested.decided.Input.Platform)
	if err != nil {
		return err
	}
	// Only the work of the test says that it cannot run here.
	if plan.First[plan.Test](decided.Plan).Skip != "" {
		return nil
	}
	g, err := b.graph(ctx, decided)
	if err != nil {
		return err
	}
	_, _, err = b.assemble(ctx, g)
	return err
}

// assemble puts the trees of a plan together, and compares them. Nearly always
// nothing is found, so both happen at once; but a test of the function has to
// wait, since it would run what is found.
func (b *Builder) assemble(ctx context.Context, g *graph) (*graph, gwclient.Reference, error) {
	var found *overlay
	var ref gwclient.Reference
	eg, egCtx := gateway.NewGroup(ctx)
	trees, err := b.openTrees(egCtx, g)
	if err != nil {
		return nil, nil, err
	}
	eg.Go(func() (err error) {
		found, err = compareTrees(egCtx, trees)
		return err
	})
	eg.Go(func() error { return b.verify(egCtx, g, trees) })
	eg.Go(func() error { return checkSize(egCtx, g, trees) })
	eg.Go(func() error { return b.lintExtensions(egCtx, g) })
	if g.plan.Output != plan.OutputTest {
		eg.Go(func() (err error) {
			ref, err = b.solve(egCtx, g, state)
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, nil, err
	}
	if err := b.lintReplaced(ctx, g, found); err != nil {
		return nil, nil, err
	}
	if err := b.lintLibraries(ctx, g, trees, found); err != nil {
		return nil, nil, err
	}
	if len(found.stale) > 0 {
		if g, err = b.leaveOut(g, found.stale); err != nil {
			return nil, nil, err
		}
		ref = nil
	}
	if ref != nil {
		return g, ref, nil
	}
	ref, err = b.solve(ctx, g, state)
	return g, ref, err
}

// solve solves one state of a graph, and explains its failure. When the rule
// LockStale finds out why the lock is stale, the error has its words. Any other
// step that fails on project files in their shorter form is run again on the files
// as they are: uv then names their lines, and the shorter form never decides a
// failure.
func (b *Builder) solve(ctx context.Context, g *graph, of func(*llb.Result) bkllb.State) (gwclient.Reference, error) {
	ref, err := b.client.Solve(ctx, of(g.result), true)
	if err != nil {
		ref, err = b.solveWhole(ctx, g, of, err)
	}
	return ref, b.diagnose(ctx, g, err)
}

// solveWhole solves a state once more when project files in their shorter form
// were the input of the step that failed. Else it gives the failure back.
func (b *Builder) solveWhole(ctx context.Context, g *graph, of func(*llb.Result) bkllb.State, err error) (gwclient.Reference, error) {
	step, ok := failure.FailedStep(err, g.plan)
	if !ok || !step.Reduced() {
		return nil, err
	}
	// Of these steps only the check of uv.lock fails when the lock is stale.
	if stale := stale(g); step.Kind == plan.KindLockCheck && stale != nil {
		return nil, stale
	}
	opts := b.graphOptions()
	opts.Explain = true
	whole, convertErr := b.convert(g, g.plan.Whole(), opts)
	if convertErr != nil {
		return nil, convertErr
	}
	if same, marshalErr := b.sameGraph(ctx, of(g.result), of(whole)); same || marshalErr != nil {
		return nil, cmp.Or(marshalErr, err)
	}
	return g.explained.solve(ctx, step.Kind, func() (gwclient.Reference, error) {
		return b.client.Solve(ctx, of(whole), true)
	})
}

// sameGraph tells whether two states are the same vertices.
func (b *Builder) sameGraph(ctx context.Context, one, other bkllb.State) (bool, error) {
	first, err := b.client.Marshal(ctx, one)
	if err != nil {
		return false, err
	}
	second, err := b.client.Marshal(ctx, other)
	return err == nil && slices.EqualFunc(first.Def, second.Def, bytes.Equal), err
}

// explained are the failures of steps that were run on whole project files, by the
// kind of the step. Several solves wait for one such step, and only the first is
// told its failure, see gateway.IsLost.
type explained struct {
	mu       sync.Mutex
	failures map[plan.StepKind]error
}

// solve runs a solve unless the step has failed before. A solve that was ended or
// whose failure is lost says nothing of the step.
func (e *explained) solve(ctx context.Context, kind plan.StepKind, run func() (gwclient.Reference, error)) (gwclient.Reference, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if err := e.failures[kind]; err != nil {
		return nil, err
	}
	ref, err := run()
	if err != nil && ctx.Err() == nil && !gateway.IsLost(err) {
		if e.failures == nil {
			e.failures = map[plan.StepKind]error{}
		}
		e.failures[kind] = err
	}
	return ref, err
}

// mostStale is how many differences of a stale lock an error tells: the first
// are reason enough.
const mostStale = 3

// stale is the error of a lock that the project files differ from, nil when
// nothing that the lock has on record does.
func stale(g *graph) error {
	found := lint.Stale(lint.Input{Input: g.decided.Input, Decided: g.decided.Decided})
	var errs []error
	for _, difference := range found[:min(len(found), mostStale)] {
		errs = append(errs, source.Errorf(difference.Source, "%s; %s", difference.Message, diagnosis.Unchecked))
	}
	return errors.Join(errs...)
}
