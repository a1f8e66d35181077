package source

import (
	"bytes"
	"errors"
	"sort"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/uvlambda/uvlambda/plan"
)

// maxDepth is how deep tables and arrays may nest. Far below it, decoding
// would still be safe; far above it, recursion would exhaust the stack.
const maxDepth = 100

// node is a key, a table or an array element of the document.
type node struct {
	line, endLine int
	// header is set when the lines are those of the table's own header, and
	// not of the first deeper key that implies the table.
	header   bool
	keys     []string
	children map[string]*node
	elements []*node
}

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

// add gives the child of that key, made with the given lines if it is new.
func (n *node) add(key string, line, endLine int) *node {
	if c := n.children[key]; c != nil {
		return c
	}
	if n.children == nil {
		n.children = map[string]*node{}
	}
	c := &node{line: line, endLine: endLine}
	n.children[key] = c
	n.keys = append(n.keys, key)
	return c
}

// indexer builds the tree of nodes from one document.
type indexer struct {
	name   string
	parser unstable.Parser
	// newlines are the offsets of all line feeds.
	newlines []int
	root     *node
}

// index parses data for the lines of its keys. It checks the syntax, but not
// what concerns several keys at once, such as duplicates.
func index(name string, data []byte) (*node, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	// The parser tells offsets by capacity, so there must be none to spare.
	data = data[:len(data):len(data)]
	x := &indexer{name: name, root: &node{}}
	for i, c := range data {
		if c == '\n' {
			x.newlines = append(x.newlines, i)
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
			return nil, err
		}
	}
	if err := x.parser.Error(); err != nil {
		return nil, x.syntaxError(err)
	}
	if len(x.root.keys) > 0 {
		x.root.line = x.root.children[x.root.keys[0]].line
		x.root.endLine = x.root.line
	}
	return x.root, nil
}

// line gives the line of an offset, counted from 1.
func (x *indexer) line(offset int) int {
	return sort.SearchInts(x.newlines, offset) + 1
}

// lines gives the first and the last line of a range.
func (x *indexer) lines(r unstable.Range) (first, last int) {
	end := int(r.Offset + r.Length)
	if r.Length > 0 {
		end--
	}
	return x.line(int(r.Offset)), x.line(end)
}

// header enters a [table] or an [[array of tables]] and gives its node.
func (x *indexer) header(expr *unstable.Node) (*node, error) {
	n := x.root
	depth := 0
	keys := expr.Key()
	for keys.Next() {
		key := keys.Node()
		line, _ := x.lines(key.Raw)
		if depth++; depth > maxDepth {
			return nil, x.tooDeep(line)
		}
		if keys.IsLast() && expr.Kind == unstable.ArrayTable {
			array := n.add(string(key.Data), line, line)
			element := &node{line: line, endLine: line, header: true}
			array.elements = append(array.elements, element)
			return element, nil
		}
		n = n.add(string(key.Data), line, line)
		if keys.IsLast() && !n.header {
			n.line, n.endLine, n.header = line, line, true
		}
		n = n.last()
	}
	return n, nil
}

// keyValue adds a `key = value`, whose key may be dotted, below n.
func (x *indexer) keyValue(n *node, expr *unstable.Node, depth int) error {
	line, endLine := x.lines(expr.Raw)
	keys := expr.Key()
	for keys.Next() {
		if depth++; depth > maxDepth {
			return x.tooDeep(line)
		}
		n = n.add(string(keys.Node().Data), line, endLine)
	}
	return x.value(n, expr.Value(), depth)
}

// value adds what is inside an array or an inline table below n.
func (x *indexer) value(n *node, value *unstable.Node, depth int) error {
	if depth > maxDepth {
		return x.tooDeep(n.line)
	}
	items := value.Children()
	switch value.Kind {
	case unstable.InlineTable:
		for items.Next() {
			if err := x.keyValue(n, items.Node(), depth); err != nil {
				return err
			}
		}
	case unstable.Array:
		for items.Next() {
			if err := x.element(n, items.Node(), depth); err != nil {
				return err
			}
		}
	}
	return nil
}

// element adds one item of an array. The parser gives no range for a nested
// array and only the opening brace of an inline table, so their lines are
// widened to those of what they hold.
func (x *indexer) element(array *node, item *unstable.Node, depth int) error {
	element := &node{line: array.line, endLine: array.line}
	if item.Raw.Length > 0 {
		element.line, element.endLine = x.lines(item.Raw)
	}
	array.elements = append(array.elements, element)
	if err := x.value(element, item, depth+1); err != nil {
		return err
	}
	if item.Kind == unstable.Array && len(element.elements) > 0 {
		element.line = element.elements[0].line
		element.endLine = element.last().endLine
	}
	for _, key := range element.keys {
		element.endLine = max(element.endLine, element.children[key].endLine)
	}
	return nil
}

func (x *indexer) tooDeep(line int) *Error {
	return Errorf(plan.Location{File: x.name, Line: line, EndLine: line},
		"keys and values are nested more than %d levels deep: flatten them", maxDepth)
}

// syntaxError gives the line that the parser stumbled over.
func (x *indexer) syntaxError(err error) *Error {
	loc := plan.Location{File: x.name}
	if parse, ok := errors.AsType[*unstable.ParserError](err); ok {
		line, _ := x.lines(x.parser.Range(parse.Highlight))
		loc.Line, loc.EndLine = line, line
		return Errorf(loc, "malformed TOML: %s: correct this line or the one before", parse.Message)
	}
	return Errorf(loc, "malformed TOML: %w: correct it", err)
}
