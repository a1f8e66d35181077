package python

// targetUse is how a statement uses its targets.
type targetUse uint8

const (
	assigned targetUse = iota
	// single are targets of annotations and of operators such as +=.
	single
	deleted
)

// targetList: ','.star_target+ [',']
func (p *parser) targetList() expression {
	return p.tupleOf(p.target(), func() bool { return p.startsExpression() || p.isOp("*") }, p.target)
}

// target: star_target. A later check finds what cannot be assigned to.
func (p *parser) target() expression {
	if p.isOp("*") {
		return p.starred()
	}
	return p.binary(0)
}

// checkTarget refuses what nothing can be assigned to.
func (p *parser) checkTarget(e expression, use targetUse) {
	switch e.kind {
	case nameExpr, attributeExpr, subscriptExpr:
		return
	case tupleExpr, listExpr:
		if use == single {
			p.fail(e.offset, "only a single target can be annotated or changed by an operator")
		}
	case starredExpr:
		if use != assigned || e.items[0].kind == starredExpr {
			p.fail(e.offset, "a starred expression cannot be used here")
		}
	default:
		if use == deleted {
			p.fail(e.offset, "the expression cannot be deleted")
		} else {
			p.fail(e.offset, "the expression cannot be assigned to")
		}
	}
	for _, item := range e.items {
		p.checkTarget(item, use)
	}
}
