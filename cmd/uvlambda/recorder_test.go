package main

import (
	"context"
	"fmt"
	"maps"
	"net"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	controlapi "github.com/moby/buildkit/api/services/control"
	apitypes "github.com/moby/buildkit/api/types"
	"github.com/moby/buildkit/client/buildid"
	gwpb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/grpchijack"
	"github.com/moby/buildkit/session/secrets"
	"github.com/moby/buildkit/session/sshforward"
	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// recorder is a BuildKit that builds nothing: it takes each build, records its
// request and reports success.
type recorder struct {
	controlapi.UnimplementedControlServer
	gwpb.UnimplementedLLBBridgeServer
	sessions *session.Manager

	// mu guards what follows.
	mu sync.Mutex
	// asks are the secrets and SSH agents that the recorder asks clients for.
	secrets, agents []string
	// frontends are the attributes of the frontends that builds in a client's
	// process asked for, by build. A channel in ended is closed when its build is
	// over.
	frontends map[string]map[string]string
	ended     map[string]chan struct{}
	// lines are the recorded requests.
	lines []string
}

// recordedImage is the ID of every image that the recorder makes.
const recordedImage = "sha256:0000000000000000000000000000000000000000000000000000000000000000"

// startRecorder serves a recorder, and returns its address.
func startRecorder(t *testing.T) (*recorder, string) {
	t.Helper()
	manager, err := session.NewManager()
	require.NoError(t, err)
	r := &recorder{sessions: manager}
	r.reset(nil, nil)
	socket := filepath.Join(t.TempDir(), "buildkit.sock")
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", socket)
	require.NoError(t, err)
	server := grpc.NewServer()
	controlapi.RegisterControlServer(server, r)
	gwpb.RegisterLLBBridgeServer(server, gatewayRecorder{recorder: r})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	return r, "unix://" + socket
}

// reset forgets the recorded requests, and sets what the next client is asked for.
func (r *recorder) reset(secretIDs, agentIDs []string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.secrets, r.agents, r.lines = secretIDs, agentIDs, nil
	r.frontends, r.ended = map[string]map[string]string{}, map[string]chan struct{}{}
}

// recorded are the sorted lines of the requests.
func (r *recorder) recorded() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(slices.Values(r.lines))
}

func (r *recorder) add(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, fmt.Sprintf(format, args...))
}

func (*recorder) Info(context.Context, *controlapi.InfoRequest) (*controlapi.InfoResponse, error) {
	return &controlapi.InfoResponse{BuildkitVersion: &apitypes.BuildkitVersion{Package: "github.com/moby/buildkit", Version: buildkitVersion()}}, nil
}

func (*recorder) ListWorkers(context.Context, *controlapi.ListWorkersRequest) (*controlapi.ListWorkersResponse, error) {
	return &controlapi.ListWorkersResponse{Record: []*apitypes.WorkerRecord{{
		ID: "recorder", Platforms: []*pb.Platform{{OS: "linux", Architecture: "amd64"}, {OS: "linux", Architecture: "arm64"}},
	}}}, nil
}

// Session takes the connection on which the recorder asks a client for its secrets
// and SSH agents.
func (r *recorder) Session(stream controlapi.Control_SessionServer) error {
	conn, closed, opts := grpchijack.Hijack(stream)
	defer conn.Close()
	ctx, cancel := context.WithCancel(stream.Context())
	defer cancel()
	go func() {
		<-closed
		cancel()
	}()
	return r.sessions.HandleConn(ctx, conn, opts)
}

// Status has no progress to tell.
func (*recorder) Status(*controlapi.StatusRequest, controlapi.Control_StatusServer) error { return nil }

// Solve records a build. One in the client's process asks for its frontend
// meanwhile.
func (r *recorder) Solve(ctx context.Context, req *controlapi.SolveRequest) (*controlapi.SolveResponse, error) {
	attrs := req.FrontendAttrs
	if req.Frontend == "" {
		select {
		case <-r.end(req.Ref):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		r.mu.Lock()
		asked, ok := r.frontends[req.Ref]
		r.mu.Unlock()
		if !ok {
			// Such a build asks what the daemon can do.
			return &controlapi.SolveResponse{}, nil
		}
		attrs = asked
	}
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		r.add("attribute %s = %s", key, attrs[key])
	}
	for _, export := range req.Exporters {
		r.add("export %s%s", export.Type, fields(export.Attrs))
	}
	for _, cache := range req.Cache.GetImports() {
		r.add("cache-from %s%s", cache.Type, fields(cache.Attrs))
	}
	for _, cache := range req.Cache.GetExports() {
		r.add("cache-to %s%s", cache.Type, fields(cache.Attrs))
	}
	for _, entitlement := range req.Entitlements {
		r.add("entitlement %s", entitlement)
	}
	if err := r.ask(ctx, req.Session); err != nil {
		return nil, err
	}
	return &controlapi.SolveResponse{ExporterResponse: map[string]string{
		"containerimage.digest": recordedImage, "containerimage.config.digest": recordedImage,
	}}, nil
}

// ask records which secrets and agents a client has.
func (r *recorder) ask(ctx context.Context, id string) error {
	if len(r.secrets)+len(r.agents) == 0 {
		return nil
	}
	caller, err := r.sessions.Get(ctx, id, false)
	if err != nil {
		return err
	}
	for _, id := range r.secrets {
		if value, err := secrets.GetSecret(ctx, caller, id); err == nil {
			r.add("secret %s = %s", id, value)
		}
	}
	for _, id := range r.agents {
		if sshforward.CheckSSHID(ctx, caller, id) == nil {
			r.add("ssh %s", id)
		}
	}
	return nil
}

// end is closed when the build of a client's process is over.
func (r *recorder) end(ref string) chan struct{} {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ended[ref] == nil {
		r.ended[ref] = make(chan struct{})
	}
	return r.ended[ref]
}

func (*recorder) Ping(context.Context, *gwpb.PingRequest) (*gwpb.PongResponse, error) { //nolint:unparam // the interface has the error
	return &gwpb.PongResponse{FrontendAPICaps: gwpb.Caps.All(), LLBCaps: pb.Caps.All()}, nil
}

func (r *recorder) Return(ctx context.Context, _ *gwpb.ReturnRequest) (*gwpb.ReturnResponse, error) { //nolint:unparam // the interface has the error
	close(r.end(buildid.FromIncomingContext(ctx)))
	return &gwpb.ReturnResponse{}, nil
}

// gatewayRecorder has the one method that both services name.
type gatewayRecorder struct{ *recorder }

// Solve takes down a frontend's attributes.
func (g gatewayRecorder) Solve(ctx context.Context, req *gwpb.SolveRequest) (*gwpb.SolveResponse, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if req.Frontend == "" {
		// A file is looked for before the build.
		return &gwpb.SolveResponse{Result: &gwpb.Result{Result: &gwpb.Result_Ref{Ref: &gwpb.Ref{Id: "empty"}}}}, nil
	}
	g.frontends[buildid.FromIncomingContext(ctx)] = req.FrontendOpt
	result := &gwpb.Result{}
	if req.FrontendOpt["requestid"] != "" {
		result.Metadata = map[string][]byte{"result.json": []byte("{}"), "result.txt": nil}
	}
	return &gwpb.SolveResponse{Result: result}, nil
}

// ReadFile and its like find nothing.
func (*recorder) ReadFile(context.Context, *gwpb.ReadFileRequest) (*gwpb.ReadFileResponse, error) {
	return nil, status.Error(codes.NotFound, "no such file")
}

func (*recorder) ReadDir(context.Context, *gwpb.ReadDirRequest) (*gwpb.ReadDirResponse, error) {
	return nil, status.Error(codes.NotFound, "no such file")
}

func (*recorder) StatFile(context.Context, *gwpb.StatFileRequest) (*gwpb.StatFileResponse, error) {
	return nil, status.Error(codes.NotFound, "no such file")
}

// fields writes attributes in one order.
func fields(attrs map[string]string) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(attrs)) {
		fmt.Fprintf(&text, " %s=%s", key, attrs[key])
	}
	return text.String()
}
