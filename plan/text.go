package plan

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"strings"
	"text/tabwriter"
)

// WriteText writes the plan for people: what is built and from what, then each
// step with what makes it run again, then what a person should know of.
func (p Plan) WriteText(w io.Writer) error {
	var text bytes.Buffer
	name := strings.TrimSpace(p.Project + " " + p.Function)
	fmt.Fprintf(&text, "%s: %s for %s\n\n", name, p.Output, p.Platform)
	writeTable(&text, p.facts())
	fmt.Fprintln(&text)
	writeTable(&text, append([][2]string{{"Step", "Runs again when"}}, p.steps()...))
	if len(p.Warnings) > 0 {
		fmt.Fprintln(&text)
	}
	for _, warning := range p.Warnings {
		fmt.Fprintf(&text, "Warning: %s%s\n", warning.Source.prefix(), warning.Message)
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the plan: %w", err)
	}
	return nil
}

// facts are what the build starts from and what the image is set to.
func (p Plan) facts() [][2]string {
	facts := [][2]string{
		{"Python", p.Python.Version + " (" + p.Python.Reason + ")"},
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

// settings is a row for each key of a map, in the order of the keys.
func settings(name string, values map[string]string) [][2]string {
	var rows [][2]string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		rows = append(rows, [2]string{name, key + "=" + values[key]})
	}
	return rows
}

// steps are the steps in their order, each with what makes it run again.
func (p Plan) steps() [][2]string {
	var steps [][2]string
	add := func(step, again string) { steps = append(steps, [2]string{step, again}) }
	if p.Lock != nil {
		add("lock "+p.Lock.Root, "a project file changes")
	}
	if p.LockCheck != nil {
		add("check that uv.lock is up to date", changes(p.LockCheck.Files))
	}
	if p.Export != nil {
		add("export uv.lock", changes(p.Export.Files))
	}
	if p.Dependencies != nil {
		inputs := []string{"the exported list"}
		if p.Dependencies.Settings != "" {
			inputs = append(inputs, "an install setting of [tool.uv]")
		}
		add("install "+count(p.Dependencies.Packages, "package"), changes(inputs))
	}
	for _, member := range p.Members {
		step, again := "build and install "+member.Name, "a file in "+member.Path+" changes"
		if member.Archive {
			step, again = "install "+member.Name, changes([]string{member.Path})
		}
		add(step, again)
	}
	if p.App != nil {
		for _, c := range p.App.Copies {
			add("copy "+c.From+" to "+c.target(), c.From+" changes")
		}
	}
	if p.Test != nil {
		add(p.Test.step(), p.Test.again())
	}
	return steps
}

// step is what the test does.
func (t Test) step() string {
	if len(t.Events) == 0 {
		return "start the function"
	}
	return "send the function " + count(len(t.Events), "event")
}

// again is what makes the test run again.
func (t Test) again() string {
	switch {
	case t.Skip != "":
		return "never: " + t.Skip
	case len(t.Events) == 0:
		return "a step above changes something"
	}
	return "a step above changes something, or an event changes"
}

// target is where a copy ends up in the image.
func (c Copy) target() string {
	return path.Join(TaskRoot, c.To)
}

// changes says that a change to any of the names makes a step run again. Long
// lists are cut: the whole list is in the plan's JSON.
func changes(names []string) string {
	const shown = 3
	if len(names) > shown+1 {
		names = append(slices.Clone(names[:shown]), fmt.Sprintf("%d more files", len(names)-shown))
	}
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

// writeTable writes rows as two aligned columns.
func writeTable(w io.Writer, rows [][2]string) {
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t%s\n", row[0], row[1])
	}
	// The writer below is a buffer, which cannot fail.
	_ = table.Flush()
}
