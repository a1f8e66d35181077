// Package failure turns the failure of a build into one error that says what
// went wrong, what mends it, and which lines it is about.
package failure

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/errdefs"
	"github.com/moby/buildkit/solver/pb"

	"github.com/uvlambda/uvlambda/frontend/failure/diagnosis"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// Step is a step of ours that failed.
type Step struct {
	*plan.Step
	// Fetch is set when BuildKit could not fetch what the step builds from.
	Fetch bool

	solve *errdefs.Solve
}

// FailedStep gives the step of a plan that failed; ok is false when the error is
// of something else, such as a step of BuildKit.
func FailedStep(err error, p *plan.Plan) (s Step, ok bool) {
	var solve *errdefs.SolveError
	if !errors.As(err, &solve) {
		return Step{}, false
	}
	switch {
	case solve.Op.GetExec() != nil:
		s = Step{llb.StepOf(p, solve.Op.GetExec()), false, solve.Solve}
	case solve.Op.GetSource() != nil:
		s = Step{llb.StepOfSource(p, solve.Op.GetSource()), true, solve.Solve}
	}
	return s, s.Step != nil
}

// ExplainBuilder explains the failure of a step that runs nothing, if it can.
// The lines that BuildKit has for the step stay with it.
func ExplainBuilder(err error) error {
	explained := diagnosis.ExplainBuilder(err)
	if explained == nil {
		return err
	}
	for _, s := range errdefs.Sources(err) {
		explained = errdefs.WithSource(explained, s)
	}
	return explained
}

// Report reads what a failed step left to explain it. The report only improves the
// error, so it is no further error when the daemon cannot give it. root is an image
// with a program that reads files.
func (s Step) Report(ctx context.Context, c *gateway.Client, root bkllb.State) string {
	file := llb.ReportFile
	// A test has no driver of uv: the Runtime API that runs in it writes its own
	// report.
	if s.Kind == plan.KindTest {
		file = llb.TestReportFile
	}
	i := slices.IndexFunc(s.solve.Op.GetExec().GetMounts(), func(m *pb.Mount) bool { return m.Dest == llb.ReportPath })
	if i < 0 || i >= len(s.solve.MountIDs) || s.solve.MountIDs[i] == "" {
		return ""
	}
	caps := c.BuildOpts().Caps
	if caps.Supports(gwpb.CapGatewayExec) != nil {
		return ""
	}
	rootfs, err := c.Solve(ctx, root, false)
	if err != nil {
		return ""
	}
	ctr, err := c.GatewayClient().NewContainer(ctx, gwclient.NewContainerRequest{
		NetMode: pb.NetMode_NONE,
		Mounts: []gwclient.Mount{
			{Dest: "/", MountType: pb.MountType_BIND, Ref: rootfs},
			{Dest: llb.ReportPath, MountType: pb.MountType_BIND, ResultID: s.solve.MountIDs[i]},
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
