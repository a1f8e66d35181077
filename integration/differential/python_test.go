package differential

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/python"
)

var (
	pythons = flag.String("pythons", "", "interpreters to compare with, with commas between them; the oracle's own when there are none")
	sources = flag.Int("sources", 300, "number of sources to compare, of those that an interpreter has")
)

// answer is what CPython says of a source; see testdata/python.py.
type answer struct {
	OK       bool
	Line     int
	Message  string
	Bindings []struct {
		Name, Kind  string
		Line, Guard int
		Function    *struct {
			Async, Decorated bool
			Parameters       []struct {
				Name, Kind string
				Default    bool
			}
		}
	}
	Imports []struct {
		Level, Line, Guard int
		Module             string
		From               bool
		Names              []string
	}
}

// request is a source to ask CPython about.
type request struct {
	Path string `json:"path,omitempty"`
	Text string `json:"text,omitempty"`
}

// ask gives CPython's answers to all requests.
func ask(t *testing.T, interpreter string, requests []request) []answer {
	t.Helper()
	var in bytes.Buffer
	for _, r := range requests {
		require.NoError(t, json.NewEncoder(&in).Encode(r))
	}
	cmd := exec.Command(interpreter, "-X", "utf8", "testdata/python.py")
	cmd.Stdin, cmd.Stderr = &in, os.Stderr
	out, err := cmd.Output()
	require.NoError(t, err)
	var answers []answer
	lines := bufio.NewScanner(bytes.NewReader(out))
	lines.Buffer(nil, 1<<28)
	for lines.Scan() {
		var a answer
		require.NoError(t, json.Unmarshal(lines.Bytes(), &a))
		answers = append(answers, a)
	}
	require.Len(t, answers, len(requests))
	return answers
}

// eachPython runs a test for the interpreters.
func eachPython(t *testing.T, test func(t *testing.T, interpreter string)) {
	t.Parallel()
	for interpreter := range strings.SplitSeq(cmp.Or(*pythons, oracles.Python.Program("python")), ",") {
		t.Run(filepath.Base(interpreter), func(t *testing.T) { test(t, interpreter) })
	}
}

// library gives sources of an interpreter's standard library and of the
// packages that are installed for it.
func library(t *testing.T, interpreter string) []string {
	t.Helper()
	out, err := exec.Command(interpreter, "-c", "import sysconfig; print(sysconfig.get_path('stdlib'))").Output()
	require.NoError(t, err)
	var paths []string
	err = filepath.WalkDir(strings.TrimSpace(string(out)), func(path string, entry fs.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() && filepath.Ext(path) == ".py" {
			paths = append(paths, path)
		}
		return err
	})
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	random := rand.New(rand.NewPCG(1, 2))
	random.Shuffle(len(paths), func(i, j int) { paths[i], paths[j] = paths[j], paths[i] })
	return paths[:min(len(paths), *sources)]
}

// Of a library's sources, all that CPython accepts are accepted, and say the
// same.
func TestSameAsCPython(t *testing.T) {
	eachPython(t, func(t *testing.T, interpreter string) {
		paths := library(t, interpreter)
		var requests []request
		for _, path := range paths {
			requests = append(requests, request{Path: path})
		}
		accepted, later := 0, 0
		for i, want := range ask(t, interpreter, requests) {
			data, err := os.ReadFile(paths[i])
			require.NoError(t, err)
			got, err := python.Parse(data)
			switch {
			case want.OK:
				if assert.NoError(t, err, paths[i]) && !undecoded(got) {
					assert.Equal(t, described(want), describe(got), paths[i])
				}
			case err == nil && !undecoded(got):
				accepted++
				t.Logf("%s is accepted; CPython says, line %d: %s", paths[i], want.Line, want.Message)
			default:
				later++
			}
		}
		t.Logf("%d sources, %d rejected by both, %d by CPython only", len(paths), later, accepted)
		// Sources of other Pythons, and those that only a compiler refuses.
		assert.LessOrEqual(t, accepted, len(paths)/200)
	})
}

// undecoded tells a source whose encoding is not read.
func undecoded(m *python.Module) bool { return m.Dynamic && m.Bindings == nil && m.Imports == nil }

// Sources with a few tokens deleted, doubled, swapped or taken from elsewhere
// are never rejected when CPython accepts them, and rarely the other way round.
func TestMutatedSources(t *testing.T) {
	eachPython(t, func(t *testing.T, interpreter string) {
		random := rand.New(rand.NewPCG(1, 2))
		var requests []request
		for _, path := range library(t, interpreter) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			if len(data) < 20_000 {
				requests = append(requests, mutants(data, random)...)
			}
		}
		accepted, rejected, sameLine := 0, 0, 0
		for i, want := range ask(t, interpreter, requests) {
			_, err := python.Parse([]byte(requests[i].Text))
			switch {
			case want.OK:
				require.NoError(t, err, requests[i].Text)
			case err == nil:
				if accepted++; accepted < 20 {
					t.Logf("accepted; CPython says, line %d: %s: %s", want.Line, want.Message, around(requests[i].Text, want.Line))
				}
			default:
				rejected++
				if syntax, ok := errors.AsType[*python.SyntaxError](err); ok && syntax.At.Line == want.Line {
					sameLine++
				}
			}
		}
		t.Logf("%d sources, %d rejected by both, %d of these at the same line, %d by CPython only", len(requests), rejected, sameLine, accepted)
		assert.LessOrEqual(t, accepted, rejected/200)
		assert.GreaterOrEqual(t, sameLine, rejected*9/10)
	})
}

// around is the line of a text.
func around(text string, line int) string {
	all := strings.Split(text, "\n")
	if line < 1 || line > len(all) {
		return ""
	}
	return all[line-1]
}

// piece matches the part of a source that a mutation changes: roughly a token.
var piece = regexp.MustCompile(`\w+|[^\w\s]|\n[ \t]*`)

// mutants changes pieces of a source at random.
func mutants(data []byte, random *rand.Rand) []request {
	text := string(data)
	pieces := piece.FindAllStringIndex(text, -1)
	if len(pieces) < 20 || !utf8.ValidString(text) {
		return nil
	}
	pick := func() (start, end int, piece string) {
		at := pieces[random.IntN(len(pieces))]
		return at[0], at[1], text[at[0]:at[1]]
	}
	var all []request
	for n := range 12 {
		start, end, here := pick()
		_, _, other := pick()
		changed := [...]string{"", here + " " + here, other, other + " " + here}[n%4]
		all = append(all, request{Text: text[:start] + changed + text[end:]})
	}
	return all
}

// describe prints what a module says, with a line for each fact.
func describe(m *python.Module) []string {
	var lines []string
	for _, b := range m.Bindings {
		line := b.At.Line
		if slices.Contains([]python.Kind{python.Imported, python.ImportedModule, python.Exception, python.Assigned}, b.Kind) {
			line = 0
		}
		text := fmt.Sprintf("%s %s %d %d", b.Kind, b.Name, line, b.Guard)
		if b.Function != nil {
			text += fmt.Sprintf(" %t %t", b.Function.Async, b.Function.Decorated)
			for _, p := range b.Function.Parameters {
				text += fmt.Sprintf(" %s:%s:%t", p.Name, p.Kind, p.Default)
			}
		}
		lines = append(lines, text)
	}
	slices.Sort(lines)
	for _, i := range m.Imports {
		lines = append(lines, fmt.Sprintf("import %d %q %t %v %d %d", i.Level, i.Module, i.From, i.Names, i.At.Line, i.Guard))
	}
	return lines
}

// described prints what CPython says of a module in the same way.
func described(a answer) []string {
	m := &python.Module{}
	for _, b := range a.Bindings {
		binding := python.Binding{Name: b.Name, Kind: python.Kind(b.Kind), At: python.Position{Line: b.Line}, Guard: python.Guard(b.Guard)}
		if b.Function != nil {
			binding.Function = &python.Function{Async: b.Function.Async, Decorated: b.Function.Decorated}
			for _, p := range b.Function.Parameters {
				binding.Function.Parameters = append(binding.Function.Parameters, python.Parameter{Name: p.Name, Kind: python.ParameterKind(p.Kind), Default: p.Default})
			}
		}
		m.Bindings = append(m.Bindings, binding)
	}
	for _, i := range a.Imports {
		m.Imports = append(m.Imports, python.Import{Level: i.Level, Module: i.Module, From: i.From, Names: i.Names, At: python.Position{Line: i.Line}, Guard: python.Guard(i.Guard)})
	}
	return describe(m)
}
