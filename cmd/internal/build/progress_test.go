package build

import (
	"testing"

	"github.com/moby/buildkit/client"
	"github.com/stretchr/testify/assert"
)

// TestProgressMux: the display gets the progress of the daemon and of this
// process, and nothing after the end.
func TestProgressMux(t *testing.T) {
	t.Parallel()
	progress := &progressMux{to: make(chan *client.SolveStatus)}
	from := progress.from()
	daemon := &client.SolveStatus{Vertexes: []*client.Vertex{{Name: "daemon"}}}
	here := &client.SolveStatus{Vertexes: []*client.Vertex{{Name: "here"}}}
	done := make(chan struct{})
	go func() {
		defer close(done)
		from <- daemon
		progress.report(here)
		close(from)
	}()
	var got []*client.SolveStatus
	for status := range progress.to {
		got = append(got, status)
	}
	<-done
	assert.Len(t, got, 2)
	assert.Contains(t, got, daemon)
	assert.Contains(t, got, here)
	progress.report(here)
}
