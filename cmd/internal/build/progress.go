package build

import (
	"io"
	"sync"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"
)

// progressWriter is a file that the progress display shows while it is written.
type progressWriter struct {
	io.WriteCloser
	vertex client.Vertex
	report func(*client.SolveStatus)
}

func newProgressWriter(w io.WriteCloser, name string, report func(*client.SolveStatus)) *progressWriter {
	now := time.Now()
	p := &progressWriter{WriteCloser: w, vertex: client.Vertex{Digest: digest.FromString(name), Name: name, Started: &now}, report: report}
	p.send()
	return p
}

func (p *progressWriter) send() {
	vertex := p.vertex
	p.report(&client.SolveStatus{Vertexes: []*client.Vertex{&vertex}})
}

func (p *progressWriter) Close() error {
	err := p.WriteCloser.Close()
	now := time.Now()
	p.vertex.Completed = &now
	if err != nil {
		p.vertex.Error = err.Error()
	}
	p.send()
	return err
}

// progressMux merges the progress of this process into the progress of the
// daemon.
type progressMux struct {
	mu     sync.Mutex
	to     chan *client.SolveStatus
	closed bool
}

// report adds to the progress, unless it is over.
func (m *progressMux) report(status *client.SolveStatus) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !m.closed {
		m.to <- status
	}
}

// from is a channel that passes on to the progress. Closing it ends the progress.
func (m *progressMux) from() chan *client.SolveStatus {
	from := make(chan *client.SolveStatus)
	go func() {
		for status := range from {
			m.report(status)
		}
		m.mu.Lock()
		defer m.mu.Unlock()
		m.closed = true
		close(m.to)
	}()
	return from
}
