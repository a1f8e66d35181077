package source

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTableReadsTypedValues(t *testing.T) {
	t.Parallel()
	doc, err := Parse("f.toml", []byte(`
[t]
s = "text"
b = false
l = ["a", "b"]
m = { k = "v" }
[[t.list]]
x = 1
`))
	require.NoError(t, err)
	table := doc.Table("t")
	assert.True(t, table.Exists())
	assert.Equal(t, "text", table.String("s"))
	value, ok := table.Bool("b")
	assert.False(t, value)
	assert.True(t, ok)
	assert.Equal(t, []string{"a", "b"}, table.Strings("l"))
	assert.Equal(t, map[string]string{"k": "v"}, table.StringMap("m"))
	assert.Len(t, table.Array("list"), 1)
	assert.Equal(t, "v", table.String("m", "k"))

	_, ok = table.Bool("absent")
	assert.False(t, ok)
	assert.Nil(t, table.Strings("absent"))
	assert.Nil(t, table.StringMap("absent"))
	require.NoError(t, table.Err())
	assert.False(t, doc.Table("absent").Exists())
}

func TestTableCollectsMismatchesInFileOrder(t *testing.T) {
	t.Parallel()
	doc, err := Parse("f.toml", []byte(`
a = 1.5
b = 2026-01-01
c = "yes"
d = [
  "x",
  true,
]
e = { k = 1 }
f = "text"
g = {}
`))
	require.NoError(t, err)
	require.EqualError(t, mapError(doc, "e", "k"), "f.toml:9: e.k must be a table, not an integer")
	table := doc.Table()
	table.Map("f")
	table.String("g")
	table.StringMap("e")
	table.Strings("d")
	table.Bool("c")
	table.Bool("b")
	table.String("a")
	assert.EqualError(t, table.Err(), `f.toml:2: a must be a string, not a float: put it in quotes
f.toml:3: b must be a boolean, not a date or time: write true or false
f.toml:4: c must be a boolean, not a string: write true or false
f.toml:7: d[1] must be a string, not a boolean: put it in quotes
f.toml:9: e.k must be a string, not an integer: put it in quotes
f.toml:10: f must be a table, not a string
f.toml:11: g must be a string, not a table`)
}

// mapError gives what is wrong with a value that should be a table.
func mapError(doc *Document, path ...string) error {
	table := doc.Table(path...)
	table.Map()
	return table.Err()
}

func TestErrorWithoutLineOrFile(t *testing.T) {
	t.Parallel()
	doc, err := Parse("f.toml", []byte("a = 1"))
	require.NoError(t, err)
	loc := doc.Locate("a")
	require.EqualError(t, Errorf(loc, "wrong %d", 1), "f.toml:1: wrong 1")
	loc.Line = 0
	require.EqualError(t, Errorf(loc, "wrong"), "f.toml: wrong")
	loc.File = ""
	assert.EqualError(t, Errorf(loc, "wrong"), "wrong")
}
