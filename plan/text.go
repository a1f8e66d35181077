package plan

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the plan for people: what is built and from what, then each
// step with what makes it run again, then what a person should know of. Long lines
// are broken at a width, and not at all when that is 0.
func (p Plan) WriteText(w io.Writer, width int) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s\n\n", p.title())
	writeTable(&text, p.facts(), width)
	fmt.Fprintln(&text)
	writeTable(&text, append([][2]string{{"Step", "Runs again when"}}, p.steps()...), width)
	if len(p.Warnings) > 0 {
		fmt.Fprintln(&text)
	}
	for _, warning := range p.Warnings {
		for _, line := range fit("Warning: "+warning.Source.prefix()+warning.Message, width) {
			fmt.Fprintln(&text, line)
		}
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}

// title says what is built.
func (p Plan) title() string {
	name := strings.TrimSpace(p.Project + " " + p.Function)
	return fmt.Sprintf("%s: %s for %s", name, p.Output, p.Platform)
}

// facts are what the build starts from and what the image is set to.
func (p Plan) facts() [][2]string {
	facts := [][2]string{
		{"Python", p.Python.text()},
		{"Base", p.Base.Ref},
		{"uv", p.UV.Ref},
	}
	if p.Config == nil {
		return facts
	}
	facts = append(facts, [2]string{"Handler", strings.Join(p.Config.Cmd, " ")})
	facts = append(facts, settings("Environment", p.Config.Env)...)
	return append(facts, settings("Label", p.Config.Labels)...)
}

// text is the version and where it comes from.
func (p Python) text() string {
	version := cmp.Or(p.FullVersion, p.Version)
	if p.Assumed {
		version = p.Version + ", taken to be " + p.FullVersion
	}
	return version + " (" + p.Reason + ")"
}

// settings is a row for each key of a map, in the order of the keys.
func settings(name string, values map[string]string) [][2]string {
	var rows [][2]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		rows = append(rows, [2]string{name, key + "=" + values[key]})
	}
	return rows
}

// steps are the stages in their order, each with what makes it run again.
func (p Plan) steps() [][2]string {
	var steps [][2]string
	for _, st := range p.stages() {
		steps = append(steps, [2]string{st.does, st.again()})
	}
	return steps
}

// again is what makes the stage run again. Long lists of files are cut: the
// whole list is in the plan's JSON.
func (st *stage) again() string {
	if st.runs != "" {
		return st.runs
	}
	names := cut(st.files)
	if st.made != "" {
		names = append(names, st.made)
	}
	if st.image != "" {
		names = append(names, "the base image")
	}
	return changes(append(names, st.settings...))
}

// cut shortens a list of files for people.
func cut(files []string) []string {
	const shown = 3
	if len(files) <= shown+1 {
		return slices.Clone(files)
	}
	return append(slices.Clone(files[:shown]), fmt.Sprintf("%d more files", len(files)-shown))
}

// changes says that a change to any of the names makes a step run again.
func changes(names []string) string {
	switch len(names) {
	case 0:
		return "never"
	case 1:
		return names[0] + " changes"
	}
	last := len(names) - 1
	return strings.Join(names[:last], ", ") + " or " + names[last] + " changes"
}

// count is a number with its noun.
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// prefix is the location as it stands before a message, empty when unknown.
func (l Location) prefix() string {
	if l.File == "" {
		return ""
	}
	if l.Line == 0 {
		return l.File + ": "
	}
	return fmt.Sprintf("%s:%d: ", l.File, l.Line)
}

// gap is the space between columns.
const gap = 2

// writeTable writes rows as two aligned columns.
func writeTable(w io.Writer, rows [][2]string, width int) {
	table := tabwriter.NewWriter(w, 0, 0, gap, ' ', 0)
	for _, row := range fitRows(rows, width) {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	// The writer below is a buffer, which cannot fail.
	_ = table.Flush()
}
