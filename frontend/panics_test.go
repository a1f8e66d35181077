package frontend

import (
	"testing"

	"github.com/moby/buildkit/solver/pb"
	"github.com/stretchr/testify/assert"
)

// A panic in any goroutine of a build is its error: in a solve, while an image
// is resolved, and in the outputs that solve several states at once.
func TestPanicsAreErrors(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"image", "zip", "dir", "test", "app", "layer"} {
		for what, panics := range map[string]func(*stub){
			"a step": func(s *stub) {
				s.fail = func(ops []*pb.Op) error {
					for _, op := range ops {
						if op.GetExec() != nil {
							panic("a mistake of ours")
						}
					}
					return nil
				}
			},
			"an image": func(s *stub) { s.resolve = func(string) error { panic("a mistake of ours") } },
		} {
			s := packedGreeting(t, map[string]string{"target": target, "platform": "linux/amd64,linux/arm64"})
			panics(s)
			_, err := buildForTest(t.Context(), s)
			assert.ErrorContains(t, err, "internal error: a mistake of ours", "%s of %s", what, target)
		}
	}
}
