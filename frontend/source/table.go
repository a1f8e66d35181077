package source

import (
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/uvlambda/uvlambda/plan"
)

// Table reads typed values from one table of a document and collects their
// mistakes, so that all are told at once.
type Table struct {
	doc  *Document
	path []string
	// errs are shared with the tables below.
	errs *[]*Error
}

// Table gives the table at path; it need not exist.
func (d *Document) Table(path ...string) *Table {
	return &Table{doc: d, path: path, errs: &[]*Error{}}
}

// Table gives the table at a path below t. Both tables share their mistakes.
func (t *Table) Table(path ...string) *Table {
	return &Table{doc: t.doc, path: t.at(path), errs: t.errs}
}

// Exists reports whether the table is there.
func (t *Table) Exists() bool { return t.doc.Has(t.path...) }

// at gives the full path of a path below the table.
func (t *Table) at(path []string) []string { return slices.Concat(t.path, path) }

// Value gives the untyped value at a path below the table, nil when there is
// none. See Document.Value for the types.
func (t *Table) Value(path ...string) any { return t.doc.Value(t.at(path)...) }

// Locate gives the lines of a path below the table.
func (t *Table) Locate(path ...string) plan.Location { return t.doc.Locate(t.at(path)...) }

// Keys gives the keys directly below a path below the table, in file order.
func (t *Table) Keys(path ...string) []string { return t.doc.Keys(t.at(path)...) }

// Add records a mistake in the value at a path below the table.
func (t *Table) Add(path []string, format string, args ...any) {
	*t.errs = append(*t.errs, Errorf(t.Locate(path...), format, args...))
}

// Err joins all recorded mistakes in file order; it is nil when there are none.
func (t *Table) Err() error {
	sorted := slices.Clone(*t.errs)
	slices.SortStableFunc(sorted, func(a, b *Error) int { return a.Location.Line - b.Location.Line })
	errs := make([]error, len(sorted))
	for i, err := range sorted {
		errs[i] = err
	}
	return errors.Join(errs...)
}

// String reads a string, "" when it is absent.
func (t *Table) String(path ...string) string {
	s, _ := read[string](t, "a string", path)
	return s
}

// Bool reads a boolean; ok is false when it is absent.
func (t *Table) Bool(path ...string) (value, ok bool) {
	return read[bool](t, "a boolean", path)
}

// Int reads an integer; ok is false when it is absent.
func (t *Table) Int(path ...string) (value int64, ok bool) {
	return read[int64](t, "an integer", path)
}

// Strings reads an array of strings, nil when it is absent.
func (t *Table) Strings(path ...string) []string {
	items := t.Array(path...)
	if items == nil {
		return nil
	}
	list := make([]string, 0, len(items))
	for i := range items {
		list = append(list, t.String(append(slices.Clone(path), strconv.Itoa(i))...))
	}
	return list
}

// Array reads an array of anything, nil when it is absent.
func (t *Table) Array(path ...string) []any {
	list, _ := read[[]any](t, "an array", path)
	return list
}

// StringMap reads a table of strings, nil when it is absent.
func (t *Table) StringMap(path ...string) map[string]string {
	table := t.Map(path...)
	if table == nil {
		return nil
	}
	m := make(map[string]string, len(table))
	for _, key := range slices.Sorted(maps.Keys(table)) {
		m[key] = t.String(append(slices.Clone(path), key)...)
	}
	return m
}

// Map reads a table of anything, nil when it is absent.
func (t *Table) Map(path ...string) map[string]any {
	m, _ := read[map[string]any](t, "a table", path)
	return m
}

// read gives the value at path when it is a T, and records a mistake when it
// is something else.
func read[T any](t *Table, want string, path []string) (value T, ok bool) {
	v := t.Value(path...)
	if v == nil {
		return value, false
	}
	if value, ok = v.(T); !ok {
		t.mismatch(path, want, v)
	}
	return value, ok
}

func (t *Table) mismatch(path []string, want string, got any) {
	remedy := ""
	switch {
	case isContainer(got):
	case want == "a string":
		remedy = ": put it in quotes"
	case want == "an array":
		remedy = ": put it in brackets"
	case want == "a boolean":
		remedy = ": write true or false"
	case want == "an integer":
		remedy = ": write a whole number, without quotes"
	}
	t.Add(path, "%s must be %s, not %s%s", t.label(path), want, typeName(got), remedy)
}

func isContainer(v any) bool {
	return typeName(v) == "a table" || typeName(v) == "an array"
}

// label names a path below the table as a person would: include[1].from. The
// table itself goes by its full path.
func (t *Table) label(path []string) string {
	if len(path) == 0 {
		path = t.path
	}
	var b strings.Builder
	for i, key := range path {
		switch _, err := strconv.Atoi(key); {
		case i > 0 && err == nil:
			b.WriteString("[" + key + "]")
		case i > 0:
			b.WriteString("." + key)
		default:
			b.WriteString(key)
		}
	}
	return b.String()
}

// typeName gives the name that TOML has for a value's type, with its article.
func typeName(v any) string {
	switch v.(type) {
	case string:
		return "a string"
	case int64:
		return "an integer"
	case float64:
		return "a float"
	case bool:
		return "a boolean"
	case time.Time:
		return "a date or time"
	case map[string]any:
		return "a table"
	default:
		return "an array"
	}
}
