package python

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind is what a token is.
type kind uint8

const (
	endToken kind = iota
	// errorToken is the last one of a source that has no more tokens.
	errorToken
	newlineToken
	indentToken
	dedentToken
	nameToken
	numberToken
	// stringToken is a string without replacement fields, bytesToken bytes.
	stringToken
	bytesToken
	// An f-string or t-string is a start, literal text and replacement fields in
	// turns, and an end.
	startToken
	middleToken
	stopToken
	opToken
)

// token is a piece of source.
type token struct {
	kind   kind
	text   string
	offset int
}

const (
	// maxIndents and maxBrackets are CPython's limits.
	maxIndents  = 100
	maxBrackets = 200
	tabSize     = 8
)

// indent is the width of an indentation, with tabs of tabSize and of 1.
type indent struct{ wide, narrow int }

// tokenizer splits a source into tokens
// (https://docs.python.org/3/reference/lexical_analysis.html).
type tokenizer struct {
	text     string
	pos      int
	tokens   []token
	indents  []indent
	brackets []bracket
	// fields is the depth of replacement fields of f-strings.
	fields int
	failed bool
}

// bracket is one that is open.
type bracket struct {
	open   byte
	offset int
}

func newTokenizer(text string) *tokenizer {
	return &tokenizer{text: text, indents: []indent{{}}, tokens: make([]token, 0, len(text)/4+4)}
}

// run reads all tokens. The last one is an endToken or an errorToken.
func (t *tokenizer) run() {
	for !t.failed && t.pos < len(t.text) {
		t.line()
	}
	if t.failed {
		return
	}
	for len(t.indents) > 1 {
		t.indents = t.indents[:len(t.indents)-1]
		t.emit(dedentToken, t.pos)
	}
	t.emit(endToken, t.pos)
}

// emit adds a token that goes from start to here.
func (t *tokenizer) emit(k kind, start int) {
	t.tokens = append(t.tokens, token{k, t.text[start:t.pos], start})
}

// fail ends the tokens with an error.
func (t *tokenizer) fail(offset int, format string, args ...any) {
	if !t.failed {
		t.failed = true
		t.tokens = append(t.tokens, token{errorToken, fmt.Sprintf(format, args...), offset})
	}
}

// peek is a byte of the source; there is none, 0, behind its end.
func (t *tokenizer) peek(ahead int) byte {
	if t.pos+ahead < len(t.text) {
		return t.text[t.pos+ahead]
	}
	return 0
}

// has tells whether the source goes on with these bytes.
func (t *tokenizer) has(prefix string) bool { return strings.HasPrefix(t.text[t.pos:], prefix) }

// line reads a logical line.
func (t *tokenizer) line() {
	blank := t.indentation()
	for !t.failed && t.pos < len(t.text) {
		t.space()
		if t.failed || t.pos == len(t.text) {
			break
		}
		if t.peek(0) == '\n' {
			if !blank {
				t.emit(newlineToken, t.pos)
			}
			t.pos++
			return
		}
		t.token()
	}
	if len(t.brackets) > 0 {
		open := t.brackets[len(t.brackets)-1]
		t.fail(open.offset, "%q was never closed", open.open)
	}
	if !t.failed && !blank {
		t.emit(newlineToken, t.pos)
	}
}

// indentation reads the white space before a line's first token, and tells
// whether the line is blank.
func (t *tokenizer) indentation() (blank bool) {
	var width indent
	continued := 0
	for !t.failed {
		switch t.peek(0) {
		case ' ':
			width.wide++
			width.narrow++
		case '\t':
			width.wide = (width.wide/tabSize + 1) * tabSize
			width.narrow++
		case '\f':
			width = indent{}
		case '\\':
			if continued == 0 {
				continued = width.wide
			}
			t.continuation()
			continue
		default:
			if c := t.peek(0); c == '#' || c == '\n' || t.pos == len(t.text) {
				return true
			}
			if continued > 0 {
				width = indent{continued, continued}
			}
			t.indent(width)
			return false
		}
		t.pos++
	}
	return true
}

// indent compares an indentation with the blocks around it.
func (t *tokenizer) indent(width indent) {
	top := t.indents[len(t.indents)-1]
	switch {
	case width.wide == top.wide:
	case width.wide > top.wide:
		if len(t.indents) >= maxIndents {
			t.fail(t.pos, "too many levels of indentation")
			return
		}
		if width.narrow <= top.narrow {
			t.fail(t.pos, "tabs and spaces are mixed in the indentation")
			return
		}
		t.indents = append(t.indents, width)
		t.emit(indentToken, t.pos)
		return
	default:
		for len(t.indents) > 1 && width.wide < t.indents[len(t.indents)-1].wide {
			t.indents = t.indents[:len(t.indents)-1]
			t.emit(dedentToken, t.pos)
		}
		top = t.indents[len(t.indents)-1]
		if width.wide != top.wide {
			t.fail(t.pos, "the indentation matches no block around it")
			return
		}
	}
	if width.narrow != top.narrow {
		t.fail(t.pos, "tabs and spaces are mixed in the indentation")
	}
}

// space skips what stands between tokens. The end of a line counts as space
// within brackets.
func (t *tokenizer) space() {
	for !t.failed && t.pos < len(t.text) {
		switch c := t.peek(0); {
		case c == ' ' || c == '\t' || c == '\f' || c == '\n' && len(t.brackets) > 0:
			t.pos++
		case c == '#':
			for t.pos < len(t.text) && t.peek(0) != '\n' {
				t.pos++
			}
		case c == '\\':
			t.continuation()
		default:
			return
		}
	}
}

// continuation skips a backslash at the end of a line.
func (t *tokenizer) continuation() {
	switch {
	case t.peek(1) != '\n':
		t.fail(t.pos+1, "unexpected character after a backslash that continues the line")
	case t.pos+2 == len(t.text):
		t.fail(t.pos+1, "the file ends where a backslash continues the line")
	default:
		t.pos += 2
	}
}

// token reads one token, which is here.
func (t *tokenizer) token() {
	start := t.pos
	c := t.peek(0)
	switch {
	case isDigit(c) || c == '.' && isDigit(t.peek(1)):
		t.number()
	case c == '"' || c == '\'':
		t.str("")
	case isStart(c):
		t.name()
	default:
		t.operator(start)
	}
}

// name reads an identifier, or the string that it is the prefix of.
func (t *tokenizer) name() {
	start := t.pos
	ascii := true
	for t.pos < len(t.text) && isContinue(t.peek(0)) {
		ascii = ascii && t.peek(0) < utf8.RuneSelf
		t.pos++
	}
	if c := t.peek(0); (c == '"' || c == '\'') && isPrefix(t.text[start:t.pos]) {
		prefix := t.text[start:t.pos]
		t.pos = start
		t.str(prefix)
		return
	}
	if !ascii {
		if at := notName(t.text[start:t.pos]); at >= 0 {
			r, _ := utf8.DecodeRuneInString(t.text[start+at:])
			t.fail(start+at, "invalid character %q", r)
			return
		}
	}
	t.emit(nameToken, start)
}

// notName is where a text stops being an identifier, -1 when it is one.
func notName(text string) int {
	for i, r := range text {
		first := r == '_' || unicode.IsLetter(r) || unicode.In(r, unicode.Nl, unicode.Other_ID_Start)
		if !first && (i == 0 || !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Nd, unicode.Pc, unicode.Other_ID_Continue)) {
			return i
		}
	}
	return -1
}

// isPrefix tells the prefixes of strings.
func isPrefix(name string) bool {
	switch strings.ToLower(name) {
	case "b", "r", "u", "f", "t", "br", "rb", "fr", "rf", "tr", "rt":
		return true
	}
	return false
}

func isDigit(c byte) bool    { return '0' <= c && c <= '9' }
func isStart(c byte) bool    { return c == '_' || 'a' <= c|0x20 && c|0x20 <= 'z' || c >= utf8.RuneSelf }
func isContinue(c byte) bool { return isStart(c) || isDigit(c) }

// operatorLength is how long the operator or delimiter is that a text starts
// with, 0 for none.
func operatorLength(text string) int {
	for n := min(3, len(text)); n > 0; n-- {
		switch text[:n] {
		case "**=", "//=", ">>=", "<<=", "...",
			"**", "//", ">>", "<<", "<=", ">=", "==", "!=", "->", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "@=", ":=",
			"+", "-", "*", "/", "%", "@", "&", "|", "^", "~", "<", ">", "(", ")", "[", "]", "{", "}", ",", ":", ".", ";", "=":
			return n
		}
	}
	return 0
}

// operator reads an operator or delimiter.
func (t *tokenizer) operator(start int) {
	n := operatorLength(t.text[start:])
	if n == 0 {
		r, _ := utf8.DecodeRuneInString(t.text[start:])
		t.fail(start, "invalid character %q", r)
		return
	}
	t.pos += n
	t.emit(opToken, start)
	t.bracket(t.text[start], start)
}

// bracket keeps account of brackets.
func (t *tokenizer) bracket(c byte, offset int) {
	switch c {
	case '(', '[', '{':
		if len(t.brackets) >= maxBrackets {
			t.fail(offset, "too many nested brackets")
			return
		}
		t.brackets = append(t.brackets, bracket{c, offset})
	case ')', ']', '}':
		n := len(t.brackets) - 1
		if n < 0 {
			t.fail(offset, "%q closes nothing", c)
			return
		}
		open := t.brackets[n]
		if pair := string([]byte{open.open, c}); pair != "()" && pair != "[]" && pair != "{}" {
			t.fail(offset, "%q does not close %q of line %d", c, open.open, 1+strings.Count(t.text[:open.offset], "\n"))
			return
		}
		t.brackets = t.brackets[:n]
	}
}
