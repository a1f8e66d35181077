package draw

import (
	"fmt"
	"strings"
	"unicode"
)

// Mermaid is the graph as a Mermaid flowchart, which GitHub and GitLab draw in
// Markdown: https://mermaid.js.org/syntax/flowchart.html
func (g *Graph) Mermaid() string {
	var b strings.Builder
	fmt.Fprintf(&b, "---\ntitle: %q\n---\nflowchart LR\n", printable(g.title))
	kinds := map[kind]style{}
	for _, l := range styles() {
		kinds[l.kind] = l
		fmt.Fprintf(&b, "  classDef %s fill:%s,stroke:%s,color:%s\n", l.kind, l.fill, l.line, ink)
	}
	for _, n := range g.nodes {
		l := kinds[n.kind]
		fmt.Fprintf(&b, "  %s%s\"%s\"%s:::%s\n", n.id, l.open, n.mermaidLabel(), l.close, n.kind)
	}
	for _, e := range g.edges {
		arrow := "-->"
		if e.guard {
			arrow = `-. "must pass" .->`
		}
		fmt.Fprintf(&b, "  %s %s %s\n", e.from, arrow, e.to)
	}
	return b.String()
}

// mermaidLabel is a box's text, of which Mermaid takes simple HTML.
func (n node) mermaidLabel() string {
	title := mermaidLines(n.title)
	if n.kind != kindFiles {
		title = "<b>" + title + "</b>"
	}
	if n.note == "" {
		return title
	}
	return title + "<br>" + mermaidLines([]string{n.note})
}

func mermaidLines(lines []string) string {
	// Mermaid reads #NAME; as a character of its own, and has no other way to
	// write a quote.
	escape := strings.NewReplacer("#", "#35;", `"`, "#quot;", "&", "#amp;", "<", "#lt;", ">", "#gt;")
	escaped := make([]string, len(lines))
	for i, line := range lines {
		escaped[i] = escape.Replace(printable(line))
	}
	return strings.Join(escaped, "<br>")
}

// printable replaces what no picture can show, such as a line break in the
// name of a file.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, text)
}
