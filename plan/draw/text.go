// Package draw prints plans: as text for a terminal, and as pictures in the
// languages of Mermaid and Graphviz. It walks the steps of a plan and knows no
// kind of step.
package draw

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/uvlambda/uvlambda/plan"
)

// Text writes a plan for people: what is built and from what, then each step with
// what makes it run again, then what a person should know of. Long lines are
// broken at a width, and not at all when that is 0.
func Text(w io.Writer, p *plan.Plan, width int) error {
	var text bytes.Buffer
	fmt.Fprintf(&text, "%s\n\n", title(p))
	writeTable(&text, facts(p), width)
	fmt.Fprintln(&text)
	writeTable(&text, append([][2]string{{"Step", "Runs again when"}}, steps(p)...), width)
	if len(p.Warnings) > 0 {
		fmt.Fprintln(&text)
	}
	for _, warning := range p.Warnings {
		for _, line := range fit("Warning: "+prefix(warning.Source)+warning.Message, width) {
			fmt.Fprintln(&text, line)
		}
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}

// title says what is built.
func title(p *plan.Plan) string {
	name := strings.TrimSpace(p.Project + " " + p.Function)
	return fmt.Sprintf("%s: %s for %s", name, p.Output, p.Platform)
}

// facts are what the build starts from and what the image is set to.
func facts(p *plan.Plan) [][2]string {
	facts := [][2]string{
		{"Python", pythonText(p.Python)},
		{"Base", p.Base.Ref},
		{"uv", p.UV.Ref},
	}
	if p.Builder != nil {
		facts = append(facts, [2]string{"Builder", p.Builder.Ref})
	}
	if p.Config == nil {
		return facts
	}
	what := "Handler"
	if p.Config.Command {
		what = "Command"
	}
	facts = append(facts, [2]string{what, strings.Join(p.Config.Cmd, " ")})
	for _, set := range [][2]string{{"Entrypoint", strings.Join(p.Config.Entrypoint, " ")}, {"User", p.Config.User}} {
		if set[1] != "" {
			facts = append(facts, set)
		}
	}
	facts = append(facts, settings("Environment", p.Config.Env)...)
	return append(facts, settings("Label", p.Config.Labels)...)
}

// pythonText is the version and where it comes from.
func pythonText(p plan.Python) string {
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

// steps are a row for each step, with what makes it run again.
func steps(p *plan.Plan) [][2]string {
	var rows [][2]string
	for _, st := range p.Steps {
		rows = append(rows, [2]string{st.Title, again(p, st)})
	}
	return rows
}

// again is what makes a step run again. Long lists of files are cut: the whole
// list is in the plan's JSON.
func again(p *plan.Plan, st plan.Step) string {
	if st.Runs != "" {
		return st.Runs
	}
	names := cut(files(st))
	if taken := taken(st); taken != "" {
		names = append(names, taken)
	}
	for _, image := range images(st) {
		names = append(names, imageName(p, image))
	}
	return changes(append(names, st.Settings...))
}

// files are what a step reads of the context, for people.
func files(st plan.Step) []string {
	var names []string
	for _, r := range st.Reads {
		names = append(names, r.Name())
	}
	return names
}

// taken names, for people, the outputs of other steps that a step takes.
func taken(st plan.Step) string {
	if st.Taken == "" && len(st.Takes) > 0 {
		return "what the steps above make"
	}
	return st.Taken
}

// images are the images that the result of a step is made of. A step that runs on
// the build platform has them for its programs, which its settings name.
func images(st plan.Step) []string {
	if st.On == plan.Build || st.On == plan.Target && st.Cache {
		return nil
	}
	return st.Images
}

// imageName is an image for people.
func imageName(p *plan.Plan, ref string) string {
	if ref == p.Base.Ref {
		return "the base image"
	}
	return "the image " + ref
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

// prefix is the location as it stands before a message, empty when unknown.
func prefix(l plan.Location) string {
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
