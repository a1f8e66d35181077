package plan

import (
	"fmt"
	"slices"
	"strings"
)

// Graph is a picture of one or several plans: what they read of the context,
// their steps and what comes out. A step that plans have in common, which a
// builder runs once, is in it once.
type Graph struct {
	title string
	nodes []node
	edges []edge
}

// node is a box of the picture. Its lines are for people, and anything may be
// in them.
type node struct {
	id   string
	kind kind
	// title is what the box is, one line or several.
	title []string
	// note stands below it.
	note string
}

// The kinds of boxes that are no steps.
const (
	kindFiles kind = "files"
	kindImage kind = "image"
)

// edge leads from what is read to what reads it.
type edge struct {
	from, to string
	// guard is set when nothing is read: the one has to succeed for the other.
	guard bool
}

// NewGraph draws plans of one build, of all its functions and platforms.
func NewGraph(plans []Plan) *Graph {
	d := drawing{graph: &Graph{title: overview(plans)}, several: len(plans) > 1, drawn: map[string]string{}}
	for _, p := range plans {
		for _, st := range p.stages() {
			d.stage(st)
		}
	}
	return d.graph
}

// overview says what plans of one build are of.
func overview(plans []Plan) string {
	switch len(plans) {
	case 0:
		return ""
	case 1:
		return plans[0].title()
	}
	return plans[0].Project + ": " + count(len(plans), "build")
}

// drawing is a graph that grows.
type drawing struct {
	graph *Graph
	// several is set when boxes have to say which plan they are of.
	several bool
	// drawn are the names of the boxes by what they stand for.
	drawn map[string]string
}

// stage draws a stage, and what it reads, unless it is there already.
func (d *drawing) stage(st *stage) {
	if _, drawn := d.drawn[st.same]; drawn {
		return
	}
	var from []string
	if len(st.files) > 0 {
		from = append(from, d.box(strings.Join(st.files, "\n"), node{kind: kindFiles, title: listed(st.files)}))
	}
	if st.image != "" {
		from = append(from, d.box("image "+st.image, node{kind: kindImage, title: []string{"base image"}, note: st.image}))
	}
	for _, earlier := range st.after {
		from = append(from, d.drawn[earlier.same])
	}
	title := []string{st.does}
	if d.several && st.of != "" {
		title = append(title, st.of)
	}
	to := d.box(st.same, node{kind: st.kind, title: title, note: st.note()})
	for _, name := range from {
		d.graph.edges = append(d.graph.edges, edge{from: name, to: to})
	}
	for _, guard := range st.guards {
		d.graph.edges = append(d.graph.edges, edge{from: d.drawn[guard.same], to: to, guard: true})
	}
}

// note says what makes the stage run again beside what leads to its box.
func (st *stage) note() string {
	if st.runs != "" {
		return "runs " + st.runs
	}
	return "again when " + changes(append([]string{"an input"}, st.settings...))
}

// box adds a box, unless what it stands for has one, and gives its name.
func (d *drawing) box(what string, n node) string {
	if name, drawn := d.drawn[what]; drawn {
		return name
	}
	n.id = fmt.Sprintf("n%d", len(d.graph.nodes)+1)
	d.drawn[what] = n.id
	d.graph.nodes = append(d.graph.nodes, n)
	return n.id
}

// listed are the lines of a list of files.
func listed(files []string) []string {
	const shown = 7
	if len(files) <= shown+1 {
		return files
	}
	return append(slices.Clone(files[:shown]), fmt.Sprintf("and %d more", len(files)-shown))
}

// look is how boxes of a kind are drawn: colours as #RRGGBB.
type look struct {
	kind               kind
	fill, line         string
	shape, open, close string
}

// looks are the kinds in the order in which a picture defines them. The text
// is always dark, so that it can be read on them in dark pages too.
func looks() []look {
	return []look{
		{kindFiles, "#fff8e1", "#b08900", "note", "[/", "/]"},
		{kindImage, "#eceff1", "#607d8b", "cylinder", "[(", ")]"},
		{kindStep, "#e3f2fd", "#1e70bf", "box", "[", "]"},
		{kindCheck, "#f3e5f5", "#8e44ad", "box", "{{", "}}"},
		{kindResult, "#e6f4ea", "#2e7d32", "box", "([", "])"},
	}
}

// ink and faint are the colours of text and of what is said below it.
const (
	ink   = "#1f2328"
	faint = "#57606a"
)
