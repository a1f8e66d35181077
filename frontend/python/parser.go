package python

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// maxDepth bounds the recursion. CPython's parser has the same limit.
const maxDepth = 6000

// parser is a recursive-descent parser of Python's grammar
// (https://docs.python.org/3/reference/grammar.html). Each method reads what
// it is named after; its comment is the rule, where that is short. After the
// first error the parser stands at the end of the tokens, so that every loop
// ends.
type parser struct {
	*tokenizer
	lines lines
	at    int
	depth int
	err   error

	module  Module
	dynamic dynamic
	// scope is what the current statement binds names in.
	scope scope
	// guard is what the current statement depends on.
	guard Guard
}

// position gives an offset as line and column.
func (p *parser) position(offset int) Position { return p.lines.position(p.text, offset) }

// now is the current token.
func (p *parser) now() token { return p.ahead(0) }

// ahead is a token behind the current one; behind the last one it is the last.
func (p *parser) ahead(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

// fail keeps the first error and stops.
func (p *parser) fail(offset int, format string, args ...any) {
	if p.err == nil {
		p.err = &SyntaxError{p.position(offset), fmt.Sprintf(format, args...)}
	}
	p.at = len(p.tokens) - 1
}

// unexpected is the error of a token that no rule takes.
func (p *parser) unexpected(want string) {
	tok := p.now()
	if want != "" {
		want = ", expected " + want
	}
	switch tok.kind {
	case errorToken:
		p.fail(tok.offset, "%s", tok.text)
	case endToken:
		p.fail(tok.offset, "the file ends too early%s", want)
	case newlineToken:
		p.fail(tok.offset, "the line ends too early%s", want)
	case indentToken:
		p.fail(tok.offset, "unexpected indentation%s", want)
	case dedentToken:
		p.fail(tok.offset, "the block ends too early%s", want)
	default:
		text, _, _ := strings.Cut(tok.text, "\n")
		p.fail(tok.offset, "unexpected %q%s", text, want)
	}
}

// isOp tells whether the current token is an operator.
func (p *parser) isOp(text string) bool { return p.now().kind == opToken && p.now().text == text }

// isWord tells whether the current token is a keyword, also one that is an
// identifier elsewhere.
func (p *parser) isWord(text string) bool { return p.now().kind == nameToken && p.now().text == text }

// isName tells whether the current token is an identifier.
func (p *parser) isName() bool { return p.now().isName() }

func (t token) isName() bool { return t.kind == nameToken && !isKeyword(t.text) }

// is tells whether a token is that operator or keyword.
func (t token) is(text string) bool {
	return (t.kind == opToken || t.kind == nameToken) && t.text == text
}

// op takes an operator if it is there.
func (p *parser) op(text string) bool {
	if p.isOp(text) {
		p.at++
		return true
	}
	return false
}

// word takes a keyword if it is there.
func (p *parser) word(text string) bool {
	if p.isWord(text) {
		p.at++
		return true
	}
	return false
}

// take takes a token of a kind if it is there.
func (p *parser) take(k kind) bool {
	if p.now().kind != k || k == endToken {
		return false
	}
	p.at++
	return true
}

// needOp takes an operator that has to be there.
func (p *parser) needOp(text string) {
	if !p.op(text) {
		p.unexpected(strconv.Quote(text))
	}
}

// needWord takes a keyword that has to be there.
func (p *parser) needWord(text string) {
	if !p.word(text) {
		p.unexpected(text)
	}
}

// needName takes an identifier that has to be there.
func (p *parser) needName() token {
	tok := p.now()
	if !tok.isName() {
		p.unexpected("a name")
		return token{}
	}
	p.at++
	return tok
}

// needNewline takes the end of a line that has to be there.
func (p *parser) needNewline() {
	if !p.take(newlineToken) {
		p.unexpected("")
	}
}

// descend bounds the recursion: defer p.descend()().
func (p *parser) descend() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.now().offset, "too deeply nested")
	}
	return func() { p.depth-- }
}

// attempt reads something that may turn out to be something else: when read
// fails or tells so, all is as before.
func (p *parser) attempt(read func() bool) bool {
	before := *p
	if read() && p.err == nil {
		return true
	}
	bindings, imports := len(before.module.Bindings), len(before.module.Imports)
	after := p.module
	*p = before
	p.module.Bindings, p.module.Imports = after.Bindings[:bindings], after.Imports[:imports]
	return false
}

// keywords are reserved in all of these Pythons.
var keywords = strings.Fields(`False None True and as assert async await break class continue def del elif else except
finally for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

func isKeyword(text string) bool {
	_, found := slices.BinarySearch(keywords, text)
	return found
}
