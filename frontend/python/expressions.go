package python

// expressionKind is what an expression is, as far as something depends on it.
type expressionKind uint8

const (
	otherExpr expressionKind = iota
	nameExpr
	attributeExpr
	subscriptExpr
	callExpr
	tupleExpr
	listExpr
	starredExpr
)

// expression is a parsed expression, with as much as bindings depend on.
type expression struct {
	kind expressionKind
	// offset is where it starts.
	offset int
	// name is the name itself, or the name of an attribute or a called function.
	name string
	// items are the elements of a tuple or a list, or the operand of a star.
	items []expression
	// group is set for an expression in parentheses of its own.
	group bool
}

// yieldOrStar: yield_expr | star_expressions
func (p *parser) yieldOrStar() expression {
	if p.isWord("yield") {
		return p.yield()
	}
	return p.starExpressions()
}

// yield: 'yield' ('from' expression | [star_expressions])
func (p *parser) yield() expression {
	offset := p.now().offset
	p.needWord("yield")
	if p.word("from") {
		p.expression()
	} else if p.startsExpression() || p.isOp("*") {
		p.starExpressions()
	}
	return expression{offset: offset}
}

// startsExpression tells whether an expression can start here.
func (p *parser) startsExpression() bool {
	tok := p.now()
	switch tok.kind {
	case nameToken:
		switch tok.text {
		case "None", "True", "False", "not", "lambda", "await":
			return true
		}
		return tok.isName()
	case numberToken, stringToken, bytesToken, startToken:
		return true
	case opToken:
		switch tok.text {
		case "(", "[", "{", "-", "+", "~", "...":
			return true
		}
	}
	return false
}

// starExpressions: ','.star_expression+ [',']
func (p *parser) starExpressions() expression {
	first := p.starExpression()
	return p.tupleOf(first, func() bool { return p.startsExpression() || p.isOp("*") }, p.starExpression)
}

// tupleOf reads the elements behind a first one, if a comma follows it.
func (p *parser) tupleOf(first expression, more func() bool, element func() expression) expression {
	if !p.isOp(",") {
		return first
	}
	tuple := expression{kind: tupleExpr, offset: first.offset, items: []expression{first}}
	for p.op(",") && more() && p.err == nil {
		tuple.items = append(tuple.items, element())
	}
	return tuple
}

// starExpression: '*' bitwise_or | expression
func (p *parser) starExpression() expression {
	if p.isOp("*") {
		return p.starred()
	}
	return p.expression()
}

// starred: '*' bitwise_or
func (p *parser) starred() expression {
	offset := p.now().offset
	p.needOp("*")
	return expression{kind: starredExpr, offset: offset, items: []expression{p.binary(0)}}
}

// starNamed: '*' bitwise_or | named_expression
func (p *parser) starNamed() expression {
	if p.isOp("*") {
		return p.starred()
	}
	return p.namedExpression()
}

// namedExpression: NAME ':=' expression | expression
func (p *parser) namedExpression() expression {
	if p.isName() && p.ahead(1).is(":=") {
		name := p.needName()
		p.at++
		p.expression()
		p.bind(name, Assigned)
		return expression{offset: name.offset}
	}
	return p.expression()
}

// expression: disjunction ['if' disjunction 'else' expression] | lambdef
func (p *parser) expression() expression {
	defer p.descend()()
	if p.isWord("lambda") {
		return p.lambda()
	}
	e := p.disjunction()
	if !p.word("if") {
		return e
	}
	p.disjunction()
	p.needWord("else")
	p.expression()
	return expression{offset: e.offset}
}

// lambda: 'lambda' [lambda_params] ':' expression
func (p *parser) lambda() expression {
	offset := p.now().offset
	p.needWord("lambda")
	p.parameters(":", false)
	p.needOp(":")
	p.inFunction(func() { p.expression() })
	return expression{offset: offset}
}

// disjunction: conjunction ('or' conjunction)*
func (p *parser) disjunction() expression {
	e := p.conjunction()
	for p.word("or") {
		p.conjunction()
		e = expression{offset: e.offset}
	}
	return e
}

// conjunction: inversion ('and' inversion)*
func (p *parser) conjunction() expression {
	e := p.inversion()
	for p.word("and") {
		p.inversion()
		e = expression{offset: e.offset}
	}
	return e
}

// inversion: 'not'* comparison
func (p *parser) inversion() expression {
	offset := p.now().offset
	inverted := false
	for p.word("not") {
		inverted = true
	}
	e := p.comparison()
	if inverted {
		return expression{offset: offset}
	}
	return e
}

// comparison: bitwise_or (comparison_operator bitwise_or)*
func (p *parser) comparison() expression {
	e := p.binary(0)
	for p.comparisonOperator() {
		p.binary(0)
		e = expression{offset: e.offset}
	}
	return e
}

// comparisonOperator takes one if it is there.
func (p *parser) comparisonOperator() bool {
	for _, op := range []string{"==", "!=", "<", ">", "<=", ">="} {
		if p.op(op) {
			return true
		}
	}
	switch {
	case p.word("in"):
	case p.isWord("not") && p.ahead(1).is("in"):
		p.at += 2
	case p.word("is"):
		p.word("not")
	default:
		return false
	}
	return true
}

// precedence is how strongly a binary operator binds, 0 for other tokens.
func precedence(tok token) int {
	if tok.kind != opToken {
		return 0
	}
	switch tok.text {
	case "|":
		return 1
	case "^":
		return 2
	case "&":
		return 3
	case "<<", ">>":
		return 4
	case "+", "-":
		return 5
	case "*", "/", "//", "%", "@":
		return 6
	}
	return 0
}

// binary: bitwise_or, of operators that bind more strongly than another one
func (p *parser) binary(than int) expression {
	e := p.factor()
	for {
		level := precedence(p.now())
		if level <= than {
			return e
		}
		p.at++
		p.binary(level)
		e = expression{offset: e.offset}
	}
}

// factor: ('+' | '-' | '~')* power
func (p *parser) factor() expression {
	defer p.descend()()
	offset := p.now().offset
	if p.op("+") || p.op("-") || p.op("~") {
		p.factor()
		return expression{offset: offset}
	}
	return p.power()
}

// power: ['await'] primary ['**' factor]
func (p *parser) power() expression {
	offset := p.now().offset
	awaited := p.word("await")
	e := p.primary()
	if awaited {
		e = expression{offset: offset}
	}
	if p.op("**") {
		p.factor()
		e = expression{offset: offset}
	}
	return e
}

// primary: atom ('.' NAME | '(' [arguments] ')' | '[' slices ']')*
func (p *parser) primary() expression {
	e := p.atom()
	for p.err == nil {
		switch {
		case p.op("."):
			name := p.needName()
			p.attribute(e, name.text)
			e = expression{kind: attributeExpr, offset: e.offset, name: name.text}
		case p.op("("):
			p.arguments()
			e = expression{kind: callExpr, offset: e.offset, name: e.name}
		case p.op("["):
			p.slices()
			e = expression{kind: subscriptExpr, offset: e.offset}
		default:
			return e
		}
	}
	return e
}

// slices: ','.(slice | starred_expression)+ [',']
func (p *parser) slices() {
	p.slice()
	for p.op(",") && !p.isOp("]") && p.err == nil {
		p.slice()
	}
	p.needOp("]")
}

// slice: [expression] ':' [expression] [':' [expression]] | star_named_expression
func (p *parser) slice() {
	if !p.isOp(":") {
		named := p.isName() && p.ahead(1).is(":=")
		if e := p.starNamed(); named || e.kind == starredExpr {
			return
		}
	}
	for range 2 {
		if p.op(":") && !p.isOp(":") && !p.isOp(",") && !p.isOp("]") {
			p.expression()
		}
	}
}
