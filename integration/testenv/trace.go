package testenv

import (
	"bufio"
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
)

// Step is one step of a build, as the progress display would show it.
type Step struct {
	Name string
	// Cached is set when the step's result was there already.
	Cached bool
	// Duration is zero for a step that did not run.
	Duration time.Duration
	// Error is the message of a step that failed.
	Error string
	// Log is what the step printed.
	Log string
}

// Trace is all the steps of a build, in the order they were first seen.
type Trace []Step

// Named are the steps with a name that contains the text.
func (t Trace) Named(text string) Trace {
	return t.filter(func(s Step) bool { return strings.Contains(s.Name, text) })
}

// Ran are the steps that were executed, not taken from the cache.
func (t Trace) Ran() Trace {
	return t.filter(func(s Step) bool { return !s.Cached && s.Duration > 0 })
}

// Finished are the steps that were executed to their end. A step that several
// builds of one bake have in common is canceled in all but one of them.
func (t Trace) Finished() Trace {
	return t.Ran().filter(func(s Step) bool { return s.Error == "" })
}

// Stages are the steps of the build's own stages, which check, install, copy and
// assemble, without the loading before and the exporting after.
func (t Trace) Stages() Trace {
	return t.filter(func(s Step) bool {
		stage, name, named := strings.Cut(s.Name, "] ")
		return named && !strings.HasSuffix(stage, "internal") && !slices.ContainsFunc(builderWork(), func(prefix string) bool {
			return strings.HasPrefix(name, prefix)
		})
	})
}

// builderWork is how the names of steps begin that are BuildKit's own and not
// of any stage. In a bake they have the target before them like all others. An
// image that a Dockerfile pulls at the same moment has the Dockerfile's name.
func builderWork() []string {
	return []string{"FROM ", "resolve image config for ", "docker-image://", "exporting ", "importing ", "preparing ", "pushing "}
}

// Names are the steps' names.
func (t Trace) Names() []string {
	names := make([]string, len(t))
	for i, step := range t {
		names[i] = step.Name
	}
	return names
}

// Log is what all the steps printed.
func (t Trace) Log() string {
	var b strings.Builder
	for _, step := range t {
		b.WriteString(step.Log)
	}
	return b.String()
}

func (t Trace) filter(keep func(Step) bool) Trace {
	var kept Trace
	for _, step := range t {
		if keep(step) {
			kept = append(kept, step)
		}
	}
	return kept
}

// readTrace splits the standard error of a build with --progress=rawjson into
// the steps and the text between them, which holds the build's error.
func readTrace(stderr []byte) (Trace, string) {
	var text strings.Builder
	var trace Trace
	position := map[string]int{}
	lines := bufio.NewScanner(bytes.NewReader(stderr))
	lines.Buffer(nil, len(stderr)+1)
	for lines.Scan() {
		var status client.SolveStatus
		if !bytes.HasPrefix(lines.Bytes(), []byte("{")) || json.Unmarshal(lines.Bytes(), &status) != nil {
			text.WriteString(lines.Text() + "\n")
			continue
		}
		for _, vertex := range status.Vertexes {
			i, seen := position[vertex.Digest.String()]
			if !seen {
				i = len(trace)
				position[vertex.Digest.String()] = i
				trace = append(trace, Step{Name: vertex.Name})
			}
			trace[i].update(vertex)
		}
		for _, log := range status.Logs {
			if i, seen := position[log.Vertex.String()]; seen {
				trace[i].Log += string(log.Data)
			}
		}
	}
	return trace, text.String()
}

func (s *Step) update(vertex *client.Vertex) {
	s.Cached = s.Cached || vertex.Cached
	if vertex.Error != "" {
		s.Error = vertex.Error
	}
	if vertex.Started != nil && vertex.Completed != nil {
		s.Duration = max(s.Duration, vertex.Completed.Sub(*vertex.Started))
	}
}
