package python

// attemptMatch: "match" subject ':' NEWLINE INDENT case_block+ DEDENT. The word
// may also be a name.
func (p *parser) attemptMatch() bool {
	if !p.attempt(func() bool {
		p.at++
		if !p.startsExpression() && !p.isOp("*") {
			return false
		}
		subject := p.starNamed()
		subject = p.tupleOf(subject, func() bool { return p.startsExpression() || p.isOp("*") }, p.starNamed)
		return subject.kind != starredExpr && p.matchBlock()
	}) {
		return false
	}
	for p.err == nil && !p.take(dedentToken) {
		p.caseBlock()
	}
	return true
}

// matchBlock: ':' NEWLINE INDENT, before a case
func (p *parser) matchBlock() bool {
	return p.op(":") && p.take(newlineToken) && p.take(indentToken) && p.isWord("case")
}

// caseBlock: "case" patterns ['if' named_expression] block
func (p *parser) caseBlock() {
	p.needWord("case")
	p.patterns()
	if p.word("if") {
		p.namedExpression()
	}
	p.guarded(Conditional, p.block)
}

// patterns: open_sequence_pattern | pattern
func (p *parser) patterns() {
	star := p.starPattern()
	if !p.isOp(",") {
		if star {
			p.unexpected(",")
		}
		return
	}
	for p.op(",") && !p.isOp(":") && !p.isWord("if") && p.err == nil {
		p.starPattern()
	}
}

// starPattern: '*' NAME | pattern
func (p *parser) starPattern() (star bool) {
	if p.op("*") {
		p.capture(p.needName())
		return true
	}
	p.pattern()
	return false
}

// capture binds a name of a pattern, unless it is the wildcard.
func (p *parser) capture(name token) {
	if name.text != "_" {
		p.bind(name, Assigned)
	}
}

// pattern: '|'.closed_pattern+ ['as' NAME]
func (p *parser) pattern() {
	defer p.descend()()
	p.closedPattern()
	for p.op("|") {
		p.closedPattern()
	}
	if p.word("as") {
		if p.isWord("_") {
			p.unexpected("a name")
		}
		p.capture(p.needName())
	}
}

// closedPattern: a literal, a name, or something in brackets
func (p *parser) closedPattern() {
	tok := p.now()
	switch {
	case tok.kind == stringToken || tok.kind == bytesToken || tok.kind == startToken:
		p.strings()
	case tok.kind == numberToken || p.isOp("-"):
		p.numberPattern()
	case p.word("None") || p.word("True") || p.word("False"):
	case p.isName():
		p.namePattern()
	case p.op("("):
		p.sequencePattern(")")
	case p.op("["):
		p.sequencePattern("]")
	case p.op("{"):
		p.mappingPattern()
	default:
		p.unexpected("a pattern")
	}
}

// numberPattern: ['-'] NUMBER [('+' | '-') NUMBER]
func (p *parser) numberPattern() {
	p.op("-")
	p.numeral()
	if p.op("+") || p.op("-") {
		p.numeral()
	}
}

func (p *parser) numeral() {
	if !p.take(numberToken) {
		p.unexpected("a number")
	}
}

// namePattern: a capture, a dotted value, or a class with its patterns
func (p *parser) namePattern() {
	name := p.needName()
	dotted := false
	for p.op(".") {
		dotted = true
		p.needName()
	}
	switch {
	case p.op("("):
		p.classPattern()
	case !dotted:
		p.capture(name)
	}
}

// classPattern: [positional and keyword patterns] ')'
func (p *parser) classPattern() {
	keyword := false
	for !p.isOp(")") && p.err == nil {
		if p.isName() && p.ahead(1).is("=") {
			keyword = true
			p.at += 2
		} else if keyword {
			p.fail(p.now().offset, "a positional pattern follows one with a name")
		}
		p.pattern()
		if !p.op(",") {
			break
		}
	}
	p.needOp(")")
}

// sequencePattern: [maybe_sequence_pattern], up to the bracket that ends it; in
// parentheses, one pattern without a comma is a group.
func (p *parser) sequencePattern(end string) {
	if p.op(end) {
		return
	}
	star := p.starPattern()
	if star && end == ")" && !p.isOp(",") {
		p.unexpected(",")
	}
	for p.op(",") && !p.isOp(end) && p.err == nil {
		p.starPattern()
	}
	p.needOp(end)
}

// mappingPattern: [(key ':' pattern | '**' NAME) (',' ...)*] '}'
func (p *parser) mappingPattern() {
	rest := false
	for !p.isOp("}") && p.err == nil {
		if rest {
			p.unexpected("}")
		}
		if p.op("**") {
			rest = true
			name := p.needName()
			if name.text == "_" {
				p.fail(name.offset, "a mapping pattern cannot end with **_")
			}
			p.capture(name)
		} else {
			p.patternKey()
			p.needOp(":")
			p.pattern()
		}
		if !p.op(",") {
			break
		}
	}
	p.needOp("}")
}

// patternKey: literal_expr | attr
func (p *parser) patternKey() {
	if !p.isName() {
		switch tok := p.now(); {
		case tok.kind == stringToken || tok.kind == bytesToken || tok.kind == startToken || tok.kind == numberToken,
			tok.is("-"), tok.is("None"), tok.is("True"), tok.is("False"):
			p.closedPattern()
		default:
			p.unexpected("a key")
		}
		return
	}
	p.needName()
	if !p.isOp(".") {
		p.unexpected(".")
	}
	for p.op(".") {
		p.needName()
	}
}
