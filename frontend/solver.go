package frontend

import (
	"context"
	"fmt"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/moby/buildkit/solver/pb"
)

// solver solves the states of one build, which share vertices and are solved
// side by side.
type solver struct {
	client *dockerui.Client
	// marshalling is held while a state is marshalled: BuildKit sorts the mounts
	// of a vertex in place, so two states with a common vertex would disturb one
	// another.
	marshalling sync.Mutex
}

// solve solves one state with the client's cache imports, without which
// --cache-from would do nothing.
func (s *solver) solve(ctx context.Context, st bkllb.State, evaluate bool) (gwclient.Reference, error) {
	def, err := s.marshal(ctx, st)
	if err != nil {
		return nil, fmt.Errorf("marshalling the build graph: %w", err)
	}
	res, err := s.client.GatewayClient().Solve(ctx, gwclient.SolveRequest{
		Definition:   def,
		CacheImports: s.client.CacheImports,
		Evaluate:     evaluate,
	})
	if err != nil {
		return nil, err
	}
	return res.SingleRef()
}

// marshal gives the graph of a state.
func (s *solver) marshal(ctx context.Context, st bkllb.State) (*pb.Definition, error) {
	s.marshalling.Lock()
	defer s.marshalling.Unlock()
	def, err := st.Marshal(ctx, bkllb.WithCaps(s.client.BuildOpts().LLBCaps), bkllb.Platform(s.client.BuildPlatforms[0]))
	if err != nil {
		return nil, err
	}
	return def.ToPB(), nil
}
