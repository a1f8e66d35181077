package build

import (
	"bytes"
	"slices"

	"github.com/moby/buildkit/client"
	"github.com/opencontainers/go-digest"
)

// once leaves out of the progress what a step says that one of its name has said
// before it failed: a step that failed on a shorter form of the project's files
// runs once more on the files themselves.
type once struct {
	// steps are the steps seen so far.
	steps map[digest.Digest]*step
}

// step describes a step.
type step struct {
	name   string
	failed bool
	log    []byte
}

// filter changes a part of the progress.
func (o *once) filter(status *client.SolveStatus) {
	if o.steps == nil {
		o.steps = map[digest.Digest]*step{}
	}
	for _, v := range status.Vertexes {
		if o.steps[v.Digest] == nil {
			o.steps[v.Digest] = &step{name: v.Name}
		}
		o.steps[v.Digest].failed = v.Error != ""
	}
	for _, log := range status.Logs {
		current := o.steps[log.Vertex]
		if current == nil {
			continue
		}
		if said := o.said(current); said != nil {
			log.Data = without(log.Data, said)
		} else {
			current.log = append(current.log, log.Data...)
		}
	}
	status.Logs = slices.DeleteFunc(status.Logs, func(log *client.VertexLog) bool { return len(log.Data) == 0 })
}

// said is the log of a step that failed and has the name of another.
func (o *once) said(current *step) []byte {
	for _, other := range o.steps {
		if other != current && other.failed && other.name == current.name {
			return other.log
		}
	}
	return nil
}

// without leaves out the lines that a text has.
func without(log, said []byte) []byte {
	var rest []byte
	for line := range bytes.Lines(log) {
		if !bytes.Contains(said, line) {
			rest = append(rest, line...)
		}
	}
	return rest
}
