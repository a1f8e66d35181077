package source

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

const sample = `# syntax=registry.example.com/uvlambda:1
[project]
name = "api"
dependencies = [
    "fastapi",
    "mangum", # ASGI
]
urls."Home Page" = "https://example.com"

[tool.uvlambda]
handler = "app.main.handler"
include = [
    "app",
    { from = "infra/handler.py", to = "handler.py" },
    [
        1,
        2,
    ],
]
env = { LOG = "info",
    MODE = "fast" }

[tool.uvlambda.'labels']
text = """
one
two
"""

[[tool.uv.index]]
name = "first"

[[tool.uv.index]]
name = "second"
[tool.uv.index.extra]
deep = true
`

func TestLocate(t *testing.T) {
	t.Parallel()
	tests := []struct {
		path      string
		line, end int
	}{
		{"", 2, 2},
		{"project", 2, 2},
		{"project name", 3, 3},
		{"project dependencies", 4, 7},
		{"project dependencies 1", 6, 6},
		{"project dependencies 7", 4, 7},
		{"project urls", 8, 8},
		{"project urls absent", 8, 8},
		{"tool", 10, 10},
		{"tool uvlambda", 10, 10},
		{"tool uvlambda handler", 11, 11},
		{"tool uvlambda handler deeper", 11, 11},
		{"tool uvlambda nothing", 10, 10},
		{"tool uvlambda include 0", 13, 13},
		{"tool uvlambda include 1", 14, 14},
		{"tool uvlambda include 1 to", 14, 14},
		{"tool uvlambda include 2", 15, 18},
		{"tool uvlambda include 2 1", 17, 17},
		{"tool uvlambda env", 20, 21},
		{"tool uvlambda env MODE", 21, 21},
		{"tool uvlambda labels", 23, 23},
		{"tool uvlambda labels text", 24, 27},
		{"tool uv index", 29, 29},
		{"tool uv index 1", 32, 32},
		{"tool uv index 1 name", 33, 33},
		{"tool uv index 1 extra deep", 35, 35},
		{"absent", 2, 2},
	}
	variants := map[string][]byte{
		"LF":   []byte(sample),
		"CRLF": []byte(strings.ReplaceAll(sample, "\n", "\r\n")),
		"BOM":  []byte("\xef\xbb\xbf" + sample),
	}
	for name, data := range variants {
		doc, err := Parse("pyproject.toml", data)
		require.NoError(t, err, name)
		for _, tt := range tests {
			want := plan.Location{File: "pyproject.toml", Line: tt.line, EndLine: tt.end}
			assert.Equal(t, want, doc.Locate(strings.Fields(tt.path)...), "%s: %s", name, tt.path)
		}
		assert.Equal(t, 8, doc.Locate("project", "urls", "Home Page").Line, name)
	}
}

func TestLocatePrefersTheTablesOwnHeader(t *testing.T) {
	t.Parallel()
	doc, err := Parse("pyproject.toml", []byte("[a.b]\nx = 1\n[a]\ny = 2\n"))
	require.NoError(t, err)
	assert.Equal(t, 3, doc.Locate("a").Line)
	assert.Equal(t, 1, doc.Locate("a", "b").Line)
	assert.Equal(t, []string{"b", "y"}, doc.Keys("a"))
}

func TestHasKeysAndValue(t *testing.T) {
	t.Parallel()
	doc, err := Parse("pyproject.toml", []byte(sample))
	require.NoError(t, err)
	assert.True(t, doc.Has("tool", "uvlambda"))
	assert.True(t, doc.Has("tool", "uv", "index", "1"))
	assert.False(t, doc.Has("tool", "uv", "index", "2"))
	assert.False(t, doc.Has("tool", "ruff"))
	assert.Equal(t, []string{"handler", "include", "env", "labels"}, doc.Keys("tool", "uvlambda"))
	assert.Empty(t, doc.Keys("project", "name"))
	assert.Empty(t, doc.Keys("nothing"))
	assert.Equal(t, "mangum", doc.Value("project", "dependencies", "1"))
	assert.Equal(t, "second", doc.Value("tool", "uv", "index", "1", "name"))
	assert.Nil(t, doc.Value("tool", "uv", "index", "-1"))
	assert.Nil(t, doc.Value("project", "name", "deeper"))
}

// TestArraysOfTables are arrays as any other: it does not matter how a file has
// them.
func TestArraysOfTables(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"[[a]]\nb = [{ c = 1 }]\n[[a]]\n", "[[a]]\n[[a.b]]\nc = 1\n[[a]]\n", "a = [{ b = [{ c = 1 }] }, {}]\n"} {
		doc, err := Parse("f.toml", []byte(text))
		require.NoError(t, err)
		want := []any{map[string]any{"b": []any{map[string]any{"c": int64(1)}}}, map[string]any{}}
		assert.Equal(t, want, doc.Value("a"), text)
		assert.Equal(t, int64(1), doc.Value("a", "0", "b", "0", "c"), text)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name, data, want string
	}{
		{
			"too large", strings.Repeat("#", 20<<20),
			"f.toml: the file is over the limit of 4 MiB: check that it is the file that was meant",
		},
		{
			"not UTF-8", "a = 1\nb = \"\xff\"\n",
			"f.toml:2: the file is not UTF-8, as TOML must be: save it in that encoding",
		},
		{"no value", "a = 1\nb =\n", "f.toml:2: malformed TOML: unexpected character U+000A at start of value: correct this line or the one before"},
		{"bare word", "a = 1\n\nb = yes\n", "f.toml:3: malformed TOML: unexpected character U+0079 'y' at start of value: correct this line or the one before"},
		{"open string", "a = \"x\nb = 1\n", "f.toml:1: malformed TOML: basic strings cannot have new lines: correct this line or the one before"},
		{"open array", "a = [\n1,\n", "f.toml:2: malformed TOML: array is incomplete: correct this line or the one before"},
		{"open header", "[a\nb = 1\n", "f.toml:1: malformed TOML: expected ']' to close table name: correct this line or the one before"},
		{"key twice", "a = 1\n\na = 2\n", "f.toml:3: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"table twice", "[a]\n[b]\n[a]\n", "f.toml:3: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"value of an array", "a = []\na.0 = 1\n", "f.toml:2: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"value of a table", "a = {}\na.b = 1\n", "f.toml:2: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"header of a value", "[t]\na = { b = 1 }\n[t.a.c]\n", "f.toml:3: malformed TOML: Key 't.a' has already been defined: correct this line"},
		{"header of a dotted key", "a.b = 1\n[a]\n", "f.toml:2: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"dotted key of a header", "[a.b]\n[a]\nb.c = 1\n", "f.toml:3: malformed TOML: Key 'b' has already been defined: correct this line"},
		{"dotted key of an array", "[[a.b]]\n[a]\nb.c = 1\n", "f.toml:3: malformed TOML: Key 'b' has already been defined: correct this line"},
		{"table and array", "[a]\n[[a]]\n", "f.toml:2: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"array and table", "[[a]]\n[a]\n", "f.toml:2: malformed TOML: Key 'a' has already been defined: correct this line"},
		{"key of an inline table", "a = { b = {}, b.c = 1 }\n", "f.toml:1: malformed TOML: Key 'b' has already been defined: correct this line"},
		{"no date", "\na = 2026-02-30\n", "f.toml:2: malformed TOML: invalid datetime: \"2026-02-30\": correct this line"},
		{
			"deep array", "x = 1\na = " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
			"f.toml:2: keys and values are nested more than 100 levels deep: flatten them",
		},
		{
			"deep key", "a" + strings.Repeat(".a", 200000) + " = 1",
			"f.toml:1: keys and values are nested more than 100 levels deep: flatten them",
		},
		{
			"deep header", "\n[a" + strings.Repeat(".a", 200000) + "]",
			"f.toml:2: keys and values are nested more than 100 levels deep: flatten them",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := Parse("f.toml", []byte(tt.data))
			require.EqualError(t, err, tt.want)
			var located *Error
			require.ErrorAs(t, err, &located)
			assert.Equal(t, "f.toml", located.Location.File)
		})
	}
}

// TestTablesThatAreNotComplete are added to by later headers.
func TestTablesThatAreNotComplete(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"[a.b]\n[a]\n", "a.b = 1\na.c = 2\n[a.d]\n", "[[a]]\n[a.b]\n[[a]]\n[a.b]\n", "[[a]]\na.b = 1\n[[a.c]]\n[[a.c]]\n", "[a.b.c]\n[a.b.d]\n[a]\n[a.b]\n",
	} {
		_, err := Parse("f.toml", []byte(text))
		assert.NoError(t, err, text)
	}
}

func TestParseEmpty(t *testing.T) {
	t.Parallel()
	doc, err := Parse("pyproject.toml", nil)
	require.NoError(t, err)
	assert.Empty(t, doc.Keys())
	assert.Equal(t, plan.Location{File: "pyproject.toml"}, doc.Locate("project"))
}

// FuzzParse looks for panics, and for lines outside of the file.
func FuzzParse(f *testing.F) {
	for _, seed := range []string{sample, "a.b.c = {d = [[1], {e = 2}]}\r\n", "[[a]]\n[[a.b]]\n", "\xef\xbb\xbfa=1", "a=[", "a='''"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := Parse("f.toml", data)
		lines := bytes.Count(data, []byte("\n")) + 1
		if err != nil {
			var located *Error
			require.ErrorAs(t, err, &located)
			require.LessOrEqual(t, located.Location.Line, lines)
			return
		}
		walk(t, doc, nil, lines)
	})
}

func walk(t *testing.T, doc *Document, path []string, lines int) {
	t.Helper()
	loc := doc.Locate(path...)
	require.LessOrEqual(t, loc.Line, loc.EndLine)
	require.LessOrEqual(t, loc.EndLine, lines)
	for _, key := range doc.Keys(path...) {
		walk(t, doc, append(path, key), lines)
	}
}
