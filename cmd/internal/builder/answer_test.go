package builder

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

func TestExplain(t *testing.T) {
	t.Parallel()
	address := &Builder{Kind: KindAddress, Description: "tcp://b:1 (from BUILDKIT_HOST)", origin: hostVariable}
	unavailable := func(text string) error {
		return fmt.Errorf("listing workers for Build: failed to list workers: %w", status.Error(codes.Unavailable, text))
	}
	// gRPC describes a real address of each kind in these words.
	tests := map[string]struct {
		builder *Builder
		err     error
		want    string
	}{
		"nobody listens": {address, unavailable(`connection error: desc = "transport: Error while dialing: dial tcp 127.0.0.1:1: connect: connection refused"`),
			"no BuildKit answers at tcp://b:1 (from BUILDKIT_HOST): connection refused: start it, or unset BUILDKIT_HOST to have another found"},
		"no host": {address, unavailable(`connection error: desc = "transport: Error while dialing: dial tcp: lookup b on 10.0.0.1:53: no such host"`),
			"no BuildKit answers at tcp://b:1 (from BUILDKIT_HOST): no such host: start it, or unset BUILDKIT_HOST to have another found"},
		"no socket": {&Builder{Kind: KindAddress, Description: "unix:///b (from --builder)", origin: "--builder"},
			unavailable(`connection error: desc = "transport: Error while dialing: dial unix /b: connect: no such file or directory"`),
			"no BuildKit answers at unix:///b (from --builder): no such file or directory: start it, or choose another with --builder"},
		"no permission": {address, unavailable(`connection error: desc = "transport: Error while dialing: dial unix /b: connect: permission denied"`),
			"BuildKit at tcp://b:1 (from BUILDKIT_HOST) refuses you: permission denied: join the group of its socket, or run the command with sudo"},
		"through a command": {&Builder{Kind: KindBuildx, Description: `buildx builder "b"`},
			unavailable(`connection error: desc = "error reading server preface: command [docker exec -i b buildctl dial-stdio] has exited with exit status 1, make sure the URL is valid: stderr=Error: No such container: b\n"`),
			"no BuildKit answers at buildx builder \"b\": Error: No such container: b: start it with `docker buildx inspect --bootstrap`, or choose another with --builder"},
		"ended": {&Builder{Kind: KindPrivate, Description: `private builder "b"`, log: "/b/buildkitd.log"}, status.Error(codes.Unavailable, "error reading from server: EOF"),
			`the connection to BuildKit was lost: it ended or was restarted (private builder "b", whose log is /b/buildkitd.log): build again, since its cache has what was done`},
		"ended in words": {address, errors.New("failed to solve: rpc error: code = Unavailable desc = closing transport due to: connection error: EOF"),
			"the connection to BuildKit was lost: it ended or was restarted (tcp://b:1 (from BUILDKIT_HOST)): build again, since its cache has what was done"},
		"ended in other words": {address, errors.New("Unavailable: error reading from server: EOF"),
			"the connection to BuildKit was lost: it ended or was restarted (tcp://b:1 (from BUILDKIT_HOST)): build again, since its cache has what was done"},
		"ended in order": {address, fmt.Errorf("failed to solve: %w", context.Canceled),
			"the connection to BuildKit was lost: it ended or was restarted (tcp://b:1 (from BUILDKIT_HOST)): build again, since its cache has what was done"},
		"a registry's":     {address, errors.New("unexpected status: 503 Service Unavailable: EOF"), "unexpected status: 503 Service Unavailable: EOF"},
		"another":          {address, errors.New("no such package"), "no such package"},
		"not of a builder": {address, status.Error(codes.Unavailable, "the index is closed today"), "rpc error: code = Unavailable desc = the index is closed today"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := test.builder.Explain(test.err)
			require.EqualError(t, err, test.want)
			assert.ErrorIs(t, err, test.err, "what asks for the code of gRPC finds it")
		})
	}
}
