package python

// file: statement*
func (p *parser) file() {
	for p.err == nil && p.now().kind != endToken {
		p.statement()
	}
}

// statement: compound_stmt | simple_stmts
func (p *parser) statement() {
	defer p.descend()()
	if p.now().kind == nameToken && p.compound() {
		return
	}
	if p.isOp("@") {
		p.decorated()
		return
	}
	p.simpleStatements()
}

// compound reads a statement with a block, if one is here.
func (p *parser) compound() bool {
	switch p.now().text {
	case "if":
		p.ifStatement()
	case "while":
		p.whileStatement()
	case "for":
		p.forStatement()
	case "try":
		p.tryStatement()
	case "with":
		p.withStatement()
	case "def":
		p.function(p.now(), definition{})
	case "class":
		p.class()
	case "async":
		p.async(definition{})
	case "match":
		return p.attemptMatch()
	default:
		return false
	}
	return true
}

// async: 'async' (function_def | with_stmt | for_stmt)
func (p *parser) async(d definition) {
	start := p.now()
	p.needWord("async")
	switch {
	case p.isWord("def"):
		d.async = true
		p.function(start, d)
	case d.decorated:
		p.unexpected("def")
	case p.isWord("with"):
		p.withStatement()
	case p.isWord("for"):
		p.forStatement()
	default:
		p.unexpected("def, for or with")
	}
}

// simpleStatements: ';'.simple_stmt+ [';'] NEWLINE
func (p *parser) simpleStatements() {
	for {
		p.simple()
		if !p.op(";") || p.take(newlineToken) {
			break
		}
		if p.err != nil {
			return
		}
	}
	if p.tokens[max(p.at-1, 0)].kind != newlineToken || p.err != nil {
		p.needNewline()
	}
}

// simple: simple_stmt
func (p *parser) simple() {
	if p.now().kind != nameToken {
		p.expressionStatement()
		return
	}
	switch p.now().text {
	case "pass", "break", "continue":
		p.at++
	case "return":
		p.at++
		if !p.endsStatement() {
			p.starExpressions()
		}
	case "raise":
		p.raise()
	case "import":
		p.importNames()
	case "from":
		p.importFrom()
	case "lazy":
		p.lazy()
	case "global":
		p.global()
	case "nonlocal":
		p.at++
		p.names()
	case "del":
		p.del()
	case "assert":
		p.at++
		p.expression()
		if p.op(",") {
			p.expression()
		}
	case "type":
		if !p.typeAlias() {
			p.expressionStatement()
		}
	default:
		p.expressionStatement()
	}
}

// endsStatement tells whether a simple statement ends here.
func (p *parser) endsStatement() bool { return p.now().kind == newlineToken || p.isOp(";") }

// raise: 'raise' [expression ['from' expression]]
func (p *parser) raise() {
	p.needWord("raise")
	if p.endsStatement() {
		return
	}
	p.expression()
	if p.word("from") {
		p.expression()
	}
}

// names: ','.NAME+
func (p *parser) names() []token {
	all := []token{p.needName()}
	for p.op(",") {
		all = append(all, p.needName())
	}
	return all
}

// global: 'global' ','.NAME+
func (p *parser) global() {
	p.needWord("global")
	for _, name := range p.names() {
		p.bindGlobal(name)
	}
}

// del: 'del' del_targets
func (p *parser) del() {
	p.needWord("del")
	targets := p.targetList()
	if !p.endsStatement() {
		p.unexpected("")
	}
	p.checkTarget(targets, deleted)
	p.bindTarget(targets, Deleted)
}

// typeAlias: "type" NAME [type_params] '=' expression
func (p *parser) typeAlias() bool {
	if next := p.ahead(2); !p.ahead(1).isName() || !next.is("=") && !next.is("[") {
		return false
	}
	p.at++
	name := p.needName()
	p.typeParameters()
	p.needOp("=")
	p.inFunction(func() { p.expression() })
	p.bind(name, Assigned)
	return true
}

// expressionStatement: star_expressions, an annotation, or an assignment.
func (p *parser) expressionStatement() {
	first := p.yieldOrStar()
	switch {
	case p.isOp(":"):
		p.annotated(first)
	case p.now().kind == opToken && isAugmented(p.now().text):
		p.at++
		p.checkTarget(first, single)
		p.yieldOrStar()
		p.bindTarget(first, Augmented)
	default:
		p.assignment(first)
	}
}

// assignment: (star_targets '=')+ (yield_expr | star_expressions)
func (p *parser) assignment(first expression) {
	targets := []expression{}
	value := first
	for p.isOp("=") {
		p.checkTarget(value, assigned)
		p.at++
		targets = append(targets, value)
		value = p.yieldOrStar()
	}
	for _, target := range targets {
		p.bindTarget(target, Assigned)
	}
}

// annotated: target ':' expression ['=' (yield_expr | star_expressions)]
func (p *parser) annotated(target expression) {
	p.checkTarget(target, single)
	p.needOp(":")
	p.expression()
	if !p.op("=") {
		p.bindTarget(target, Declared)
		return
	}
	p.yieldOrStar()
	p.bindTarget(target, Assigned)
}

func isAugmented(op string) bool {
	switch op {
	case "+=", "-=", "*=", "@=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>=", "**=", "//=":
		return true
	}
	return false
}
