package python

// definition is what precedes the `def` or `class` of a definition.
type definition struct {
	async     bool
	decorated bool
}

// decorated: ('@' named_expression NEWLINE)+ (class_def | function_def)
func (p *parser) decorated() {
	for p.op("@") {
		p.namedExpression()
		p.needNewline()
	}
	d := definition{decorated: true}
	switch {
	case p.isWord("def"):
		p.function(p.now(), d)
	case p.isWord("class"):
		p.class()
	case p.isWord("async"):
		p.async(d)
	default:
		p.unexpected("def or class")
	}
}

// function: 'def' NAME [type_params] '(' [params] ')' ['->' expression] block.
// The definition begins at the token start.
func (p *parser) function(start token, d definition) {
	p.needWord("def")
	name := p.needName()
	p.typeParameters()
	p.needOp("(")
	parameters := p.parameters(")", true)
	p.needOp(")")
	if p.op("->") {
		p.expression()
	}
	p.define(name, start, &Function{Async: d.async, Decorated: d.decorated, Parameters: parameters})
	p.inFunction(p.block)
}

// class: 'class' NAME [type_params] ['(' [arguments] ')'] block
func (p *parser) class() {
	p.needWord("class")
	name := p.needName()
	p.typeParameters()
	if p.op("(") {
		p.arguments()
	}
	before := p.scope
	p.scope = classScope
	p.block()
	p.scope = before
	p.bind(name, Class)
}

// inFunction reads something whose names are local.
func (p *parser) inFunction(read func()) {
	before := p.scope
	p.scope = functionScope
	p.guarded(Deferred, read)
	p.scope = before
}

// typeParameters: ['[' ','.type_param+ [','] ']']
func (p *parser) typeParameters() {
	if !p.op("[") {
		return
	}
	for {
		star := p.op("*")
		if !star && !p.op("**") {
			p.needName()
			if p.op(":") {
				p.expression()
			}
		} else {
			p.needName()
		}
		if p.op("=") {
			if star {
				p.starExpression()
			} else {
				p.expression()
			}
		}
		if !p.op(",") || p.isOp("]") || p.err != nil {
			break
		}
	}
	p.needOp("]")
}

// parameters: [params], up to the token that ends them. Parameters of a lambda have
// no annotations.
func (p *parser) parameters(end string, annotations bool) []Parameter {
	l := parameterList{parser: p, annotations: annotations}
	for !p.isOp(end) && p.err == nil {
		l.next(end)
		if !p.op(",") {
			break
		}
	}
	if l.bare && !l.named {
		p.unexpected("a parameter after the *")
	}
	return l.all
}

// parameterList is a list of parameters that is being read.
type parameterList struct {
	*parser
	annotations bool
	all         []Parameter
	// star is set behind a * or *args, bare when no name was with it, named when
	// a parameter followed it.
	star, bare, named bool
	slash, defaults   bool
	finished          bool
}

// next reads one parameter.
func (l *parameterList) next(end string) {
	switch {
	case l.finished:
		l.unexpected("the end of the parameters")
	case l.op("**"):
		l.finished = true
		l.add(KeywordRest, false)
	case l.op("*"):
		l.rest(end)
	case l.isOp("/"):
		if l.slash || l.star || len(l.all) == 0 {
			l.unexpected("a parameter")
			return
		}
		l.at++
		l.slash = true
		for i := range l.all {
			l.all[i].Kind = PositionalOnly
		}
	case l.star:
		l.named = true
		l.add(KeywordOnly, true)
	default:
		l.add(Positional, true)
	}
}

// rest reads what follows a *.
func (l *parameterList) rest(end string) {
	if l.star {
		l.unexpected("a parameter")
		return
	}
	l.star = true
	if l.isOp(",") {
		l.bare = true
		return
	}
	if l.isOp(end) {
		l.unexpected("a parameter after the *")
		return
	}
	l.add(Rest, false)
}

// add reads a parameter's name, annotation and default.
func (l *parameterList) add(kind ParameterKind, mayDefault bool) {
	param := Parameter{Name: l.identifier(l.needName()), Kind: kind}
	if l.annotations && l.op(":") {
		if kind == Rest {
			l.starExpression()
		} else {
			l.expression()
		}
	}
	if mayDefault && l.op("=") {
		l.expression()
		param.Default = true
	}
	if kind == Positional {
		if l.defaults && !param.Default {
			l.unexpected("a default, as the parameter before has one")
		}
		l.defaults = param.Default
	}
	l.all = append(l.all, param)
}
