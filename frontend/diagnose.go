package frontend

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// diagnose turns the failure of a step into one error that says what went
// wrong and what mends it, with uv's own messages below. Other errors pass.
func (b *build) diagnose(ctx context.Context, p *plan.Plan, imgs images, err error) error {
	var solve *errdefs.SolveError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &solve) || solve.Op.GetExec() == nil:
		return explainBuilder(err)
	}
	exec := solve.Op.GetExec()
	step := llb.StepOf(p, exec)
	if step == nil {
		return err
	}
	failure := diagnosis.Failure{
		Step:     step,
		Messages: b.report(context.WithoutCancel(ctx), solve.Solve, imgs.builder, step.Kind),
		Origins:  b.origins(context.WithoutCancel(ctx), p),
		Projects: b.workspace.Projects(),
		Indexes:  b.workspace.NamedIndexes(),
		Offered:  b.local.Secrets,
		Cause:    err,

		LockCommand: planner.Input{BuildCommand: b.command(), BuildContext: b.local.Context}.LockCommand(),
	}
	explained := diagnosis.Explain(failure, p)
	if hidden := b.hiddenCause(ctx, failure); hidden != nil {
		return errors.Join(explained, hidden)
	}
	return narrow(explained, failure)
}

// explainBuilder explains the failure of a step that runs nothing, if it can.
// The lines that BuildKit has for the step stay with it.
func explainBuilder(err error) error {
	explained := diagnosis.ExplainBuilder(err)
	if explained == nil {
		return err
	}
	for _, s := range errdefs.Sources(err) {
		explained = errdefs.WithSource(explained, s)
	}
	return explained
}

// origins explain the packages of a plan; nil for one that makes the lock. It
// is decided once more, which takes the same input and no time to speak of: what
// the base was asked for is known.
func (b *build) origins(ctx context.Context, p *plan.Plan) *project.Origins {
	platform, err := platforms.Parse(p.Platform)
	if err != nil {
		return nil
	}
	decided, _, err := b.decide(ctx, b.input(p.Output, platform))
	if err != nil {
		return nil
	}
	return decided.Origins
}

// report reads what a failed step left to explain it. That only makes the
// error better, so a daemon that cannot give it is no error of its own.
func (b *build) report(ctx context.Context, solve *errdefs.Solve, builder *image, kind plan.StepKind) string {
	file := llb.ReportFile
	if kind == plan.KindTest {
		file = llb.TestReportFile
	}
	i := slices.IndexFunc(solve.Op.GetExec().Mounts, func(m *pb.Mount) bool { return m.Dest == llb.ReportPath })
	if i < 0 || i >= len(solve.MountIDs) || solve.MountIDs[i] == "" {
		return ""
	}
	gw := b.client.GatewayClient()
	caps := b.client.BuildOpts().Caps
	if caps.Supports(gwpb.CapGatewayExec) != nil {
		return ""
	}
	rootfs, err := b.solver.solve(ctx, builder.state, false)
	if err != nil {
		return ""
	}
	ctr, err := gw.NewContainer(ctx, gwclient.NewContainerRequest{
		NetMode: pb.NetMode_NONE,
		Mounts: []gwclient.Mount{
			{Dest: "/", MountType: pb.MountType_BIND, Ref: rootfs},
			{Dest: llb.ReportPath, MountType: pb.MountType_BIND, ResultID: solve.MountIDs[i]},
		},
	})
	if err != nil {
		return ""
	}
	defer ctr.Release(ctx)
	var out bytes.Buffer
	proc, err := ctr.Start(ctx, gwclient.StartRequest{
		Args:   []string{"/bin/cat", path.Join(llb.ReportPath, file)},
		Cwd:    "/",
		Stdout: nopCloser{&out},
	})
	if err != nil || proc.Wait() != nil {
		return ""
	}
	return strings.TrimSpace(out.String())
}

// nopCloser is a writer that needs no closing.
type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }
