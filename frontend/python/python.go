// Package python reads Python source: which names a module binds, what it
// imports, and where its first syntax error is. It knows the grammar of Python
// 3.9 to 3.15, and takes what any of these takes.
//
// It is written here because no library fits. The bindings of tree-sitter need
// cgo, and the programs are built without it; the ports to Go read the grammar
// of Python 3.4, or are not published as modules under a licence that this
// project can use. CPython's own ast module would need a container in each
// build, which would make the build of a code change slower. The package
// builds no syntax tree: the parser notes names and imports as it meets them.
//
// A differential test compares it with CPython's ast.
package python

import (
	"fmt"
	"slices"
	"unicode/utf8"
)

// Position is a place in a source file. Both numbers start at 1, and columns
// count characters.
type Position struct {
	Line   int
	Column int
}

// lines are the offsets at which the lines of a text start.
type lines []int

func linesOf(text string) lines {
	starts := lines{0}
	for i := range text {
		if text[i] == '\n' {
			starts = append(starts, i+1)
		}
	}
	return starts
}

// position gives an offset of the text as line and column.
func (l lines) position(text string, offset int) Position {
	line, exact := slices.BinarySearch(l, offset)
	if exact {
		line++
	}
	return Position{Line: line, Column: 1 + utf8.RuneCountInString(text[l[line-1]:offset])}
}

// SyntaxError is the first place at which a source is not Python.
type SyntaxError struct {
	At      Position
	Message string
}

// Error gives the message with its line.
func (e *SyntaxError) Error() string { return fmt.Sprintf("line %d: %s", e.At.Line, e.Message) }

// Module is what a source file says.
type Module struct {
	// Bindings are the names that the module binds for itself, in the order of
	// the source: at its top level and by `global` in its functions.
	Bindings []Binding
	// Imports are the imports anywhere in the file, in the order of the source.
	Imports []Import
	// Dynamic is set when the module may have names that its source does not
	// spell: by `import *`, `__getattr__`, globals(), exec and the like. It is
	// also set for a file whose encoding is not known here.
	Dynamic bool
	// ChangesPath is set when the module uses sys.path, so that modules may be
	// found in any folder.
	ChangesPath bool
}

// Parse reads a source file. Its error is a *SyntaxError.
func Parse(data []byte) (*Module, error) {
	text, known, err := decode(data)
	if err != nil {
		return nil, err
	}
	if !known {
		return &Module{Dynamic: true}, nil
	}
	t := newTokenizer(text)
	t.run()
	p := &parser{tokenizer: t, lines: linesOf(text)}
	p.file()
	if p.err != nil {
		return nil, p.err
	}
	p.module.Dynamic = p.dynamic.is()
	return &p.module, nil
}
