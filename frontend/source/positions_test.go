package source

import (
	"bytes"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/tools/txtar"

	"github.com/uvlambda/uvlambda/plan"
)

// shapes are documents in which positions are easily wrong.
var shapes = []string{
	sample,
	"a = [\n  [],\n  [\n    [1, # ]\n    [\n    ]], { b = [\n] },\n    2\n  ], [3], # end\n]\n",
	"a = [{ b = 1, c = [\n{ d.e = 2 },\n{ d.f = 3\n}]}, {}, {\n}]\n",
	"a.b.c = 1\na.b.d = { e.f = 2, e.g = [[\n4]] }\n'a b'.\"c.d\" = 3\n",
	"[[a]]\n[[a.b]]\nc = 1\n[[a.b]]\nc = 2\n[a.d.e]\n[[a]]\n[a.d]\nx = 1\n",
	"[a.b.c]\nx = 1\n[a]\ny = [2]\n[a.b]\nz = 3\n",
	"a = \"\"\"\n# [ \\\n  ] \"\"\"\nb = '''\n[1,\n''' # '''\nc = [\"]\", '[', \"\"\"\n,\"\"\", 1] # ]\n",
	"a = [ # [\n # ,\n1 # x\n,2\n,\n# y\n]\nb = 1979-05-27 07:32:00\nc = [07:32:00, 1979-05-27T07:32:00Z\n, inf, nan, -0.0, 1_0, 0x1F, true]\n",
	"\"=\" = '='\n\"#\" . '=' = 1\n[\"[a]\".\"=\"]\n\"]\" = []\n[['[']]\n",
	"\xef\xbb\xbf\r\na = [\r\n1,\r\n[2\r\n]]\r\n",
}

// documents are the TOML files of the repository's examples and tests.
func documents(t testing.TB) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, root := range []string{"../../examples", "../../integration/testdata", "../project/testdata", "../planner/testdata"} {
		require.NoError(t, filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !slices.Contains([]string{".toml", ".lock", ".txtar"}, filepath.Ext(name)) {
				return err
			}
			data, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			if filepath.Ext(name) != ".txtar" {
				all[name] = string(data)
				return nil
			}
			for _, file := range txtar.Parse(data).Files {
				if filepath.Ext(file.Name) == ".toml" || filepath.Ext(file.Name) == ".lock" {
					all[name+"/"+file.Name] = string(file.Data)
				}
			}
			return nil
		}))
	}
	return all
}

// TestPositions holds the two parsers equal on the files of the repository.
func TestPositions(t *testing.T) {
	t.Parallel()
	all := documents(t)
	require.Greater(t, len(all), 50)
	for i, shape := range shapes {
		all["shape "+strconv.Itoa(i)] = shape
	}
	parsed := 0
	for name, text := range all {
		doc, err := Parse(name, []byte(text))
		if err != nil {
			// Some tests are about files with a mistake.
			require.NotContains(t, name, "shape ")
			continue
		}
		parsed++
		checkPositions(t, doc)
	}
	require.Greater(t, parsed, 50)
}

// FuzzPositions looks for values that one parser sees and the other does not, or
// sees at another place.
func FuzzPositions(f *testing.F) {
	for _, shape := range shapes {
		f.Add([]byte(shape))
	}
	for _, text := range documents(f) {
		if len(text) < 4096 {
			f.Add([]byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if doc, err := Parse("f.toml", data); err == nil {
			checkPositions(t, doc)
		}
	})
}

// checkPositions checks that each value of a document stands where its node says:
// the text there parses to the key with the value.
func checkPositions(t *testing.T, doc *Document) {
	t.Helper()
	c := positions{T: t, doc: doc, data: bytes.TrimPrefix(doc.Data, []byte("\xef\xbb\xbf"))}
	c.children(nil, doc.root, doc.values)
}

// positions compares the nodes of a document with its values.
type positions struct {
	*testing.T
	doc  *Document
	data []byte
}

// children compares what is below a path.
func (c positions) children(path []string, n *node, value any) {
	c.Helper()
	switch v := value.(type) {
	case map[string]any:
		require.Equal(c, slices.Sorted(maps.Keys(v)), append([]string(nil), slices.Sorted(slices.Values(n.keys))...), "keys of %q", path)
		require.Empty(c, n.elements, "%q", path)
		for key, deeper := range v {
			c.node(append(slices.Clone(path), key), n.children[key], deeper, false)
		}
	case []any:
		elements(c, path, n, v)
	case []map[string]any:
		elements(c, path, n, v)
	default:
		require.Empty(c, n.keys, "%q", path)
		require.Empty(c, n.elements, "%q", path)
	}
}

// elements compares the elements of an array.
func elements[T any](c positions, path []string, n *node, values []T) {
	c.Helper()
	require.Len(c, n.elements, len(values), "%q", path)
	for i, value := range values {
		if i > 0 {
			require.LessOrEqual(c, n.elements[i-1].to, n.elements[i].from, "the elements of %q come one after the other", path)
		}
		c.node(append(slices.Clone(path), strconv.Itoa(i)), n.elements[i], value, true)
	}
}

// node compares one key or element, and what is below it.
func (c positions) node(path []string, n *node, value any, element bool) {
	c.Helper()
	text := string(c.data[n.from:n.to])
	last := path[len(path)-1]
	if element && n.origin == header {
		last = path[len(path)-2]
	}
	var table map[string]any
	if element && n.origin != header {
		require.True(c, covers(decode(c, "x = "+text)["x"], value), "%q is %q", path, text)
	} else if _, err := toml.Decode(text, &table); err == nil {
		require.True(c, onTheWay(table, last, value), "%q is %q", path, text)
	} else {
		// No key without a value is a document: it is one of a header.
		require.Contains(c, decode(c, "["+text+"]"), last)
	}
	first := bytes.Count(c.data[:n.from], []byte("\n")) + 1
	want := plan.Location{File: c.doc.Name, Line: first, EndLine: first + strings.Count(text, "\n")}
	require.Equal(c, want, c.doc.Locate(path...), "%q", path)
	require.Equal(c, fmt.Sprint(value), fmt.Sprint(c.doc.Value(path...)), "%q", path)
	c.children(path, n, value)
}

// decode parses a text by itself.
func decode(t require.TestingT, text string) map[string]any {
	var values map[string]any
	_, err := toml.Decode(text, &values)
	require.NoError(t, err, "%q", text)
	return values
}

// onTheWay follows tables with one key each. It reports whether it meets the key,
// with nothing below the key that value lacks.
func onTheWay(table map[string]any, key string, value any) bool {
	for len(table) == 1 {
		for name, deeper := range table {
			if name == key && covers(deeper, value) {
				return true
			}
			table, _ = deeper.(map[string]any)
		}
	}
	return false
}

// covers reports whether a value is the whole of another, or a part of a table.
func covers(value, whole any) bool {
	table, isTable := value.(map[string]any)
	all, ofTable := whole.(map[string]any)
	if !isTable || !ofTable {
		return fmt.Sprintf("%T %v", list(value), list(value)) == fmt.Sprintf("%T %v", list(whole), list(whole))
	}
	for key, deeper := range table {
		if has, ok := all[key]; !ok || !covers(deeper, has) {
			return false
		}
	}
	return true
}

// list gives lists of tables the type of other lists.
func list(value any) any {
	tables, ok := value.([]map[string]any)
	if !ok {
		return value
	}
	all := make([]any, len(tables))
	for i := range tables {
		all[i] = tables[i]
	}
	return all
}

// TestCovers holds what the comparison of values rests on.
func TestCovers(t *testing.T) {
	t.Parallel()
	whole := decode(t, "a = { b = 1, c = [{ d = 2 }] }\n")
	assert.True(t, covers(decode(t, "a.b = 1"), whole))
	assert.True(t, covers(decode(t, "a.c = [{ d = 2 }]"), whole))
	assert.False(t, covers(decode(t, "a.b = 2"), whole))
	assert.False(t, covers(decode(t, "a.b = '1'"), whole))
	assert.False(t, covers(decode(t, "a.x = 1"), whole))
	assert.True(t, onTheWay(decode(t, "x.a.b = 1"), "b", int64(1)))
	assert.False(t, onTheWay(decode(t, "x.a.b = 1\ny = 1"), "b", int64(1)))
}
