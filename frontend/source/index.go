package source

import (
	"bytes"
	"errors"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/uvlambda/uvlambda/plan"
)

// maxDepth is how deep tables and arrays may nest. Far below it, decoding
// would still be safe; far above it, recursion would exhaust the stack.
const maxDepth = 100

// node is a key, a table or an array element of the document.
type node struct {
	// from and to are the offsets of its text: a key with its value, an element
	// of an array, or the last key of a table's header.
	from, to int
	origin   origin
	keys     []string
	children map[string]*node
	elements []*node
}

// origin says what created a node, which decides what may be added to it.
type origin int

const (
	// implied is a table that only deeper headers name so far.
	implied origin = iota
	// header is a table with a header of its own, or an element of an array of
	// tables.
	header
	// array is an array of tables.
	array
	// dotted is a table that a dotted key names.
	dotted
	// written is a value: nothing can be added to it.
	written
)

// child gives the node one step below, nil when there is none.
func (n *node) child(key string) *node {
	if c := n.children[key]; c != nil {
		return c
	}
	if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.elements) {
		return n.elements[i]
	}
	return nil
}

// last gives the element that a header below an array of tables belongs to,
// and the node itself for anything else.
func (n *node) last() *node {
	if len(n.elements) > 0 {
		return n.elements[len(n.elements)-1]
	}
	return n
}

// add gives the child of that key, made for an origin with the given text if it
// is new. It gives nil when the present one has none of the origins present.
func (n *node) add(key string, from, to int, made origin, present ...origin) *node {
	if c := n.children[key]; c != nil {
		if !slices.Contains(present, c.origin) {
			return nil
		}
		return c
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := &node{from: from, to: to, origin: made}
	n.children[key] = c
	n.keys = append(n.keys, key)
	return c
}

// indexer builds the tree of nodes from one document.
type indexer struct {
	name   string
	data   []byte
	parser unstable.Parser
	lines  lines
	root   *node
}

// lines are the offsets of all line feeds of a document.
type lines []int

// at gives the line of an offset, counted from 1.
func (l lines) at(offset int) int { return sort.SearchInts(l, offset) + 1 }

// of gives the first and the last line of a text.
func (l lines) of(from, to int) (first, last int) {
	return l.at(from), l.at(max(from, to-1))
}

// index parses data for the places of its keys. It checks the syntax. It also
// refuses a key that adds to a complete value, which the decoder sometimes accepts.
func index(name string, data []byte) (*node, lines, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	// The parser tells offsets by capacity, so there must be none to spare.
	data = data[:len(data):len(data)]
	x := &indexer{name: name, data: data, root: &node{}}
	for i, c := range data {
		if c == '\n' {
			x.lines = append(x.lines, i)
		}
	}
	x.parser.Reset(data)
	current := x.root
	for x.parser.NextExpression() {
		expr := x.parser.Expression()
		var err error
		switch expr.Kind {
		case unstable.Table, unstable.ArrayTable:
			current, err = x.header(expr)
		case unstable.KeyValue:
			err = x.keyValue(current, expr, 0)
		}
		if err != nil {
			return nil, nil, err
		}
	}
	if err := x.parser.Error(); err != nil {
		return nil, nil, x.syntaxError(err)
	}
	if len(x.root.keys) > 0 {
		first := x.root.children[x.root.keys[0]].from
		x.root.from, x.root.to = first, first
	}
	return x.root, x.lines, nil
}

// span gives the offsets of a range.
func span(r unstable.Range) (from, to int) {
	return int(r.Offset), int(r.Offset + r.Length)
}

// header enters a [table] or an [[array of tables]] and gives its node.
func (x *indexer) header(expr *unstable.Node) (*node, error) {
	n := x.root
	var path []string
	keys := expr.Key()
	for keys.Next() {
		key := string(keys.Node().Data)
		from, to := span(keys.Node().Raw)
		if path = append(path, key); len(path) > maxDepth {
			return nil, x.tooDeep(from)
		}
		switch {
		case !keys.IsLast():
			n = n.add(key, from, to, implied, implied, header, array, dotted)
		case expr.Kind == unstable.ArrayTable:
			n = n.add(key, from, to, array, array)
		default:
			n = n.add(key, from, to, implied, implied)
		}
		if n == nil {
			return nil, x.twice(path, from)
		}
		if !keys.IsLast() {
			n = n.last()
			continue
		}
		if expr.Kind == unstable.ArrayTable {
			n.elements = append(n.elements, &node{})
			n = n.last()
		}
		n.from, n.to, n.origin = from, to, header
	}
	return n, nil
}

// keyValue adds a `key = value`, whose key may be dotted, below n.
func (x *indexer) keyValue(n *node, expr *unstable.Node, depth int) error {
	from, to := span(expr.Raw)
	after := from
	var path []string
	keys := expr.Key()
	for keys.Next() {
		if depth++; depth > maxDepth {
			return x.tooDeep(from)
		}
		key := string(keys.Node().Data)
		path = append(path, key)
		if keys.IsLast() {
			n = n.add(key, from, to, written)
		} else {
			n = n.add(key, from, to, dotted, dotted)
		}
		if n == nil {
			return x.twice(path, from)
		}
		_, after = span(keys.Node().Raw)
	}
	equals := after + bytes.IndexByte(x.data[after:], '=')
	_, err := x.value(n, expr.Value(), equals+1, depth)
	return err
}

// value adds what is inside an array or an inline table below n. The parser
// gives no range for an array and only the opening brace of an inline table, so
// the text is followed: a value is the next after an offset, and value gives the
// offset behind it.
func (x *indexer) value(n *node, value *unstable.Node, after, depth int) (end int, err error) {
	if depth > maxDepth {
		return 0, x.tooDeep(after)
	}
	switch value.Kind {
	case unstable.InlineTable:
		end = x.next(after) + 1
		for items := value.Children(); items.Next(); {
			if err := x.keyValue(n, items.Node(), depth); err != nil {
				return 0, err
			}
			_, end = span(items.Node().Raw)
		}
		return x.next(end) + 1, nil
	case unstable.Array:
		end = x.next(after) + 1
		for items := value.Children(); items.Next(); {
			element := &node{from: x.next(end), origin: written}
			n.elements = append(n.elements, element)
			if end, err = x.value(element, items.Node(), end, depth+1); err != nil {
				return 0, err
			}
			element.to = end
		}
		return x.next(end) + 1, nil
	default:
		_, end = span(value.Raw)
		return end, nil
	}
}

// next gives the offset of what follows an offset inside a value: space, commas
// and comments separate what stands there.
func (x *indexer) next(offset int) int {
	for offset < len(x.data) {
		switch x.data[offset] {
		case ' ', '\t', '\r', '\n', ',':
			offset++
		case '#':
			offset = x.lines[x.lines.at(offset)-1]
		default:
			return offset
		}
	}
	return offset
}

// tooDeep is the mistake of a value at an offset that is nested too deep.
func (x *indexer) tooDeep(offset int) *Error {
	line := x.lines.at(offset)
	return Errorf(plan.Location{File: x.name, Line: line, EndLine: line},
		"keys and values are nested more than %d levels deep: flatten them", maxDepth)
}

// twice is the mistake of a key that adds to a complete value.
func (x *indexer) twice(path []string, offset int) *Error {
	line := x.lines.at(offset)
	return Errorf(plan.Location{File: x.name, Line: line, EndLine: line},
		"malformed TOML: Key '%s' has already been defined: correct this line", strings.Join(path, "."))
}

// syntaxError gives the line that the parser stumbled over.
func (x *indexer) syntaxError(err error) *Error {
	loc := plan.Location{File: x.name}
	if parse, ok := errors.AsType[*unstable.ParserError](err); ok {
		from, _ := span(x.parser.Range(parse.Highlight))
		line := x.lines.at(from)
		loc.Line, loc.EndLine = line, line
		return Errorf(loc, "malformed TOML: %s: correct this line or the one before", parse.Message)
	}
	return Errorf(loc, "malformed TOML: %w: correct it", err)
}
