package frontend

import (
	"fmt"
	"sync"
	"testing"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/gateway"
)

// The outputs of one step are marshalled to the same bytes however many are
// solved at once. The race detector sees it when they disturb one another.
func TestMarshalsSharedVertices(t *testing.T) {
	t.Parallel()
	client, err := gateway.NewClient(newStub(nil, nil))
	require.NoError(t, err)
	outputs := func() []bkllb.State {
		exec := bkllb.Scratch().Run(bkllb.Args([]string{"/step"}))
		var states []bkllb.State
		// BuildKit sorts mounts by their place: these are added in reverse.
		for i := 20; i > 0; i-- {
			states = append(states, exec.AddMount(fmt.Sprintf("/out/%02d", i), bkllb.Scratch()))
		}
		return states
	}
	var want [][]byte
	for _, st := range outputs() {
		def, err := client.Marshal(t.Context(), st)
		require.NoError(t, err)
		want = append(want, def.Def[len(def.Def)-1])
	}
	for range 20 {
		got := make([][]byte, len(want))
		var wg sync.WaitGroup
		for i, st := range outputs() {
			wg.Go(func() {
				def, err := client.Marshal(t.Context(), st)
				if assert.NoError(t, err) {
					got[i] = def.Def[len(def.Def)-1]
				}
			})
		}
		wg.Wait()
		require.Equal(t, want, got)
	}
}
