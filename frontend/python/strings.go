package python

import (
	"strings"
	"unicode/utf8"
)

// quoted is a string that is being read.
type quoted struct {
	start  int
	quote  string
	raw    bool
	bytes  bool
	fields bool
}

// str reads a string whose prefix and quotes are here.
func (t *tokenizer) str(prefix string) {
	lower := strings.ToLower(prefix)
	q := quoted{
		start:  t.pos,
		raw:    strings.Contains(lower, "r"),
		bytes:  strings.Contains(lower, "b"),
		fields: strings.ContainsAny(lower, "ft"),
	}
	t.pos += len(prefix)
	q.quote = t.text[t.pos : t.pos+1]
	if triple := strings.Repeat(q.quote, 3); t.has(triple) {
		q.quote = triple
	}
	t.pos += len(q.quote)
	if q.fields {
		t.formatted(q)
		return
	}
	t.plain(q)
}

// unterminated is the error of a string without an end.
func (t *tokenizer) unterminated(q quoted) {
	t.fail(q.start, "the string that starts here has no end")
}

// plain reads a string without replacement fields.
func (t *tokenizer) plain(q quoted) {
	for t.pos < len(t.text) && !t.failed {
		switch c := t.peek(0); {
		case t.has(q.quote):
			t.pos += len(q.quote)
			k := stringToken
			if q.bytes {
				k = bytesToken
			}
			t.emit(k, q.start)
			return
		case c == '\n' && len(q.quote) == 1:
			t.unterminated(q)
		case c == '\\':
			t.escape(q)
		case c >= utf8.RuneSelf && q.bytes:
			t.fail(t.pos, "bytes can only hold ASCII characters")
		default:
			t.pos++
		}
	}
	t.unterminated(q)
}

// escape reads a backslash and what it escapes.
func (t *tokenizer) escape(q quoted) {
	start := t.pos
	t.pos++
	if t.pos == len(t.text) {
		return
	}
	c := t.peek(0)
	if q.bytes && c >= utf8.RuneSelf {
		return
	}
	t.pos++
	if q.raw {
		return
	}
	if q.bytes && c != 'x' {
		return
	}
	digits := 0
	switch c {
	case 'x':
		digits = 2
	case 'u':
		digits = 4
	case 'U':
		digits = 8
	case 'N':
		t.characterName(start)
	}
	for range digits {
		d := t.peek(0)
		if !isDigit(d) && (d|0x20 < 'a' || d|0x20 > 'f') {
			t.fail(start, "the escape \\%c is not complete", c)
			return
		}
		t.pos++
	}
	if c == 'U' && strings.ToLower(t.text[t.pos-8:t.pos]) > "0010ffff" {
		t.fail(start, "the escape is larger than any character")
	}
}

// characterName reads the name of a character.
func (t *tokenizer) characterName(start int) {
	end := strings.IndexByte(t.text[t.pos:], '}')
	if t.peek(0) != '{' || end < 2 {
		t.fail(start, "the escape \\N is not complete")
		return
	}
	t.pos += end + 1
}

// formatted reads an f-string or t-string, as PEP 701 has them: with any
// expression in its fields.
func (t *tokenizer) formatted(q quoted) {
	t.emit(startToken, q.start)
	for !t.failed {
		t.literal(q, false)
		if t.failed {
			return
		}
		if t.has(q.quote) {
			start := t.pos
			t.pos += len(q.quote)
			t.emit(stopToken, start)
			return
		}
		t.field(q)
	}
}

// literal reads the text of an f-string up to a replacement field or to its
// end, or, in the format of a field, up to the end of the field.
func (t *tokenizer) literal(q quoted, format bool) {
	start := t.pos
	for t.pos < len(t.text) && !t.failed {
		c := t.peek(0)
		switch {
		case t.has(q.quote), c == '{' && (format || t.peek(1) != '{'), c == '}' && format:
			if t.pos > start {
				t.emit(middleToken, start)
			}
			return
		case c == '{' || c == '}' && t.peek(1) == '}':
			t.pos += 2
		case c == '}':
			t.fail(t.pos, "a single } in an f-string: write }} for the character")
		case c == '\n' && len(q.quote) == 1 && (!format || !t.closesField()):
			t.unterminated(q)
		case c == '\\' && (t.peek(1) == '{' || t.peek(1) == '}'):
			t.pos++
		case c == '\\':
			t.escape(q)
		default:
			t.pos++
		}
	}
	t.unterminated(q)
}

// closesField tells whether nothing but white space precedes the end of the
// field: Python 3.13 has line ends there.
func (t *tokenizer) closesField() bool {
	return strings.HasPrefix(strings.TrimLeft(t.text[t.pos:], " \t\n"), "}")
}

// field reads a replacement field, whose opening brace is here.
func (t *tokenizer) field(q quoted) {
	t.fields++
	defer func() { t.fields-- }()
	if t.fields > maxBrackets {
		t.fail(t.pos, "too many nested fields in f-strings")
		return
	}
	outer := len(t.brackets)
	t.operator(t.pos)
	for !t.failed {
		t.space()
		if t.failed || t.pos == len(t.text) {
			break
		}
		c := t.peek(0)
		if len(t.brackets) > outer+1 {
			t.token()
			continue
		}
		switch {
		case c == '}':
			t.operator(t.pos)
			return
		case c == ':':
			t.pos++
			t.emit(opToken, t.pos-1)
			t.format(q)
		case c == '!' && t.peek(1) != '=':
			t.pos++
			t.emit(opToken, t.pos-1)
		default:
			t.token()
		}
	}
	t.unterminated(q)
}

// format reads the format of a replacement field up to the field's end.
func (t *tokenizer) format(q quoted) {
	for !t.failed {
		t.literal(q, true)
		if t.failed || t.peek(0) == '}' {
			return
		}
		if t.has(q.quote) {
			t.fail(t.pos, "a field of the f-string is not closed: } is missing")
			return
		}
		t.field(q)
	}
}
