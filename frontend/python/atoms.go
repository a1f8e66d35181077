package python

// atom: a name, a literal, or something in brackets
func (p *parser) atom() expression {
	tok := p.now()
	switch tok.kind {
	case nameToken:
		return p.nameAtom(tok)
	case numberToken:
		p.at++
	case stringToken, bytesToken, startToken:
		p.strings()
	case opToken:
		switch tok.text {
		case "(":
			return p.parenthesized()
		case "[":
			return p.list()
		case "{":
			p.braces()
		case "...":
			p.at++
		default:
			p.unexpected("")
		}
	default:
		p.unexpected("")
	}
	return expression{offset: tok.offset}
}

// nameAtom: NAME | 'True' | 'False' | 'None'
func (p *parser) nameAtom(tok token) expression {
	switch {
	case tok.text == "True" || tok.text == "False" || tok.text == "None":
		p.at++
		return expression{offset: tok.offset}
	case !tok.isName():
		p.unexpected("")
		return expression{offset: tok.offset}
	}
	p.at++
	p.dynamic.name(tok.text)
	return expression{kind: nameExpr, offset: tok.offset, name: tok.text}
}

// strings: (string | fstring)+, which are either all bytes or none
func (p *parser) strings() {
	isBytes := p.now().kind == bytesToken
	for p.err == nil {
		switch p.now().kind {
		case stringToken, bytesToken:
			if (p.now().kind == bytesToken) != isBytes {
				p.fail(p.now().offset, "bytes and strings cannot be joined")
				return
			}
			p.at++
		case startToken:
			if isBytes {
				p.fail(p.now().offset, "bytes and strings cannot be joined")
				return
			}
			p.formatted()
		default:
			return
		}
	}
}

// formatted: an f-string, its literal text and replacement fields
func (p *parser) formatted() {
	p.take(startToken)
	for p.err == nil && !p.take(stopToken) {
		if !p.take(middleToken) {
			p.field()
		}
	}
}

// field: '{' (yield_expr | star_expressions) ['='] ['!' NAME] [':' format] '}'
func (p *parser) field() {
	defer p.descend()()
	p.needOp("{")
	p.yieldOrStar()
	p.op("=")
	if p.op("!") {
		switch p.needName().text {
		case "s", "r", "a":
		default:
			p.at--
			p.unexpected("s, r or a")
		}
	}
	if p.op(":") {
		for p.err == nil && !p.isOp("}") {
			if !p.take(middleToken) {
				p.field()
			}
		}
	}
	p.needOp("}")
}

// parenthesized: a tuple, a group, or a generator expression
func (p *parser) parenthesized() expression {
	defer p.descend()()
	offset := p.now().offset
	p.needOp("(")
	if p.op(")") {
		return expression{kind: tupleExpr, offset: offset, group: true}
	}
	if p.isWord("yield") {
		p.yield()
		p.needOp(")")
		return expression{offset: offset}
	}
	e := p.starNamed()
	if p.startsComprehension() {
		p.comprehension()
		p.needOp(")")
		return expression{offset: offset}
	}
	if !p.isOp(",") {
		p.noStar(e)
		p.needOp(")")
		e.offset, e.group = offset, true
		return e
	}
	e = p.elements(e, ")")
	e.kind, e.offset, e.group = tupleExpr, offset, true
	return e
}

// noStar refuses a starred expression where none can be.
func (p *parser) noStar(e expression) {
	if e.kind == starredExpr {
		p.fail(e.offset, "a starred expression cannot be used here")
	}
}

// elements reads the elements behind a first one, and the bracket that closes them.
func (p *parser) elements(first expression, end string) expression {
	e := expression{items: []expression{first}}
	for p.op(",") && !p.isOp(end) && p.err == nil {
		e.items = append(e.items, p.starNamed())
	}
	p.needOp(end)
	return e
}

// list: '[' [star_named_expressions] ']' | listcomp
func (p *parser) list() expression {
	defer p.descend()()
	offset := p.now().offset
	p.needOp("[")
	if p.op("]") {
		return expression{kind: listExpr, offset: offset}
	}
	first := p.starNamed()
	if p.startsComprehension() {
		p.comprehension()
		p.needOp("]")
		return expression{offset: offset}
	}
	e := p.elements(first, "]")
	e.kind, e.offset = listExpr, offset
	return e
}

// braces: a dict, a set, or a comprehension of one
func (p *parser) braces() {
	defer p.descend()()
	p.needOp("{")
	if p.op("}") {
		return
	}
	isDict := p.braceItem()
	if p.startsComprehension() {
		p.comprehension()
		p.needOp("}")
		return
	}
	for p.op(",") && !p.isOp("}") && p.err == nil {
		offset := p.now().offset
		if p.braceItem() != isDict {
			p.fail(offset, "elements of a set and of a dict are mixed")
		}
	}
	p.needOp("}")
}

// braceItem: '**' bitwise_or | expression ':' expression | star_named_expression. It
// tells whether that is of a dict.
func (p *parser) braceItem() (pair bool) {
	if p.op("**") {
		p.binary(0)
		return true
	}
	named := p.isName() && p.ahead(1).is(":=")
	if e := p.starNamed(); e.kind == starredExpr || named || !p.op(":") {
		return false
	}
	p.expression()
	return true
}

// startsComprehension tells whether a `for` of one is here.
func (p *parser) startsComprehension() bool {
	return p.isWord("for") || p.isWord("async") && p.ahead(1).is("for")
}

// comprehension: (['async'] 'for' star_targets 'in' disjunction ('if' disjunction)*)+
func (p *parser) comprehension() {
	for p.startsComprehension() && p.err == nil {
		p.word("async")
		p.needWord("for")
		target := p.targetList()
		if !p.isWord("in") {
			p.unexpected("in")
		}
		p.checkTarget(target, assigned)
		p.needWord("in")
		p.disjunction()
		for p.word("if") {
			p.disjunction()
		}
	}
}

// arguments: [args] ')', behind the opening bracket
func (p *parser) arguments() {
	defer p.descend()()
	var keyword, unpacked bool
	for first := true; !p.isOp(")") && p.err == nil; first = false {
		// A comprehension is the only argument.
		alone := false
		switch {
		case p.op("**"):
			unpacked = true
			p.expression()
		case p.op("*"):
			if unpacked {
				p.fail(p.now().offset, "an argument unpacked by * follows one unpacked by **")
			}
			p.expression()
			alone = first
		case p.isName() && p.ahead(1).is("="):
			keyword = true
			p.at += 2
			p.expression()
		default:
			if keyword || unpacked {
				p.fail(p.now().offset, "an argument without a name follows one with a name")
			}
			p.namedExpression()
			alone = first
		}
		if alone && p.startsComprehension() {
			p.comprehension()
			break
		}
		if !p.op(",") {
			break
		}
	}
	p.needOp(")")
}
