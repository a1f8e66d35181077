package python

// block: NEWLINE INDENT statement+ DEDENT | simple_stmts
func (p *parser) block() {
	p.needOp(":")
	if !p.take(newlineToken) {
		p.simpleStatements()
		return
	}
	if !p.take(indentToken) {
		if p.now().kind == errorToken {
			p.unexpected("")
			return
		}
		p.fail(p.now().offset, "expected an indented block")
		return
	}
	for p.err == nil && !p.take(dedentToken) {
		p.statement()
	}
}

// guarded reads a block that depends on something more.
func (p *parser) guarded(more Guard, read func()) {
	before := p.guard
	p.guard |= more
	read()
	p.guard = before
}

// ifStatement: 'if' named_expression block ('elif' named_expression block)* [else_block]
func (p *parser) ifStatement() {
	p.needWord("if")
	test := p.namedExpression()
	p.guarded(testGuard(test), p.block)
	after := Conditional
	if testGuard(test) == TypeOnly {
		// What a type checker does not read is what runs.
		after = 0
	}
	p.guarded(after, func() {
		for p.word("elif") {
			test := p.namedExpression()
			p.guarded(testGuard(test), p.block)
			p.guard |= Conditional
		}
		p.elseBlock()
	})
}

// testGuard is what a block depends on that runs when a test holds.
func testGuard(test expression) Guard {
	if (test.kind == nameExpr || test.kind == attributeExpr) && test.name == "TYPE_CHECKING" {
		return TypeOnly
	}
	return Conditional
}

// elseBlock: ['else' block]
func (p *parser) elseBlock() {
	if p.word("else") {
		p.block()
	}
}

// whileStatement: 'while' named_expression block [else_block]
func (p *parser) whileStatement() {
	p.needWord("while")
	p.namedExpression()
	p.guarded(Conditional, p.block)
	p.elseBlock()
}

// forStatement: 'for' star_targets 'in' star_expressions block [else_block]
func (p *parser) forStatement() {
	p.needWord("for")
	target := p.targetList()
	if !p.isWord("in") {
		p.unexpected("in")
	}
	p.checkTarget(target, assigned)
	p.needWord("in")
	p.starExpressions()
	p.bindTarget(target, Assigned)
	p.guarded(Conditional, p.block)
	p.elseBlock()
}

// tryStatement: 'try' block (except_block+ [else_block] | ) [finally_block]
func (p *parser) tryStatement() {
	p.needWord("try")
	imports := len(p.module.Imports)
	p.block()
	tried := len(p.module.Imports)
	handled := false
	star := p.isWord("except") && p.ahead(1).is("*")
	for p.isWord("except") && p.err == nil {
		handled = true
		if p.except(star) {
			for i := imports; i < tried; i++ {
				p.module.Imports[i].Guard |= Caught
			}
		}
	}
	if handled {
		p.elseBlock()
	}
	if p.word("finally") {
		p.block()
	} else if !handled {
		p.unexpected("except or finally")
	}
}

// except: 'except' ['*'] [expression (',' expression)* | expression 'as' NAME] block.
// It tells whether the block gets the error of a failed import.
func (p *parser) except(star bool) (catches bool) {
	p.needWord("except")
	if star {
		p.needOp("*")
	}
	catches = true
	if star || !p.isOp(":") {
		types := p.expression()
		one := true
		for p.op(",") && !p.isOp(":") && p.err == nil {
			one = false
			types.items = append(types.items, p.expression())
		}
		catches = catchesImport(types)
		if one && p.word("as") {
			p.bind(p.needName(), Exception)
		}
	}
	p.guarded(Conditional, p.block)
	return catches
}

// catchesImport tells whether exceptions include the errors of a failed import.
func catchesImport(types expression) bool {
	switch types.name {
	case "ImportError", "ModuleNotFoundError", "Exception", "BaseException":
		return true
	}
	for _, item := range types.items {
		if catchesImport(item) {
			return true
		}
	}
	return false
}

// withStatement: 'with' ('(' ','.with_item+ [','] ')' | ','.with_item+) block
func (p *parser) withStatement() {
	p.needWord("with")
	var guard Guard
	if !p.isOp("(") || !p.attempt(func() bool {
		guard = p.parenthesizedItems()
		return p.isOp(":")
	}) {
		guard = p.withItem()
		for p.op(",") {
			guard |= p.withItem()
		}
	}
	p.guarded(guard, p.block)
}

// parenthesizedItems: '(' ','.with_item+ [','] ')'
func (p *parser) parenthesizedItems() (guard Guard) {
	p.needOp("(")
	guard = p.withItem()
	for p.op(",") && !p.isOp(")") {
		guard |= p.withItem()
	}
	p.needOp(")")
	return guard
}

// withItem: expression ['as' star_target]. The guard of what follows is Caught
// when errors of imports are suppressed.
func (p *parser) withItem() (guard Guard) {
	context := p.expression()
	if context.kind == callExpr && context.name == "suppress" {
		guard = Caught
	}
	if p.word("as") {
		target := p.target()
		p.checkTarget(target, assigned)
		p.bindTarget(target, Assigned)
	}
	return guard
}
