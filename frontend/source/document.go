// Package source reads the TOML files of a build context and remembers on
// which lines their keys stand, so that every later mistake can name its line.
package source

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/BurntSushi/toml"

	"github.com/uvlambda/uvlambda/plan"
)

// MaxSize is the largest file that is parsed, in bytes. Real pyproject.toml
// files have some kilobytes; the limit keeps a mistaken -f from using memory
// without bound.
const MaxSize = 4 << 20

// Document is a TOML file of the build context together with where each key
// stands.
type Document struct {
	// Name is the file's path in the context, as errors show it.
	Name string
	// Data is the file's content as it was read.
	Data []byte

	root   *node
	lines  lines
	values map[string]any
}

// Parse checks data and indexes it. Its errors are of type *Error: a file over
// MaxSize, text that is not UTF-8, and malformed TOML (https://toml.io).
func Parse(name string, data []byte) (*Document, error) {
	if len(data) > MaxSize {
		return nil, Errorf(plan.Location{File: name},
			"the file is over the limit of %d MiB: check that it is the file that was meant", MaxSize>>20)
	}
	if line, ok := invalidUTF8(data); ok {
		return nil, Errorf(plan.Location{File: name, Line: line, EndLine: line},
			"the file is not UTF-8, as TOML must be: save it in that encoding")
	}
	root, lines, err := index(name, data)
	if err != nil {
		return nil, err
	}
	d := &Document{Name: name, Data: data, root: root, lines: lines}
	if _, err := toml.Decode(string(data), &d.values); err != nil {
		return nil, d.decodeError(err)
	}
	uniform(d.values)
	return d, nil
}

// uniform gives the arrays in a value one type. The decoder has another for
// arrays of tables, and a file says the same with either way to write them.
func uniform(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, entry := range v {
			v[key] = uniform(entry)
		}
	case []any:
		for i := range v {
			v[i] = uniform(v[i])
		}
	case []map[string]any:
		items := make([]any, len(v))
		for i := range v {
			items[i] = uniform(v[i])
		}
		return items
	}
	return value
}

// decodeError gives the line of what the indexing parser lets pass, such as a
// date that does not exist.
func (d *Document) decodeError(err error) *Error {
	loc := plan.Location{File: d.Name}
	if parse, ok := errors.AsType[toml.ParseError](err); ok {
		loc.Line, loc.EndLine = parse.Position.Line, parse.Position.Line
		return Errorf(loc, "malformed TOML: %s: correct this line", strings.TrimSuffix(parse.Message, "."))
	}
	return Errorf(loc, "malformed TOML: %w: correct it", err)
}

// invalidUTF8 finds the first line that is not UTF-8.
func invalidUTF8(data []byte) (line int, found bool) {
	line = 1
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return line, true
		}
		if r == '\n' {
			line++
		}
		i += size
	}
	return 0, false
}

// Value gives what stands at path, with tables as map[string]any, arrays as
// []any, and scalars as string, int64, float64, bool or time.Time. It is nil when there is nothing.
func (d *Document) Value(path ...string) any {
	var value any = d.values
	for _, key := range path {
		switch v := value.(type) {
		case map[string]any:
			value = v[key]
		case []any:
			value = element(v, key)
		default:
			return nil
		}
	}
	return value
}

// element gives the item of a list that a decimal index names.
func element(list []any, key string) any {
	i, err := strconv.Atoi(key)
	if err != nil || i < 0 || i >= len(list) {
		return nil
	}
	return list[i]
}

// Locate gives the lines of the deepest existing element of path, which holds
// keys and, for the elements of arrays, decimal indices. A key's range covers
// its value, a table's only its header. An empty path is the first key or
// header, not a comment above it; it has no line when there is none.
func (d *Document) Locate(path ...string) plan.Location {
	loc := plan.Location{File: d.Name}
	n := d.root
	if len(n.keys) == 0 {
		return loc
	}
	for _, key := range path {
		deeper := n.child(key)
		if deeper == nil {
			break
		}
		n = deeper
	}
	loc.Line, loc.EndLine = d.lines.of(n.from, n.to)
	return loc
}

// Has reports whether path exists.
func (d *Document) Has(path ...string) bool {
	n := d.root
	for _, key := range path {
		if n = n.child(key); n == nil {
			return false
		}
	}
	return true
}

// Keys gives the keys directly below path, in file order. It is empty for
// anything but a table.
func (d *Document) Keys(path ...string) []string {
	n := d.root
	for _, key := range path {
		if n = n.child(key); n == nil {
			return nil
		}
	}
	return slices.Clone(n.keys)
}
