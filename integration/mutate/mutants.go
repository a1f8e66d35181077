package main

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// The shares that a package has to reach.
const (
	wantKilled  = 0.97
	wantCovered = 0.95
)

// notCovered is the status of a mutant in code that no test runs.
const notCovered = "NOT COVERED"

// mutant is one change of the code, as gremlins reports it.
type mutant struct {
	// Kind is what was changed, such as CONDITIONALS_BOUNDARY.
	Kind   string `json:"type"`
	Status string `json:"status"`
	Line   int    `json:"line"`
	Column int    `json:"column"`

	// file is the path in the repository, code the line without its indentation.
	file, code string
	// uncounted is set in the condition of a switch's case and outside of functions.
	// Go's coverage has no count there, so gremlins takes it for code that no test
	// reaches.
	uncounted bool
}

func (m mutant) String() string {
	return fmt.Sprintf("%s:%d:%d: %s: %s", m.file, m.Line, m.Column, m.Kind, m.code)
}

// source is a file of Go code.
type source struct {
	name  string
	lines []string
	// functions are the places of functions, conditions the places of cases.
	functions, conditions []span
}

// readSource reads and parses a file.
func readSource(name string) (*source, error) {
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return parseSource(name, data)
}

func parseSource(name string, data []byte) (*source, error) {
	files := token.NewFileSet()
	parsed, err := parser.ParseFile(files, name, data, parser.SkipObjectResolution)
	if err != nil {
		return nil, err
	}
	s := &source{name: name, lines: strings.Split(string(data), "\n")}
	place := func(n ast.Node) span { return span{files.Position(n.Pos()), files.Position(n.End())} }
	ast.Inspect(parsed, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CaseClause:
			for _, condition := range n.List {
				s.conditions = append(s.conditions, place(condition))
			}
		case *ast.FuncDecl, *ast.FuncLit:
			s.functions = append(s.functions, place(n))
		}
		return true
	})
	return s, nil
}

// span is a range of a file.
type span struct{ from, to token.Position }

// has reports whether a mutant is in the range.
func (s span) has(m mutant) bool {
	after := s.from.Line < m.Line || s.from.Line == m.Line && s.from.Column <= m.Column
	return after && (m.Line < s.to.Line || m.Line == s.to.Line && m.Column < s.to.Column)
}

// place adds to a mutant what the file says of it.
func (s *source) place(m mutant) mutant {
	m.file, m.code = s.name, strings.TrimSpace(s.lines[m.Line-1])
	in := func(s span) bool { return s.has(m) }
	m.uncounted = slices.ContainsFunc(s.conditions, in) || !slices.ContainsFunc(s.functions, in)
	return m
}

// known is a mutant that no test can notice. Lines move, so it goes by its code.
type known struct {
	File, Kind, Code string
	// Reason says why the program does the same with it.
	Reason string
}

// is reports whether a mutant is the known one.
func (k known) is(m mutant) bool { return k.File == m.file && k.Kind == m.Kind && k.Code == m.code }

// readEquivalent reads the list of known mutants.
func readEquivalent(name string) ([]known, error) {
	var list struct{ Mutant []known }
	if _, err := toml.DecodeFile(name, &list); err != nil {
		return nil, fmt.Errorf("reading the equivalent mutants: %w", err)
	}
	for _, k := range list.Mutant {
		if k.File == "" || k.Kind == "" || k.Code == "" || k.Reason == "" {
			return nil, fmt.Errorf("reading the equivalent mutants of %s: each has a file, a kind, its code and a reason", name)
		}
	}
	return list.Mutant, nil
}

// result is what became of the mutants of a package.
type result struct {
	// killed counts the mutants that tests notice, slow the mutants among them whose tests
	// did not end in time, as in an endless loop.
	killed, slow          int
	equivalent, uncovered int
	survivors             []mutant
}

// judge counts mutants. One of the list that a test kills is an error, so that
// the list holds no more than it needs.
func judge(mutants []mutant, equivalent []known) (result, error) {
	var r result
	for _, m := range mutants {
		listed := slices.ContainsFunc(equivalent, func(k known) bool { return k.is(m) })
		switch m.Status {
		case "KILLED", "TIMED OUT":
			if listed && !survives(mutants, m) {
				return r, fmt.Errorf("%s: a test notices this mutant, so it is no equivalent one: remove it from the list", m)
			}
			r.killed++
			if m.Status == "TIMED OUT" {
				r.slow++
			}
		case "LIVED":
			if listed {
				r.equivalent++
			} else {
				r.survivors = append(r.survivors, m)
			}
		case notCovered:
			r.uncovered++
		}
	}
	if r.killed+r.equivalent+len(r.survivors) == 0 {
		return r, errors.New("no mutant was tested")
	}
	return r, nil
}

// survives reports whether another mutant with the same code survives.
func survives(mutants []mutant, like mutant) bool {
	return slices.ContainsFunc(mutants, func(m mutant) bool {
		return m.Status == "LIVED" && m.file == like.file && m.Kind == like.Kind && m.code == like.code
	})
}

// efficacy is the share of the mutants that tests notice, of those that they could.
func (r result) efficacy() float64 {
	return float64(r.killed) / float64(r.killed+len(r.survivors))
}

// coverage is the share of the mutants in code that tests run.
func (r result) coverage() float64 {
	tested := r.killed + r.equivalent + len(r.survivors)
	return float64(tested) / float64(tested+r.uncovered)
}

func (r result) String() string {
	text := fmt.Sprintf("%.1f %% of %d mutants killed, %d by tests that did not end; %.1f %% covered; %d equivalent",
		100*r.efficacy(), r.killed+len(r.survivors), r.slow, 100*r.coverage(), r.equivalent)
	for _, m := range r.survivors {
		text += "\n  survives: " + m.String()
	}
	return text
}

// goal tells what a package misses.
func (r result) goal() error {
	var missed error
	if len(r.survivors) > 0 {
		missed = fmt.Errorf("%d mutants survive that are not in the list: write a test that notices them, or list them with the reason why none can", len(r.survivors))
	}
	if r.efficacy() < wantKilled {
		missed = errors.Join(missed, fmt.Errorf("%.1f %% are killed of %.0f %%", 100*r.efficacy(), 100*wantKilled))
	}
	if r.coverage() < wantCovered {
		missed = errors.Join(missed, fmt.Errorf("%.1f %% are covered of %.0f %%", 100*r.coverage(), 100*wantCovered))
	}
	return missed
}
