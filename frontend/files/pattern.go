package files

import (
	"errors"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Pattern is a pattern of .dockerignore, taken apart. The parts match as in
// https://pkg.go.dev/github.com/moby/patternmatcher, which BuildKit uses, with all
// its peculiarities.
type Pattern struct {
	// Negated is set by a leading !, which brings files back.
	Negated bool
	parts   []part
	// never is set when no path can match.
	never bool
}

// partKind is what a part of a pattern matches.
type partKind int

const (
	// literal is one character that stands for itself.
	literal partKind = iota
	// anyOne is ?, a character other than a slash.
	anyOne
	// class is a character out of brackets.
	class
	// anyName is *, characters other than slashes.
	anyName
	// anyFolders is ** before other parts: nothing, or all up to a slash.
	anyFolders
	// anyRest is ** at the end: whatever follows.
	anyRest
)

// part is the smallest piece of a pattern.
type part struct {
	kind partKind
	// char is the character of a literal.
	char rune
	// text is a class as it is written, members matches its characters.
	text    string
	members *regexp.Regexp
}

// ParsePattern reads a pattern as .dockerignore has it: blanks around it, a
// leading slash, ./ and a slash at the end say nothing.
func ParsePattern(text string) (Pattern, error) {
	var p Pattern
	text = strings.TrimSpace(text)
	if rest, ok := strings.CutPrefix(text, "!"); ok {
		p.Negated, text = true, strings.TrimSpace(rest)
	}
	if text == "" {
		return p, errors.New("it is empty: write a pattern")
	}
	text = path.Clean(text)
	if len(text) > 1 {
		text = strings.TrimPrefix(text, "/")
	}
	if _, err := path.Match(text, "."); err != nil {
		return p, errors.New("close its bracket")
	}
	err := p.parse([]rune(text))
	return p, err
}

// parse takes a pattern apart.
func (p *Pattern) parse(text []rune) error {
	isRegexp := usesRegexp(text)
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '*':
			stars := 1
			if hasAt(text, i+1, '*') {
				stars = 2
			}
			i += stars - 1
			p.addStars(stars, text, &i, isRegexp)
		case c == '?':
			p.parts = append(p.parts, part{kind: anyOne})
		case c == '\\':
			i++
			if unicode.IsLetter(text[i]) || unicode.IsDigit(text[i]) {
				return fmt.Errorf(`it has \ before %c: separate folders with /, and write \ only before a character that would match others`, text[i])
			}
			p.parts = append(p.parts, part{kind: literal, char: text[i]})
		case c == '[':
			end, err := p.addClass(text[i:])
			if err != nil {
				return err
			}
			i += end
		case c == '^' && isRegexp:
			// It stands for the beginning of the path there.
			p.never = p.never || slices.ContainsFunc(p.parts, func(before part) bool { return !before.mayBeEmpty() })
			p.parts = nil
		default:
			p.parts = append(p.parts, part{kind: literal, char: c})
		}
	}
	return nil
}

// usesRegexp reports whether a pattern is matched by a regular expression, in which
// some characters mean something else than in a comparison.
func usesRegexp(text []rune) bool {
	if slices.ContainsFunc(text, func(c rune) bool { return strings.ContainsRune(`?\[]`, c) }) {
		return true
	}
	// Two stars at one end are compared, others are not.
	rest := strings.TrimPrefix(string(text), "**")
	leading := len(rest) < len(text)
	if !leading {
		rest = strings.TrimSuffix(rest, "**")
	}
	return strings.Contains(rest, "*")
}

// addStars adds one star or two. i is where the last of them stands.
func (p *Pattern) addStars(stars int, text []rune, i *int, isRegexp bool) {
	if stars == 1 {
		p.parts = append(p.parts, part{kind: anyName})
		return
	}
	leading := *i == 1
	slash := hasAt(text, *i+1, '/')
	if slash {
		*i++
	}
	if *i+1 == len(text) {
		p.parts = append(p.parts, part{kind: anyRest})
		return
	}
	p.parts = append(p.parts, part{kind: anyFolders})
	if leading && !slash && !isRegexp {
		// Of "**.txt" the end of the path is compared.
		p.parts = append(p.parts, part{kind: anyName})
	}
}

// addClass adds what stands in brackets at the beginning of text, and gives
// where they end.
func (p *Pattern) addClass(text []rune) (end int, err error) {
	expression := "["
	for i := 1; i < len(text); i++ {
		switch c := text[i]; {
		case c == ']' && i > 1:
			members, err := regexp.Compile("^" + expression + "]$")
			if err != nil {
				return 0, fmt.Errorf("correct %s", string(text[:i+1]))
			}
			p.parts = append(p.parts, part{kind: class, text: string(text[:i+1]), members: members})
			return i, nil
		case c == '*' || c == '?' || c == '[' && hasAt(text, i+1, ':'):
			return 0, fmt.Errorf(`it has %c in brackets: write \%c`, c, c)
		case c == '\\' && i+1 < len(text):
			i++
			if unicode.IsLetter(text[i]) || unicode.IsDigit(text[i]) {
				return 0, fmt.Errorf(`it has \%c in brackets: remove the \`, text[i])
			}
			expression += `\` + string(text[i])
		case strings.ContainsRune(`.+()|{}$`, c):
			expression += `\` + string(c)
		default:
			expression += string(c)
		}
	}
	return 0, errors.New("close its bracket")
}

// hasAt tells whether a character stands at a place.
func hasAt(text []rune, i int, c rune) bool { return i < len(text) && text[i] == c }

func (p part) mayBeEmpty() bool {
	return p.kind == anyName || p.kind == anyFolders || p.kind == anyRest
}

// takes tells whether a part that is one character can be this one.
func (p part) takes(c rune) bool {
	switch p.kind {
	case literal:
		return c == p.char
	case anyOne:
		return c != '/'
	case class:
		return p.members.MatchString(string(c))
	case anyName, anyFolders, anyRest:
	}
	return false
}

// state is how far a beginning of a path has come in a pattern.
type state struct {
	// next is the part that comes next.
	next int
	// within is set inside of folders that an anyFolders stands for.
	within bool
}

// after gives the states after one more character.
func (p Pattern) after(states []state, c rune) []state {
	var all []state
	add := func(s state) {
		if !slices.Contains(all, s) {
			all = append(all, s)
		}
	}
	var advance func(s state)
	advance = func(s state) {
		if s.next == len(p.parts) {
			return
		}
		part := p.parts[s.next]
		switch part.kind {
		case anyName:
			if c != '/' {
				add(s)
			}
		case anyRest:
			add(s)
		case anyFolders:
			add(state{s.next, true})
			if c == '/' {
				add(state{s.next + 1, false})
			}
		case literal, anyOne, class:
			if part.takes(c) {
				add(state{s.next + 1, false})
			}
		}
		if part.mayBeEmpty() && !s.within {
			advance(state{s.next + 1, false})
		}
	}
	for _, s := range states {
		advance(s)
	}
	return all
}

// Below gives the patterns, relative to a folder, of the paths below it that a
// pattern matches. A match of the folder itself, or of a folder above, gives no
// pattern. The folder may be above the patterns' own, as "..".
func (p Pattern) Below(dir string) []string {
	if p.never {
		return nil
	}
	states := []state{{}}
	if dir != "." {
		for _, c := range dir + "/" {
			states = p.after(states, c)
		}
	}
	var all []string
	for _, s := range states {
		// Folders may end here, or go on, as at their beginning.
		if slices.Contains(states, state{s.next - 1, true}) {
			continue
		}
		text := write(p.parts[s.next:])
		// No path has an empty element, or one that is a dot.
		if text != "" && text[0] != '/' && text != "." && path.Clean(text) == text && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	slices.Sort(all)
	return all
}

// write puts parts together as a pattern.
func write(parts []part) string {
	var b strings.Builder
	for i, p := range parts {
		switch p.kind {
		case literal:
			b.WriteString(escape(p.char, i == 0, i == len(parts)-1))
		case anyOne:
			b.WriteByte('?')
		case class:
			b.WriteString(p.text)
		case anyName:
			b.WriteByte('*')
		case anyFolders:
			b.WriteString("**/")
		case anyRest:
			b.WriteString("**")
		}
	}
	return b.String()
}

// escape writes a character so that it stands for itself. Brackets do it in
// every matcher that a path meets on its way: a backslash alone keeps fsutil
// from looking for the file.
func escape(c rune, first, last bool) string {
	switch {
	case strings.ContainsRune(`*?[]^\`, c):
		return `[\` + string(c) + "]"
	case first && (c == '!' || c == '#'), (first || last) && unicode.IsSpace(c):
		return "[" + string(c) + "]"
	}
	return string(c)
}

// Exactly is the pattern of one path. A byte that is not UTF-8, which no pattern
// can name, may be any.
func Exactly(name string) string {
	var parts []part
	for len(name) > 0 {
		c, size := utf8.DecodeRuneInString(name)
		p := part{kind: literal, char: c}
		if c == utf8.RuneError && size == 1 {
			p = part{kind: anyOne}
		}
		parts, name = append(parts, p), name[size:]
	}
	return write(parts)
}

// ParsePatterns reads several patterns.
func ParsePatterns(texts []string) ([]Pattern, error) {
	patterns := make([]Pattern, 0, len(texts))
	for _, text := range texts {
		p, err := ParsePattern(text)
		if err != nil {
			return nil, fmt.Errorf("%q is not a pattern: %w", text, err)
		}
		patterns = append(patterns, p)
	}
	return patterns, nil
}

// Below translates patterns to a folder: they leave out, and bring back, the same
// of the paths in it. The folder is relative to the folder of the patterns.
// Patterns that match it, or a folder above it, give nothing.
func Below(patterns []Pattern, dir string) []string {
	var all []string
	negated := false
	for _, p := range patterns {
		sign := ""
		if p.Negated {
			sign, negated = "!", true
		}
		for _, below := range p.Below(dir) {
			all = append(all, sign+below)
			if negated && !strings.HasSuffix(below, "**") {
				// BuildKit's copy asks a pattern about a folder only when the
				// pattern would change what earlier ones decided.
				all = append(all, sign+below+"/**")
			}
		}
	}
	return all
}

// Under gives a pattern below a folder as a pattern relative to the context.
func Under(dir, text string) (string, error) {
	p, err := ParsePattern(text)
	if err != nil {
		return "", err
	}
	if dir == "." {
		return write(p.parts), nil
	}
	return Exactly(dir) + "/" + write(p.parts), nil
}
