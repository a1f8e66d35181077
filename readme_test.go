// Package uvlambda holds the tests of what the repository says about itself.
package uvlambda

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

var update = flag.Bool("update", false, "rewrite what is generated: docs, and parts of README.md")

// TestReadmeKeys holds README.md's table against the keys that are read.
func TestReadmeKeys(t *testing.T) {
	const begin, end = "<!-- keys -->\n", "<!-- /keys -->"
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(data), begin)
	require.True(t, found)
	table, after, found := strings.Cut(rest, end)
	require.True(t, found)
	if *update {
		require.NoError(t, os.WriteFile("README.md", []byte(before+begin+keyTable()+end+after), 0o644))
		return
	}
	require.Equal(t, keyTable(), table, "rewrite it with: go test . -update")
}

// TestReadmeTables reads the tables that README.md shows.
func TestReadmeTables(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	blocks := regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	require.Len(t, blocks, 4)
	for _, block := range blocks {
		doc, err := source.Parse("pyproject.toml", []byte(block[1]))
		require.NoError(t, err, block[1])
		_, err = spec.Parse(doc)
		require.NoError(t, err, block[1])
	}
}

// keyTable is the Markdown table of all keys.
func keyTable() string {
	var b strings.Builder
	b.WriteString("| key | type | what it says | when absent |\n|---|---|---|---|\n")
	writeKeys(&b, "", spec.Keys())
	return b.String()
}

// writeKeys writes a row for each key, and below a table the rows of its keys.
func writeKeys(b *strings.Builder, table string, keys []spec.Key) {
	for _, k := range keys {
		doc := k.Doc
		if len(k.Values) > 0 {
			doc += " One of " + strings.Join(k.Values, ", ") + "."
		}
		fmt.Fprintf(b, "| `%s%s` | %s | %s | %s |\n", table, k.Name, k.Type, doc, k.Default)
		writeKeys(b, k.Name+".", k.Keys)
	}
}
