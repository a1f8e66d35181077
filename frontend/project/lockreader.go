package project

import (
	"bytes"
	"errors"
	"strconv"

	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/uvlambda/uvlambda/plan"
)

// lockReader fills a Lock from the expressions of its document. Of the lock's
// megabytes little is kept: decoding them by reflection takes longer than all
// the rest of a plan, and twice the memory.
type lockReader struct {
	parser unstable.Parser
	lock   *Lock
	// header is the path of the table that the expressions belong to.
	header [][]byte
	// path are the keys that lead to the value which is being read.
	path [][]byte
	// raw is where the innermost key stands with its value, or a mistake.
	raw unstable.Range
	// texts are the strings read so far, most of which come again.
	texts map[string]string
	// url and hash belong to the file that is being read.
	url, hash []byte
	// newlines counts the line feeds before the offset counted.
	newlines, counted int
}

// value is what a key has. Where the key is dotted, or stands below a header,
// the node is what path leads to inside of the value.
type value struct {
	path [][]byte
	node *unstable.Node
}

func newLockReader(name string, data []byte) *lockReader {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	r := &lockReader{lock: &Lock{Name: name, keys: map[string]int{}}, texts: map[string]string{}}
	r.lock.Packages = make([]Package, 0, bytes.Count(data, []byte("[[package]]")))
	// The parser tells offsets by capacity, so there must be none to spare.
	r.parser.Reset(data[:len(data):len(data)])
	return r
}

// read reads all expressions.
func (r *lockReader) read() error {
	for r.parser.NextExpression() {
		expr := r.parser.Expression()
		if expr.Kind != unstable.KeyValue {
			r.enter(expr)
			continue
		}
		r.path = append(r.path[:0], r.header...)
		r.push(expr)
		if err := table(r, r.lock, value{r.path, expr.Value()}, (*lockReader).lockField); err != nil {
			return err
		}
	}
	parse, ok := errors.AsType[*unstable.ParserError](r.parser.Error())
	if !ok {
		return r.parser.Error()
	}
	r.raw = r.parser.Range(parse.Highlight)
	return errors.New(parse.Message)
}

// enter goes to the table of a header, which makes a package of its own of
// each [[package]].
func (r *lockReader) enter(header *unstable.Node) {
	keys := header.Key()
	r.header = r.header[:0]
	for keys.Next() {
		r.header = append(r.header, keys.Node().Data)
		r.raw = keys.Node().Raw
	}
	if header.Kind == unstable.ArrayTable && len(r.header) == 1 && string(r.header[0]) == "package" {
		line := r.line(r.raw.Offset)
		r.lock.Packages = append(r.lock.Packages, Package{Line: line, EndLine: line})
	}
}

// push goes to an entry of a table.
func (r *lockReader) push(entry *unstable.Node) {
	r.raw = entry.Raw
	keys := entry.Key()
	for keys.Next() {
		r.path = append(r.path, keys.Node().Data)
	}
}

// line gives the line of an offset, counted from 1.
func (r *lockReader) line(offset uint32) int {
	end := int(offset)
	if end < r.counted {
		r.newlines, r.counted = 0, 0
	}
	r.newlines += bytes.Count(r.parser.Data()[r.counted:end], []byte("\n"))
	r.counted = end
	return r.newlines + 1
}

// locate gives the line of a mistake.
func (r *lockReader) locate() plan.Location {
	line := r.line(r.raw.Offset)
	return plan.Location{File: r.lock.Name, Line: line, EndLine: line}
}

// table hands the entries of a table, or that to which a path leads, to set.
func table[T any](r *lockReader, to *T, v value, set func(r *lockReader, to *T, key []byte, v value) error) error {
	if len(v.path) > 0 {
		return set(r, to, v.path[0], value{v.path[1:], v.node})
	}
	if v.node.Kind != unstable.InlineTable {
		return errors.New("this is not a table")
	}
	outer := len(r.path)
	entries := v.node.Children()
	for entries.Next() {
		r.push(entries.Node())
		if err := set(r, to, r.path[outer], value{r.path[outer+1:], entries.Node().Value()}); err != nil {
			return err
		}
		r.path = r.path[:outer]
	}
	return nil
}

// list reads an array.
func list[T any](r *lockReader, to *[]T, v value, item func(r *lockReader, to *T, v value) error) error {
	if len(v.path) > 0 || v.node.Kind != unstable.Array {
		return errors.New("this is not an array")
	}
	if *to != nil {
		return errTwice
	}
	length := 0
	for items := v.node.Children(); items.Next(); {
		length++
	}
	*to = make([]T, length)
	i := 0
	for items := v.node.Children(); items.Next(); i++ {
		if err := item(r, &(*to)[i], value{node: items.Node()}); err != nil {
			return err
		}
	}
	return nil
}

// namedLists reads a table of arrays.
func namedLists[T any](r *lockReader, to *map[string][]T, v value, item func(r *lockReader, to *T, v value) error) error {
	if *to == nil {
		*to = map[string][]T{}
	}
	return table(r, to, v, func(r *lockReader, to *map[string][]T, key []byte, v value) error {
		items := (*to)[string(key)]
		err := list(r, &items, v, item)
		(*to)[string(key)] = items
		return err
	})
}

// errTwice is a key that has a value already.
var errTwice = errors.New("this key is there twice")

// text reads a string.
func (r *lockReader) text(to *string, v value) error {
	if *to != "" {
		return errTwice
	}
	data, err := v.text()
	*to = r.shared(data)
	return err
}

// shared gives a text that may come again.
func (r *lockReader) shared(data []byte) string {
	text, ok := r.texts[string(data)]
	if !ok {
		text = string(data)
		r.texts[text] = text
	}
	return text
}

// text gives the content of a string, which is the document's own.
func (v value) text() ([]byte, error) {
	if len(v.path) > 0 || v.node.Kind != unstable.String {
		return nil, errors.New("this is not a string")
	}
	return v.node.Data, nil
}

// integer gives an integer.
func (v value) integer() (int64, error) {
	var n int64
	err := strconv.ErrSyntax
	if len(v.path) == 0 && v.node.Kind == unstable.Integer {
		n, err = strconv.ParseInt(string(v.node.Data), 0, 64)
	}
	if err != nil {
		return 0, errors.New("this is not an integer of 64 bits")
	}
	return n, nil
}
