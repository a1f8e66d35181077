package python

import "strings"

// Import is one import of a module, or of names of a module.
type Import struct {
	// Level is the number of dots of a relative import.
	Level int
	// Module is the dotted name behind the dots; it is empty in
	// `from . import name`.
	Module string
	// From is set for `from Module import Names`.
	From bool
	// Names are imported from the module, "*" for all of its names. They may be
	// modules themselves.
	Names []string
	At    Position
	Guard Guard
}

// addImport notes an import.
func (p *parser) addImport(i Import) {
	i.Guard = p.guard
	p.module.Imports = append(p.module.Imports, i)
}

// importNames: 'import' ','.(dotted_name ['as' NAME])+
func (p *parser) importNames() {
	start := p.now()
	p.needWord("import")
	for {
		name := p.now()
		module := p.dotted()
		p.addImport(Import{Module: module, At: p.position(start.offset)})
		if p.word("as") {
			p.bind(p.needName(), ImportedModule)
		} else {
			p.bind(name, ImportedModule)
		}
		if !p.op(",") || p.err != nil {
			return
		}
	}
}

// lazy: "lazy" (import_name | import_from), or an expression that starts with the name
func (p *parser) lazy() {
	switch next := p.ahead(1); {
	case next.is("import"):
		p.at++
		p.importNames()
	case next.is("from"):
		p.at++
		p.importFrom()
	default:
		p.expressionStatement()
	}
}

// dotted: '.'.NAME+
func (p *parser) dotted() string {
	parts := []string{p.identifier(p.needName())}
	for p.op(".") {
		parts = append(parts, p.identifier(p.needName()))
	}
	return strings.Join(parts, ".")
}

// importFrom: 'from' ('.' | '...')* [dotted_name] 'import' import_from_targets
func (p *parser) importFrom() {
	i := Import{From: true, At: p.position(p.now().offset)}
	p.needWord("from")
	for p.isOp(".") || p.isOp("...") {
		i.Level += len(p.now().text)
		p.at++
	}
	if i.Level == 0 || !p.isWord("import") {
		i.Module = p.dotted()
	}
	p.needWord("import")
	switch {
	case p.op("*"):
		i.Names = []string{"*"}
		p.dynamic.direct = p.dynamic.direct || p.scope == moduleScope
	case p.op("("):
		i.Names = p.importedNames(")")
		p.needOp(")")
	default:
		i.Names = p.importedNames("")
	}
	p.addImport(i)
}

// importedNames: ','.(NAME ['as' NAME])+, in brackets with a comma at the end
// if one is there
func (p *parser) importedNames(end string) []string {
	var names []string
	for p.err == nil {
		name := p.needName()
		names = append(names, p.identifier(name))
		if p.word("as") {
			name = p.needName()
		}
		p.bind(name, Imported)
		if !p.op(",") || end != "" && p.isOp(end) {
			break
		}
	}
	return names
}
