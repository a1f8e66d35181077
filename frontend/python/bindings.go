package python

import (
	"slices"

	"golang.org/x/text/unicode/norm"
)

// Kind is how a name is bound.
type Kind string

const (
	// Defined is a function: `def` or `async def`.
	Defined Kind = "def"
	// Class is a class.
	Class Kind = "class"
	// Imported is a name that is taken from a module.
	Imported Kind = "import"
	// ImportedModule is the name of a module.
	ImportedModule Kind = "module"
	// Assigned is a target of an assignment, of `for`, of `with`, of a pattern,
	// of `:=`, or the name of a type.
	Assigned Kind = "assign"
	// Augmented is a target of an operator such as +=, which has to exist.
	Augmented Kind = "augment"
	// Declared is a name with an annotation and no value.
	Declared Kind = "declare"
	// Exception is the name of an exception, which ends with its handler.
	Exception Kind = "except"
	// Global is a name of a `global` statement: a function may bind it.
	Global Kind = "global"
	// Deleted is a target of `del`.
	Deleted Kind = "delete"
)

// Guard is the condition under which a statement runs when the module is imported.
type Guard uint8

const (
	// Deferred statements are in a function.
	Deferred Guard = 1 << iota
	// Caught imports may fail: the error of an import is caught or suppressed.
	Caught
	// TypeOnly statements are for type checkers.
	TypeOnly
	// Conditional statements run in some cases: in an `if`, a loop, or the
	// handler of an exception.
	Conditional
)

// Binding is a place where a module binds a name.
type Binding struct {
	Name  string
	Kind  Kind
	At    Position
	Guard Guard
	// Function is set for a function.
	Function *Function
}

// Function is what the head of a function says.
type Function struct {
	Async      bool
	Decorated  bool
	Parameters []Parameter
}

// ParameterKind is how a call can give a parameter.
type ParameterKind string

const (
	// PositionalOnly parameters come before a /.
	PositionalOnly ParameterKind = "positional-only"
	// Positional parameters can also be given by name.
	Positional ParameterKind = "positional"
	// Rest is a parameter *args.
	Rest ParameterKind = "rest"
	// KeywordOnly parameters come after a * or *args.
	KeywordOnly ParameterKind = "keyword-only"
	// KeywordRest is a parameter **kwargs.
	KeywordRest ParameterKind = "keyword-rest"
)

// Parameter is one of a function.
type Parameter struct {
	Name string
	Kind ParameterKind
	// Default is set when a call can leave the parameter out.
	Default bool
}

// scope is what a statement binds names in.
type scope uint8

const (
	moduleScope scope = iota
	classScope
	functionScope
)

// identifier is the name that Python takes an identifier for.
func (p *parser) identifier(name token) string { return norm.NFKC.String(name.text) }

// bind notes a name that the module binds.
func (p *parser) bind(name token, kind Kind) {
	if p.scope == moduleScope && p.err == nil {
		p.note(Binding{Name: p.identifier(name), Kind: kind, At: p.position(name.offset)})
	}
}

// bindGlobal notes a name of a `global` statement, in any scope.
func (p *parser) bindGlobal(name token) {
	p.note(Binding{Name: p.identifier(name), Kind: Global, At: p.position(name.offset)})
}

// define notes a function that begins at a token.
func (p *parser) define(name, start token, f *Function) {
	if p.scope == moduleScope && p.err == nil {
		p.note(Binding{Name: p.identifier(name), Kind: Defined, At: p.position(start.offset), Function: f})
		p.dynamic.defined(name.text)
	}
}

func (p *parser) note(b Binding) {
	b.Guard = p.guard
	p.module.Bindings = append(p.module.Bindings, b)
}

// bindTarget notes the names of a target.
func (p *parser) bindTarget(e expression, kind Kind) {
	if e.kind == nameExpr {
		p.bind(token{nameToken, e.name, e.offset}, kind)
	}
	for _, item := range e.items {
		p.bindTarget(item, kind)
	}
}

// dynamic collects the ways in which a module may get names that its source
// does not spell.
type dynamic struct {
	direct  bool
	sets    bool
	modules bool
}

func (d *dynamic) is() bool { return d.direct || d.sets && d.modules }

// name takes a name that is used.
func (d *dynamic) name(name string) {
	switch name {
	case "globals", "locals", "vars", "exec", "eval":
		d.direct = true
	case "setattr":
		d.sets = true
	case "__import__", "import_module":
		d.modules = true
	}
}

// attribute takes an attribute that is used.
func (d *dynamic) attribute(name string) {
	switch name {
	case "modules", "__dict__":
		d.direct = true
	case "import_module":
		d.modules = true
	}
}

// attribute notes what an attribute says of the module.
func (p *parser) attribute(of expression, name string) {
	p.dynamic.attribute(name)
	if name == "path" && of.kind == nameExpr && of.name == "sys" || name == "addsitedir" {
		p.module.ChangesPath = true
	}
}

// defined takes a function of the module.
func (d *dynamic) defined(name string) {
	if name == "__getattr__" {
		d.direct = true
	}
}

// Defines tells whether a module has a name once it is imported, as far as its
// source spells it.
func (m *Module) Defines(name string) bool {
	defined := false
	for _, b := range m.Bindings {
		if b.Name != name {
			continue
		}
		switch b.Kind {
		case Declared, Exception, Augmented:
		case Deleted:
			defined = defined && b.Guard != 0
		default:
			defined = true
		}
	}
	return defined
}

// Names are the names that a module has once it is imported, each once, in the
// order of the source.
func (m *Module) Names() []string {
	var names []string
	for _, b := range m.Bindings {
		if !slices.Contains(names, b.Name) && m.Defines(b.Name) {
			names = append(names, b.Name)
		}
	}
	return names
}

// Bound are the places where a module binds a name.
func (m *Module) Bound(name string) []Binding {
	return slices.DeleteFunc(slices.Clone(m.Bindings), func(b Binding) bool { return b.Name != name })
}
