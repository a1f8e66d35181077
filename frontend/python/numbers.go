package python

import "strings"

// number reads a number, as the tokenizer of CPython does.
func (t *tokenizer) number() {
	start := t.pos
	digits := t.decimal
	if t.peek(0) == '0' && strings.IndexByte("xXoObB", t.peek(1)) >= 0 && t.peek(1) != 0 {
		base := t.peek(1) | 0x20
		t.pos += 2
		digits = func() bool { return t.prefixed(base) }
	}
	if !digits() || !t.endsNumber() {
		t.fail(start, "invalid number")
		return
	}
	t.emit(numberToken, start)
}

// prefixed reads the digits of a number that names its base.
func (t *tokenizer) prefixed(base byte) bool {
	isOne := func(c byte) bool {
		switch base {
		case 'x':
			return isDigit(c) || 'a' <= c|0x20 && c|0x20 <= 'f'
		case 'o':
			return '0' <= c && c <= '7'
		}
		return c == '0' || c == '1'
	}
	for {
		if t.peek(0) == '_' {
			t.pos++
		}
		if !isOne(t.peek(0)) {
			return false
		}
		for isOne(t.peek(0)) {
			t.pos++
		}
		if t.peek(0) != '_' {
			return !isDigit(t.peek(0))
		}
	}
}

// decimal reads an integer or a fraction, with its exponent.
func (t *tokenizer) decimal() bool {
	start := t.pos
	whole := true
	if t.peek(0) != '.' && !t.digits() {
		return false
	}
	zeros := t.text[start:t.pos]
	if t.peek(0) == '.' {
		whole = false
		t.pos++
		if isDigit(t.peek(0)) && !t.digits() {
			return false
		}
	}
	if t.peek(0)|0x20 == 'e' {
		ahead := 1
		if c := t.peek(1); c == '+' || c == '-' {
			ahead = 2
		}
		switch {
		case isDigit(t.peek(ahead)):
			whole = false
			t.pos += ahead
			if !t.digits() {
				return false
			}
		case ahead == 2:
			return false
		}
	}
	if t.peek(0)|0x20 == 'j' {
		whole = false
		t.pos++
	}
	return !whole || zeros[0] != '0' || strings.Trim(zeros, "0_") == ""
}

// digits reads decimal digits, with single underscores between them.
func (t *tokenizer) digits() bool {
	for {
		for isDigit(t.peek(0)) {
			t.pos++
		}
		if t.peek(0) != '_' {
			return true
		}
		t.pos++
		if !isDigit(t.peek(0)) {
			return false
		}
	}
}

// endsNumber tells whether a number may end here: a letter may only follow when
// it begins one of the keywords that CPython lets stand there.
func (t *tokenizer) endsNumber() bool {
	if !isContinue(t.peek(0)) {
		return true
	}
	for _, keyword := range []string{"and", "else", "for", "if", "in", "is", "not", "or"} {
		if t.has(keyword) {
			return true
		}
	}
	return false
}
