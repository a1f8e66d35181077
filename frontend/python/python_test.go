package python_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/python"
)

// names gives the bound names of a source with their kinds.
func names(t *testing.T, source string) string {
	t.Helper()
	m, err := python.Parse([]byte(source))
	require.NoError(t, err, source)
	var all []string
	for _, b := range m.Bindings {
		all = append(all, string(b.Kind)+" "+b.Name)
	}
	return strings.Join(all, ", ")
}

func TestBindings(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"def f(): x = 1":                              "def f",
		"async def f(): pass":                         "def f",
		"class C:\n    x = 1":                         "class C",
		"a = b = 1":                                   "assign a, assign b",
		"a, (b, *c) = [d, e.f, g[h]] = x":             "assign a, assign b, assign c, assign d",
		"a: int":                                      "declare a",
		"a: int = 1":                                  "assign a",
		"a += 1":                                      "augment a",
		"if (a := f()): b = 1":                        "assign a, assign b",
		"[a for a in b if (c := a)]":                  "assign c",
		"f(lambda: (a := 1))":                         "",
		"for a, b in c: d = 1":                        "assign a, assign b, assign d",
		"with a as b, c() as (d, e): pass":            "assign b, assign d, assign e",
		"with (a as b, c as d,): pass":                "assign b, assign d",
		"with (a, b) as c: pass":                      "assign c",
		"try: pass\nexcept E as e: pass":              "except e",
		"try: pass\nexcept A, B: pass":                "",
		"import a.b, c as d":                          "module a, module d",
		"from . import a\nfrom .b import (c as d,)":   "import a, import d",
		"match = 1\nmatch (x)\nmatch[1]: int":         "assign match",
		"match x:\n case [a, *b] | {'k': a, **b}: 1":  "assign a, assign b, assign a, assign b",
		"match x, y:\n case C(a, k=b.c) as d if e: 1": "assign a, assign d",
		"type A[T: int] = list[T]\ntype = 1":          "assign A, assign type",
		"def f():\n global a, b\n a = b":              "def f, global a, global b",
		"a = 1\ndel a, (b)":                           "assign a, delete a, delete b",
		"f'{(a := 1)!r:>{(b := 2)}}'":                 "assign a, assign b",
		"ﬁ = 1":                                       "assign fi",
	} {
		assert.Equal(t, want, names(t, source), source)
	}
}

func TestImports(t *testing.T) {
	t.Parallel()
	m, err := python.Parse([]byte(`import a.b
from ... import c
def f():
    import d
try:
    import e
except (KeyError, ImportError):
    import f
else:
    import g
if TYPE_CHECKING:
    import h
else:
    import i
with contextlib.suppress(ImportError):
    import j
class C:
    from k import *
lazy import l
lazy from .m import n
lazy = 1
`))
	require.NoError(t, err)
	at := func(line, column int) python.Position { return python.Position{Line: line, Column: column} }
	assert.Equal(t, []python.Import{
		{Module: "a.b", At: at(1, 1)},
		{Level: 3, From: true, Names: []string{"c"}, At: at(2, 1)},
		{Module: "d", At: at(4, 5), Guard: python.Deferred},
		{Module: "e", At: at(6, 5), Guard: python.Caught},
		{Module: "f", At: at(8, 5), Guard: python.Conditional},
		{Module: "g", At: at(10, 5)},
		{Module: "h", At: at(12, 5), Guard: python.TypeOnly},
		{Module: "i", At: at(14, 5)},
		{Module: "j", At: at(16, 5), Guard: python.Caught},
		{Module: "k", From: true, Names: []string{"*"}, At: at(18, 5)},
		{Module: "l", At: at(19, 6)},
		{Level: 1, Module: "m", From: true, Names: []string{"n"}, At: at(20, 6)},
	}, m.Imports)
}

// TestNewestSyntax: https://peps.python.org/pep-0798/ and https://peps.python.org/pep-0810/
func TestNewestSyntax(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"[*a for a in b]":      true,
		"{*a for a in b}":      true,
		"{**a for a in b}":     true,
		"(*a for a in b)":      true,
		"f(*a for a in b)":     true,
		"f(*a)":                true,
		"f(**a for a in b)":    false,
		"f(x, *a for a in b)":  false,
		"f(*a for a in b, c)":  false,
		"[*a, b for a in c]":   false,
		"{**a: 1 for a in b}":  false,
		"{a: *b for a in c}":   false,
		"x = *a for a in b":    false,
		"x[*a for a in b]":     false,
		"(*a)":                 false,
		"lazy from import x":   false,
		"lazy import a.b as c": true,
	} {
		_, err := python.Parse([]byte(source))
		assert.Equal(t, want, err == nil, "%s: %v", source, err)
	}
}

func TestDynamic(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"from a import *":                          true,
		"def __getattr__(name): ...":               true,
		"globals()['a'] = 1":                       true,
		"exec(text)":                               true,
		"sys.modules[__name__] = C()":              true,
		"setattr(import_module(__name__), 'a', 1)": true,
		"setattr(x, 'a', 1)":                       false,
		"import_module('a')":                       false,
		"handler = 1":                              false,
		"# coding: shift_jis\nhandler = 1":         true,
	} {
		m, err := python.Parse([]byte(source))
		require.NoError(t, err, source)
		assert.Equal(t, want, m.Dynamic, source)
	}
}

func TestChangesPath(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]bool{
		"import sys\nsys.path.insert(0, 'lib')":   true,
		"def f():\n    sys.path += ['lib']":       true,
		"site.addsitedir('lib')":                  true,
		"os.path.join(a.sys.path, sys.argv.path)": false,
	} {
		m, err := python.Parse([]byte(source))
		require.NoError(t, err, source)
		assert.Equal(t, want, m.ChangesPath, source)
	}
}

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"def f(:\n    pass":             `1:7 unexpected ":", expected a name`,
		"def f():\npass":                "2:1 expected an indented block",
		"x = (1,\n\ny":                  "1:5 '(' was never closed",
		"x = 'a\n":                      "1:5 the string that starts here has no end",
		"if x:\n  a\n b":                "3:2 the indentation matches no block around it",
		"if x:\n\ta\n        b":         "3:9 tabs and spaces are mixed in the indentation",
		"äöü = $":                       "1:7 invalid character '$'",
		"f() = 1":                       "1:1 the expression cannot be assigned to",
		"x = 1 1":                       `1:7 unexpected "1"`,
		"print 'x'":                     `1:7 unexpected "'x'"`,
		"x = 0777":                      "1:5 invalid number",
		"f'{a'":                         "1:5 the string that starts here has no end",
		"def f(a=1, b): ...":            `1:13 unexpected ")", expected a default, as the parameter before has one`,
		"f(a=1, b)":                     "1:8 an argument without a name follows one with a name",
		"try: pass":                     "1:10 the file ends too early, expected except or finally",
		"x = \x00":                      "1:5 the source holds a null byte",
		"x = '\xff'":                    "1:6 the source is not UTF-8: save it as UTF-8",
		strings.Repeat("(", 300):        "1:201 too many nested brackets",
		strings.Repeat("-", 9000) + "1": "1:5999 too deeply nested",
	} {
		_, err := python.Parse([]byte(source))
		var syntax *python.SyntaxError
		require.ErrorAs(t, err, &syntax, source)
		assert.Equal(t, want, strings.TrimSpace(strings.ReplaceAll(position(syntax.At)+" "+syntax.Message, "\n", " ")), source)
	}
}

func TestEncodings(t *testing.T) {
	t.Parallel()
	for _, source := range []string{
		"\xef\xbb\xbfa = 1\r\nif a:\r\n    b = 1\rc = 1\n",
		"#!python\n# -*- coding: latin-1 -*-\na = '\xe4'\nb = c = 1",
		"a = '''\r\n'''; b = \\\r\n1\n\x0cc = 1",
	} {
		assert.Equal(t, "assign a, assign b, assign c", names(t, source), source)
	}
}

// Whatever the bytes, the parser ends, and an error is within the text.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"def f(a, /, b=1, *c, d, **e) -> int: ...",
		"match x:\n case {'a': [b, *_], **c} if d: pass",
		"f'{a!r:>{b}}' rf'\\{c}' t'''{\nd:\n}'''",
		"with (a as b, c): lambda *a, **k: (yield)",
		"type X[T: int = str, *Ts, **P] = {**a, b: c for d in e}",
		"try:\n\tpass\nexcept* (A, B) as e: x = y = *z, 1_0.0e-1j\nfinally: a.b[c:d, ::e] += 1",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := python.Parse(data)
		if (m == nil) == (err == nil) {
			t.Fatalf("%v, %v", m, err)
		}
		if err == nil {
			return
		}
		var syntax *python.SyntaxError
		require.ErrorAs(t, err, &syntax)
		require.Positive(t, syntax.At.Line, err)
		require.Positive(t, syntax.At.Column, err)
	})
}

func position(p python.Position) string { return fmt.Sprintf("%d:%d", p.Line, p.Column) }
