package uvlambda

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

// requireGenerated holds a file against what it is generated from, or with
// -update writes it.
func requireGenerated(t *testing.T, file, want string) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(want), 0o644))
		return
	}
	data, err := os.ReadFile(file)
	require.NoError(t, err, "write it with: go test . -update")
	require.Equal(t, want, string(data), "rewrite it with: go test . -update")
}

const referenceHead = `# The table [tool.uvlambda]

All keys, each optional. This page is generated from the keys that are read, as is [uvlambda.schema.json](uvlambda.schema.json), the JSON Schema of the table, which ` + "`uvlambda schema`" + ` prints. A file ` + "`uvlambda.toml`" + ` holds the same keys without the prefix ` + "`tool.uvlambda`" + `.
`

const referenceLimits = `
## Limits

A build file and each ` + "`pyproject.toml`" + ` have at most %d MiB, ` + "`uv.lock`" + ` and each other file that is read for a plan at most %d MiB; of a larger one no more is read. A build file describes at most %d functions. What is no file in the place of one (a named pipe, a socket, a device, a folder) is an error at once. Of many mistakes, the first %d are told, and how many more there are.
`

// TestReference holds docs/reference.md against the keys.
func TestReference(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString(referenceHead)
	writeSections(&b, nil, spec.Keys())
	fmt.Fprintf(&b, referenceLimits, source.MaxSize>>20, project.MaxLockSize>>20, spec.MaxFunctions, source.MaxMistakes)
	requireGenerated(t, "docs/reference.md", b.String())
}

// TestReferenceExamples reads each example of the page.
func TestReferenceExamples(t *testing.T) {
	t.Parallel()
	read := 0
	eachExample(spec.Keys(), nil, func(text string) {
		read++
		doc, err := source.Parse("pyproject.toml", []byte(text))
		require.NoError(t, err, text)
		_, err = spec.Parse(doc)
		require.NoError(t, err, text)
	})
	require.Greater(t, read, len(spec.Keys()), "keys of tables are read too")
}

// eachExample visits the examples of keys and of those below.
func eachExample(keys []spec.Key, tables []string, visit func(text string)) {
	for _, k := range keys {
		visit(example(tables, k))
		eachExample(k.Keys, append(slices.Clone(tables), k.Name), visit)
	}
}

// example is a key's example as it stands in pyproject.toml.
func example(tables []string, k spec.Key) string {
	if strings.HasPrefix(k.Example, "[") {
		return k.Example + "\n"
	}
	return "[" + strings.Join(append([]string{"tool", "uvlambda"}, tables...), ".") + "]\n" + k.Example + "\n"
}

// writeSections writes a section for each key, and after a table the sections of its
// keys.
func writeSections(b *strings.Builder, tables []string, keys []spec.Key) {
	for _, k := range keys {
		path := append(slices.Clone(tables), k.Name)
		fmt.Fprintf(b, "\n%s `%s`\n\n%s\n\n- Type: %s\n", strings.Repeat("#", len(path)+1), strings.Join(path, "."), k.Doc, k.Type)
		if len(k.Values) > 0 {
			fmt.Fprintf(b, "- Values: `%s`\n", strings.Join(k.Values, "`, `"))
		}
		if k.Maximum > 0 {
			fmt.Fprintf(b, "- Values: %d to %d\n", k.Minimum, k.Maximum)
		}
		fmt.Fprintf(b, "- When absent: %s\n\n```toml\n%s```\n", k.Default, example(tables, k))
		writeSections(b, path, k.Keys)
	}
}
