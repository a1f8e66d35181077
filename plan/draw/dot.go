package draw

import (
	"fmt"
	"html"
	"strings"
)

// dotFont is looked for by who draws the graph, and again by who shows it.
const dotFont = "Helvetica,Arial,sans-serif"

// DOT is the graph in Graphviz's language: https://graphviz.org/doc/info/lang.html
func (g *Graph) DOT() string {
	var b strings.Builder
	b.WriteString("digraph plan {\n")
	fmt.Fprintf(&b, "  graph [rankdir=LR, nodesep=0.3, ranksep=0.6, pad=0.2, fontname=%q, fontsize=14, fontcolor=%q, labelloc=t, label=<<b>%s</b><br/> >];\n",
		dotFont, ink, dotText(g.title))
	fmt.Fprintf(&b, "  node [shape=box, style=\"rounded,filled\", margin=\"0.2,0.1\", fontname=%q, fontsize=12, fontcolor=%q];\n", dotFont, ink)
	fmt.Fprintf(&b, "  edge [color=%q, arrowsize=0.7, fontname=%q, fontsize=10, fontcolor=%q];\n", faint, dotFont, faint)
	kinds := map[kind]style{}
	for _, l := range styles() {
		kinds[l.kind] = l
	}
	for _, n := range g.nodes {
		fmt.Fprintf(&b, "  %s [%slabel=<%s>];\n", n.id, kinds[n.kind].dot(), n.dotLabel())
	}
	for _, e := range g.edges {
		style := ""
		if e.guard {
			style = " [style=dashed, label=\"must pass\"]"
		}
		fmt.Fprintf(&b, "  %s -> %s%s;\n", e.from, e.to, style)
	}
	b.WriteString("}\n")
	return b.String()
}

// dot are a kind's attributes.
func (l style) dot() string {
	attributes := fmt.Sprintf("fillcolor=%q, color=%q, ", l.fill, l.line)
	if l.shape != "box" {
		attributes += "shape=" + l.shape + ", style=filled, "
	}
	if l.kind == kindResult {
		attributes += "penwidth=2, "
	}
	return attributes
}

// dotLabel is a box's text in Graphviz's subset of HTML.
func (n node) dotLabel() string {
	if n.kind == kindFiles {
		const left = `<br align="left"/>`
		return dotLines(n.title, left) + left
	}
	var title []string
	for _, line := range n.title {
		title = append(title, wrap(line, titleWidth)...)
	}
	label := "<b>" + dotLines(title, "<br/>") + "</b>"
	if n.note == "" {
		return label
	}
	return fmt.Sprintf("%s<br/><font point-size=\"10\" color=%q>%s</font>", label, faint, dotLines(wrap(n.note, noteWidth), "<br/>"))
}

func dotLines(lines []string, separator string) string {
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = dotText(line)
	}
	return strings.Join(escaped, separator)
}

// dotText is text in a label. Graphviz refuses control characters in one.
func dotText(text string) string {
	return html.EscapeString(printable(text))
}

// The widths of text in boxes, in characters: Graphviz does not wrap.
const (
	titleWidth = 34
	noteWidth  = 44
)
