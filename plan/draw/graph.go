package draw

import (
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
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

// kind groups boxes that look alike.
type kind string

const (
	kindFiles  kind = "files"
	kindImage  kind = "image"
	kindStep   kind = "step"
	kindCheck  kind = "check"
	kindResult kind = "result"
)

// edge leads from what is read to what reads it.
type edge struct {
	from, to string
	// guard is set when the later step reads nothing of the earlier one, which only
	// has to succeed.
	guard bool
}

// NewGraph draws plans of one build, of all its functions and platforms.
func NewGraph(plans []plan.Plan) *Graph {
	d := drawing{graph: &Graph{title: overview(plans)}, several: len(plans) > 1, drawn: map[string]string{}}
	for i := range plans {
		d.plan(&plans[i])
	}
	return d.graph
}

// overview says what plans of one build are of.
func overview(plans []plan.Plan) string {
	switch len(plans) {
	case 0:
		return ""
	case 1:
		return title(&plans[0])
	}
	return fmt.Sprintf("%s: %d builds", plans[0].Project, len(plans))
}

// drawing is a graph that grows.
type drawing struct {
	graph *Graph
	// several is set when boxes have to say which plan they are of.
	several bool
	// drawn are the names of the boxes by what they stand for.
	drawn map[string]string
}

// plan draws the steps of a plan, and what they read, unless they are there
// already.
func (d *drawing) plan(p *plan.Plan) {
	same := identities(p)
	for i := range p.Steps {
		st := &p.Steps[i]
		if _, drawn := d.drawn[same[st.Name]]; !drawn {
			d.step(p, st, look(p, st), same)
		}
	}
}

// look is how the box of a step looks.
func look(p *plan.Plan, st *plan.Step) kind {
	switch {
	case st == p.Result():
		return kindResult
	case p.Guarding(st.Name):
		return kindCheck
	}
	return kindStep
}

// step draws a step, and what it reads.
func (d *drawing) step(p *plan.Plan, st *plan.Step, looks kind, same map[string]string) {
	var from []string
	if names := files(*st); len(names) > 0 {
		from = append(from, d.box(strings.Join(names, "\n"), node{kind: kindFiles, title: listed(names)}))
	}
	for _, image := range images(*st) {
		from = append(from, d.box("image "+image, node{kind: kindImage, title: []string{imageTitle(p, image)}, note: image}))
	}
	for _, earlier := range st.Takes {
		from = append(from, d.drawn[same[earlier]])
	}
	title := []string{st.Title}
	if d.several && st.For != "" {
		title = append(title, st.For)
	}
	to := d.box(same[st.Name], node{kind: looks, title: title, note: note(st)})
	for _, name := range from {
		d.graph.edges = append(d.graph.edges, edge{from: name, to: to})
	}
	for _, guard := range st.Guards {
		d.graph.edges = append(d.graph.edges, edge{from: d.drawn[same[guard]], to: to, guard: true})
	}
}

// imageTitle is what the box of an image is called; its reference stands below.
func imageTitle(p *plan.Plan, ref string) string {
	if ref == p.Base.Ref {
		return "base image"
	}
	return "image"
}

// note says what makes a step run again beside what leads to its box.
func note(st *plan.Step) string {
	if st.Runs != "" {
		return "runs " + st.Runs
	}
	return "again when " + changes(append([]string{"an input"}, st.Settings...))
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

// style is how boxes of a kind are drawn: colours as #RRGGBB.
type style struct {
	kind               kind
	fill, line         string
	shape, open, close string
}

// styles are the styles of the kinds, in the order in which a picture defines them. The text
// is always dark, so that it can be read on them in dark pages too.
func styles() []style {
	return []style{
		{kindFiles, "#fff8e1", "#b08900", "note", "[/", "/]"},
		{kindImage, "#eceff1", "#607d8b", "cylinder", "[(", ")]"},
		{kindStep, "#e3f2fd", "#1e70bf", "box", "[", "]"},
		{kindCheck, "#f3e5f5", "#8e44ad", "box", "{{", "}}"},
		{kindResult, "#e6f4ea", "#2e7d32", "box", "([", "])"},
	}
}

// ink is the colour of text, and faint the colour of the text below it.
const (
	ink   = "#1f2328"
	faint = "#57606a"
)
