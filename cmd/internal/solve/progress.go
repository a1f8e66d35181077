package solve

import (
	"io"
	"sync"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"
)

// told is a file that the progress display knows of while it is written.
type told struct {
	io.WriteCloser
	vertex client.Vertex
	tell   func(*client.SolveStatus)
}

func newTold(w io.WriteCloser, name string, tell func(*client.SolveStatus)) *told {
	now := time.Now()
	t := &told{WriteCloser: w, vertex: client.Vertex{Digest: digest.FromString(name), Name: name, Started: &now}, tell: tell}
	t.send()
	return t
}

func (t *told) send() {
	vertex := t.vertex
	t.tell(&client.SolveStatus{Vertexes: []*client.Vertex{&vertex}})
}

func (t *told) Close() error {
	err := t.WriteCloser.Close()
	now := time.Now()
	t.vertex.Completed = &now
	if err != nil {
		t.vertex.Error = err.Error()
	}
	t.send()
	return err
}

// joined is a progress that this process adds to.
type joined struct {
	mu     sync.Mutex
	to     chan *client.SolveStatus
	closed bool
}

// tell adds to the progress, unless it is over.
func (j *joined) tell(status *client.SolveStatus) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if !j.closed {
		j.to <- status
	}
}

// from is a channel that passes on to the progress. Closing it ends the progress.
func (j *joined) from() chan *client.SolveStatus {
	from := make(chan *client.SolveStatus)
	go func() {
		for status := range from {
			j.tell(status)
		}
		j.mu.Lock()
		defer j.mu.Unlock()
		j.closed = true
		close(j.to)
	}()
	return from
}
