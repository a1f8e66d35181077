package project

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// maxMarkerDepth bounds the recursion over parentheses.
const maxMarkerDepth = 100

// markerOperators are the comparisons of PEP 508, each before its prefixes.
func markerOperators() []string {
	return []string{"===", "==", "!=", "~=", "<=", ">=", "<", ">"}
}

// markerParser reads a marker by recursive descent.
type markerParser struct {
	text  string
	depth int
}

// parseMarker reads the grammar of PEP 508, "Complete Grammar".
func parseMarker(text string) (marker, error) {
	p := &markerParser{text: text}
	m, err := p.disjunction()
	if err != nil {
		return marker{}, err
	}
	if p.skipSpace(); p.text != "" {
		return marker{}, fmt.Errorf("unexpected %q", p.text)
	}
	return m, nil
}

func (p *markerParser) skipSpace() { p.text = strings.TrimLeft(p.text, " \t\r\n") }

// disjunction reads conditions joined by "or".
func (p *markerParser) disjunction() (marker, error) {
	first, err := p.conjunction()
	if err != nil {
		return marker{}, err
	}
	m := marker{any: []marker{first}}
	for p.word("or") {
		next, err := p.conjunction()
		if err != nil {
			return marker{}, err
		}
		m.any = append(m.any, next)
	}
	return m, nil
}

// conjunction reads conditions joined by "and".
func (p *markerParser) conjunction() (marker, error) {
	first, err := p.condition()
	if err != nil {
		return marker{}, err
	}
	m := marker{all: []marker{first}}
	for p.word("and") {
		next, err := p.condition()
		if err != nil {
			return marker{}, err
		}
		m.all = append(m.all, next)
	}
	return m, nil
}

// condition reads a comparison or a marker in parentheses.
func (p *markerParser) condition() (marker, error) {
	p.skipSpace()
	rest, ok := strings.CutPrefix(p.text, "(")
	if !ok {
		return p.comparison()
	}
	p.text = rest
	if p.depth++; p.depth > maxMarkerDepth {
		return marker{}, fmt.Errorf("parentheses are nested more than %d levels deep", maxMarkerDepth)
	}
	m, err := p.disjunction()
	if err != nil {
		return marker{}, err
	}
	p.depth--
	p.skipSpace()
	if p.text, ok = strings.CutPrefix(p.text, ")"); !ok {
		return marker{}, errors.New("a parenthesis is not closed")
	}
	return m, nil
}

func (p *markerParser) comparison() (marker, error) {
	left, err := p.operand()
	if err != nil {
		return marker{}, err
	}
	operator, err := p.operator()
	if err != nil {
		return marker{}, err
	}
	right, err := p.operand()
	if err != nil {
		return marker{}, err
	}
	return marker{left: left, operator: operator, right: right}, nil
}

func (p *markerParser) operator() (string, error) {
	p.skipSpace()
	for _, operator := range markerOperators() {
		if rest, ok := strings.CutPrefix(p.text, operator); ok {
			p.text = rest
			return operator, nil
		}
	}
	switch {
	case p.word("in"):
		return "in", nil
	case p.word("not"):
		if p.word("in") {
			return "not in", nil
		}
	}
	return "", fmt.Errorf("expected a comparison before %q", p.text)
}

// operand reads a quoted string or the name of a variable.
func (p *markerParser) operand() (operand, error) {
	p.skipSpace()
	if p.text == "" {
		return operand{}, errors.New("it ends where a variable or a quoted string is expected")
	}
	if quote := p.text[0]; quote == '\'' || quote == '"' {
		text, rest, ok := strings.Cut(p.text[1:], string(quote))
		if !ok {
			return operand{}, errors.New("a quoted string is not closed")
		}
		p.text = rest
		return operand{text: text}, nil
	}
	name := p.identifier()
	if name == "" {
		return operand{}, fmt.Errorf("expected a variable or a quoted string before %q", p.text)
	}
	p.text = p.text[len(name):]
	return operand{variable: true, text: canonicalVariable(name)}, nil
}

// identifier gives the name that the text starts with.
func (p *markerParser) identifier() string {
	end := strings.IndexFunc(p.text, func(r rune) bool {
		return r != '_' && r != '.' && (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	if end < 0 {
		return p.text
	}
	return p.text[:end]
}

// word consumes a keyword.
func (p *markerParser) word(keyword string) bool {
	p.skipSpace()
	if p.identifier() != keyword {
		return false
	}
	p.text = p.text[len(keyword):]
	return true
}

// canonicalVariable maps the spellings that PEP 508 keeps from PEP 345.
func canonicalVariable(name string) string {
	old := []string{"os.name", "sys.platform", "platform.machine", "platform.version", "platform.python_implementation"}
	switch {
	case slices.Contains(old, name):
		return strings.Replace(name, ".", "_", 1)
	case name == "python_implementation":
		return "platform_python_implementation"
	default:
		return name
	}
}
