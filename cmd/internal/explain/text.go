package explain

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	// shown is how many parts are listed one by one.
	shown = 20
	// nameWidth is how many characters of a name are shown, barWidth how long a
	// bar is.
	nameWidth, barWidth = 30, 16
)

// row is a line of a table with a bar.
type row struct {
	name string
	size int64
	// amount is the size in words; empty is one in bytes.
	amount string
	// detail stands between the size and the share.
	detail string
	// whole is what the bar is a share of.
	whole int64
}

// WriteText writes the report for people.
func (r Report) WriteText(w io.Writer) error {
	var text bytes.Buffer
	title := r.Kind.title()
	if r.Platform != "" {
		title += " for " + r.Platform
	}
	fmt.Fprintf(&text, "%s: %s, %s, %s\n", printable(r.Source), title, plural(r.Files, "file"), humanSize(r.Size))
	writeRows(&text, "Limit", "", r.limitRows())
	writeRows(&text, "What", "", r.groupRows())
	if r.Bytecode > 0 {
		fmt.Fprintf(&text, "Compiled modules are %s of it, %s.\n", humanSize(r.Bytecode), percent(share(r.Bytecode, r.Size)))
	}
	writeRows(&text, "Package or file", "", r.partRows())
	if len(r.Layers) > 1 {
		writeRows(&text, r.Kind.layer(), "Compressed", r.layerRows())
	}
	if _, err := w.Write(text.Bytes()); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

func (r Report) limitRows() []row {
	var rows []row
	for _, limit := range r.Limits {
		name := limit.describe()
		if limit.Source != "" && len(r.Layers) > 1 {
			name = limit.Source + " zipped"
		}
		rows = append(rows, row{name: name, size: limit.Size, amount: limit.amount(limit.Size), detail: "of " + limit.amount(limit.Limit), whole: limit.Limit})
	}
	return rows
}

func (r Report) groupRows() []row {
	var rows []row
	for _, group := range r.Groups {
		rows = append(rows, row{name: group.Group.title(), size: group.Size, whole: r.Size})
	}
	return rows
}

// partRows are the largest parts of the function; the base image is one group.
func (r Report) partRows() []row {
	parts := r.functionParts()
	whole := sizeOf(parts)
	var rows []row
	for _, part := range parts[:min(shown, len(parts))] {
		rows = append(rows, row{name: part.Title(), size: part.Size, whole: whole})
	}
	if rest := parts[len(rows):]; len(rest) > 0 {
		rows = append(rows, row{name: fmt.Sprintf("%d more", len(rest)), size: sizeOf(rest), whole: whole})
	}
	return rows
}

func (r Report) layerRows() []row {
	var rows []row
	for i, layer := range r.Layers {
		detail := ""
		if compressed := cmp.Or(layer.Compressed, layer.Zipped); compressed > 0 {
			detail = humanSize(compressed)
		}
		rows = append(rows, row{name: fmt.Sprintf("%d %s", i+1, layer.Name), size: layer.Size, detail: detail, whole: r.Size})
	}
	return rows
}

// functionParts are the parts that a build adds to a base image.
func (r Report) functionParts() []Part {
	var parts []Part
	for _, part := range r.Parts {
		if part.Group.ofFunction() {
			parts = append(parts, part)
		}
	}
	return parts
}

// Title is the part's name with its version.
func (p Part) Title() string {
	return strings.TrimSpace(p.Name + " " + p.Version)
}

func sizeOf(parts []Part) int64 {
	var sum int64
	for _, part := range parts {
		sum += part.Size
	}
	return sum
}

// writeRows writes a table after an empty line, with the titles of the names
// and of the details.
func writeRows(text *bytes.Buffer, title, detail string, rows []row) {
	if len(rows) == 0 {
		return
	}
	width, details := utf8.RuneCountInString(title), len(detail)
	for i, row := range rows {
		rows[i].name = shorten(printable(row.name))
		width = max(width, utf8.RuneCountInString(rows[i].name))
		details = max(details, len(row.detail))
	}
	if details > 0 {
		details += len("  ")
	}
	fmt.Fprintf(text, "\n%-*s  %9s%*s  %7s\n", width, title, "Size", details, detail, "Share")
	for _, row := range rows {
		part := share(row.size, row.whole)
		line := fmt.Sprintf("%-*s  %9s%*s  %7s  %s", width, row.name, cmp.Or(row.amount, humanSize(row.size)), details, row.detail, percent(part), bar(part))
		fmt.Fprintln(text, strings.TrimRight(line, " "))
	}
}

// bar draws a share in eighths of a character.
func bar(share float64) string {
	eighths := int(share*barWidth*8 + 0.5)
	if share > 0 {
		eighths = max(eighths, 1)
	}
	eighths = min(eighths, barWidth*8)
	return strings.Repeat("█", eighths/8) + [...]string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}[eighths%8]
}

// printable escapes control characters in names, which a terminal would obey.
func printable(name string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return unicode.ReplacementChar
		}
		return r
	}, name)
}

// shorten cuts a name at its end.
func shorten(name string) string {
	if runes := []rune(name); len(runes) > nameWidth {
		return string(runes[:nameWidth-1]) + "…"
	}
	return name
}
