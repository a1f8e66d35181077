package initproject

import (
	"bytes"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
	strict "github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// bom may begin a file that a Windows editor wrote.
const bom = "\xef\xbb\xbf"

// tablePath is where a pyproject.toml has what uvlambda reads.
func tablePath() []string { return []string{"tool", "uvlambda"} }

// Replacement is a person's text and the text that would replace it.
type Replacement struct {
	Location plan.Location
	Old, New string
}

// setting is a key of the table, with its value as TOML writes it.
type setting struct{ key, value string }

// line is the setting as a line of the table.
func (s setting) line() string { return s.key + " = " + s.value }

// parsed is the setting's value as source.Document has values.
func (s setting) parsed() (any, error) {
	var table map[string]any
	if _, err := toml.Decode(s.line(), &table); err != nil {
		return nil, fmt.Errorf("%s is no TOML: %w", s.line(), err)
	}
	return table[s.key], nil
}

// setKeys gives a pyproject.toml in which [tool.uvlambda] has the settings. A
// key that is there keeps its place, key and comment; new keys come behind the
// table's last one, and a new table at the end of the file. Every other byte
// stays as it is. A document whose table cannot be extended that way, such as
// an inline one, is an error that holds the lines to write by hand.
func setKeys(doc *source.Document, settings []setting) (data []byte, replaced []Replacement, err error) {
	var missing []setting
	data = doc.Data
	at := findTable(data)
	edits := map[span]string{}
	for _, s := range settings {
		want, err := s.parsed()
		if err != nil {
			return nil, nil, err
		}
		old := doc.Value(append(tablePath(), s.key)...)
		value, written := at.values[s.key]
		switch {
		case reflect.DeepEqual(old, want):
		case written:
			edits[value] = s.value
			replaced = append(replaced, Replacement{
				Location: doc.Locate(append(tablePath(), s.key)...),
				Old:      s.key + " = " + string(data[value.start:value.end]),
				New:      s.line(),
			})
		default:
			missing = append(missing, s)
		}
	}
	if len(missing) > 0 {
		edits[span{at.end, at.end}] = newLines(data, at, missing)
	}
	if len(edits) == 0 {
		return data, nil, nil
	}
	data = splice(data, edits)
	if !holds(doc, data, settings) {
		lines := make([]string, len(settings))
		for i, s := range settings {
			lines[i] = s.line()
		}
		return nil, nil, source.Errorf(doc.Locate(tablePath()...),
			"[tool.uvlambda] cannot be added to the way that [tool] is written here: write it by hand: %s", strings.Join(lines, ", "))
	}
	return data, replaced, nil
}

// newLines is the text that adds keys, with the header of the table when there
// is none yet.
func newLines(data []byte, at tableLayout, missing []setting) string {
	eol := lineEnd(data)
	var b strings.Builder
	if at.end > 0 && data[at.end-1] != '\n' && string(data) != bom {
		b.WriteString(eol)
	}
	if !at.header {
		if len(bytes.TrimSpace(bytes.TrimPrefix(data, []byte(bom)))) > 0 {
			b.WriteString(eol)
		}
		b.WriteString("[" + strings.Join(tablePath(), ".") + "]" + eol)
	}
	for _, s := range missing {
		b.WriteString(s.line() + eol)
	}
	return b.String()
}

// functionHeader is the header of a function's table.
func functionHeader(name string) string {
	return "[" + strings.Join(append(tablePath(), "functions", name), ".") + "]"
}

// addFunctions adds tables of functions at the end of a document that has none.
func addFunctions(data []byte, functions []function) []byte {
	if len(functions) == 0 {
		return data
	}
	eol := lineEnd(data)
	var b strings.Builder
	b.Write(data)
	if len(data) > 0 && data[len(data)-1] != '\n' {
		b.WriteString(eol)
	}
	above := shared(functions)
	for _, f := range functions {
		b.WriteString(eol + functionHeader(f.name) + eol)
		for _, s := range f.settings(above) {
			b.WriteString(s.line() + eol)
		}
	}
	return []byte(b.String())
}

// span is a range of bytes.
type span struct{ start, end int }

// tableLayout is where a document has [tool.uvlambda].
type tableLayout struct {
	// header is set when the table has a header of its own.
	header bool
	// end is where keys are added: behind the table's last line, or at the end
	// of the file.
	end int
	// values are the ranges of the values of undotted keys.
	values map[string]span
}

// findTable looks for the table in a document that is known to parse.
func findTable(data []byte) tableLayout {
	at := tableLayout{end: len(data), values: map[string]span{}}
	skipped := len(data) - len(bytes.TrimPrefix(data, []byte(bom)))
	var parser unstable.Parser
	// The parser tells offsets by capacity, so there must be none to spare.
	text := data[skipped:len(data):len(data)]
	parser.Reset(text)
	inside := false
	for parser.NextExpression() {
		expr := parser.Expression()
		names, keyEnd := keyOf(expr)
		switch {
		case expr.Kind == unstable.Table && slices.Equal(names, tablePath()):
			inside, at.header = true, true
			at.end = skipped + lineAfter(text, keyEnd)
		case expr.Kind != unstable.KeyValue:
			inside = false
		case inside:
			end := int(expr.Raw.Offset + expr.Raw.Length)
			at.end = skipped + lineAfter(text, end)
			if len(names) == 1 {
				start := keyEnd + bytes.IndexByte(text[keyEnd:], '=') + 1
				value := bytes.TrimSpace(text[start:end])
				start += bytes.Index(text[start:end], value)
				at.values[names[0]] = span{skipped + start, skipped + start + len(value)}
			}
		}
	}
	return at
}

// keyOf gives the parts of the key of a header or a key-value pair, and the
// offset behind it.
func keyOf(expr *unstable.Node) (names []string, end int) {
	for keys := expr.Key(); keys.Next(); {
		key := keys.Node()
		names = append(names, string(key.Data))
		end = int(key.Raw.Offset + key.Raw.Length)
	}
	return names, end
}

// lineAfter is the offset of the line below the one that holds an offset.
func lineAfter(text []byte, offset int) int {
	if i := bytes.IndexByte(text[offset:], '\n'); i >= 0 {
		return offset + i + 1
	}
	return len(text)
}

// splice replaces ranges, which do not overlap.
func splice(data []byte, edits map[span]string) []byte {
	spans := slices.SortedFunc(maps.Keys(edits), func(a, b span) int { return a.start - b.start })
	var out []byte
	at := 0
	for _, s := range spans {
		out = append(append(out, data[at:s.start]...), edits[s]...)
		at = s.end
	}
	return append(out, data[at:]...)
}

// lineEnd is how the file ends its lines.
func lineEnd(data []byte) string {
	if i := bytes.IndexByte(data, '\n'); i > 0 && data[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// holds reports whether every reader finds in data the values of doc and the
// settings: the parser of documents lets a header extend an inline table, and uv's
// parser refuses that.
func holds(doc *source.Document, data []byte, settings []setting) bool {
	edited, err := source.Parse(doc.Name, data)
	if err != nil {
		return false
	}
	var values map[string]any
	if err := strict.Unmarshal(bytes.TrimPrefix(data, []byte(bom)), &values); err != nil {
		return false
	}
	root, _ := doc.Value().(map[string]any)
	want, ok := withTable(root, tablePath(), settings)
	return ok && reflect.DeepEqual(want, edited.Value())
}

// withTable is a copy of a table in which the one below path has the settings.
// It is not ok when something else than a table stands there.
func withTable(table map[string]any, path []string, settings []setting) (map[string]any, bool) {
	table = maps.Clone(table)
	if table == nil {
		table = map[string]any{}
	}
	if len(path) == 0 {
		for _, s := range settings {
			value, err := s.parsed()
			if err != nil {
				return nil, false
			}
			table[s.key] = value
		}
		return table, true
	}
	below, isTable := table[path[0]].(map[string]any)
	if _, present := table[path[0]]; present && !isTable {
		return nil, false
	}
	below, ok := withTable(below, path[1:], settings)
	table[path[0]] = below
	return table, ok
}
