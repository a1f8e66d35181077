package uvlambda

import (
	"encoding/json"
	"io/fs"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/spec"
)

// The published JSON Schemas: of the table, and of a pyproject.toml with it.
const (
	schemaFile    = "docs/uvlambda.schema.json"
	pyprojectFile = "docs/pyproject.schema.json"
)

func TestSchemaFiles(t *testing.T) {
	t.Parallel()
	for file, schema := range map[string]func() ([]byte, error){schemaFile: spec.Schema, pyprojectFile: spec.PyprojectSchema} {
		data, err := schema()
		require.NoError(t, err)
		requireGenerated(t, file, string(data))
	}
}

// TestSchemaLinks follows the links of the schema to the reference page.
func TestSchemaLinks(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("docs/reference.md")
	require.NoError(t, err)
	headings := map[string]bool{"": true}
	for _, heading := range regexp.MustCompile("(?m)^##+ `(.+)`$").FindAllStringSubmatch(string(page), -1) {
		headings[strings.ReplaceAll(heading[1], ".", "")] = true
	}
	schema, err := os.ReadFile(schemaFile)
	require.NoError(t, err)
	links := regexp.MustCompile(`"key": "https://github.com/uvlambda/uvlambda/blob/main/docs/reference.md#?(.*)"`).FindAllStringSubmatch(string(schema), -1)
	require.Len(t, links, len(headings))
	for _, link := range links {
		assert.True(t, headings[link[1]], link[0])
	}
}

// TestSchemaStoreEntry holds what is to be added to SchemaStore against its
// rules and against the schema:
// https://github.com/SchemaStore/schemastore/blob/master/CONTRIBUTING.md
func TestSchemaStoreEntry(t *testing.T) {
	t.Parallel()
	var schema struct {
		Schema string `json:"$schema"`
		ID     string `json:"$id"`
	}
	readJSON(t, schemaFile, &schema)
	assert.Equal(t, "http://json-schema.org/draft-07/schema#", schema.Schema)
	var entry struct {
		Name, Description, URL string
		FileMatch              []string
	}
	readJSON(t, "docs/schemastore/catalog.json", &entry)
	assert.Equal(t, schema.ID, entry.URL)
	assert.Equal(t, []string{spec.FileName}, entry.FileMatch)
	for _, text := range []string{entry.Name, entry.Description} {
		assert.Regexp(t, `^[^\n]*[^-,. \t\n]$`, text)
		assert.NotContains(t, strings.ToLower(text), "schema")
	}
	var page struct {
		Properties struct {
			Tool struct {
				Properties map[string]map[string]string
			}
		}
	}
	readJSON(t, "docs/schemastore/pyproject.json", &page)
	table := page.Properties.Tool.Properties["uvlambda"]
	assert.Equal(t, path.Base(schema.ID), table["$ref"])
	assert.Equal(t, entry.Description+".", table["description"])
	assert.NotEmpty(t, table["title"])
}

func readJSON(t *testing.T, file string, into any) {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, into), file)
}

// compileSchema reads the schema as other tools do, examples included.
func compileSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	data, err := spec.Schema()
	require.NoError(t, err)
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(string(data)))
	require.NoError(t, err)
	compiler := jsonschema.NewCompiler()
	require.NoError(t, compiler.AddResource(schemaFile, doc))
	schema, err := compiler.Compile(schemaFile)
	require.NoError(t, err)
	return schema
}

// tableOf is what a file says below [tool.uvlambda], or a uvlambda.toml as a
// whole; it is nil when there is no table.
func tableOf(t *testing.T, name, text string) any {
	t.Helper()
	var doc map[string]any
	_, err := toml.Decode(text, &doc)
	require.NoError(t, err, name)
	if strings.HasSuffix(name, spec.FileName) {
		return doc
	}
	tool, _ := doc["tool"].(map[string]any)
	return tool["uvlambda"]
}

// TestSchemaTakesRealTables validates the build files of the repository, and
// the examples of the reference page.
func TestSchemaTakesRealTables(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	tables := map[string]any{}
	for _, dir := range []string{"examples", "integration/testdata/shapes"} {
		err := fs.WalkDir(os.DirFS(dir), ".", func(name string, d fs.DirEntry, err error) error {
			base := path.Base(name)
			if err != nil || d.IsDir() || base != "pyproject.toml" && !strings.HasSuffix(base, spec.FileName) {
				return err
			}
			data, err := os.ReadFile(path.Join(dir, name))
			if table := tableOf(t, base, string(data)); table != nil {
				tables[path.Join(dir, name)] = table
			}
			return err
		})
		require.NoError(t, err)
	}
	require.Greater(t, len(tables), 20)
	eachExample(spec.Keys(), nil, func(text string) { tables[text] = tableOf(t, "pyproject.toml", text) })
	for name, table := range tables {
		assert.NoError(t, schema.Validate(table), name)
	}
}

// TestSchemaRefusesMistakes has what the reader refuses too.
func TestSchemaRefusesMistakes(t *testing.T) {
	t.Parallel()
	schema := compileSchema(t)
	tests := map[string]string{
		"handlr = 'a.b'":                                 "additional properties 'handlr' not allowed",
		"handler = 1":                                    "at '/handler': got number, want string",
		"handler = ''":                                   "at '/handler': minLength: got 0, want 1",
		"python = '3.8'":                                 "at '/python': value must be one of '3.9', '3.10', '3.11', '3.12', '3.13', '3.14'",
		"groups = 'dev'":                                 "at '/groups': got string, want array",
		"include = [{ from = 'a' }]":                     "at '/include/0': missing property 'to'",
		"include = [1]":                                  "at '/include/0': 'oneOf' failed, none matched",
		"env = { PORT = 80 }":                            "at '/env/PORT': got number, want string",
		"labels = { '' = 'x' }":                          "at '/labels': invalid propertyName ''",
		"slim = { test = true }":                         "at '/slim': additional properties 'test' not allowed",
		"test = { timeout = 1801 }":                      "at '/test/timeout': maximum: got 1,801, want 1,800",
		"test = { timeout = 0 }":                         "at '/test/timeout': minimum: got 0, want 1",
		"[functions.Orders]":                             "at '/functions': invalid propertyName 'Orders'",
		"[functions.orders]\nhandlr = 'a.b'":             "at '/functions/orders': additional properties 'handlr' not allowed",
		"[functions.orders.functions.a]":                 "at '/functions/orders': additional properties 'functions' not allowed",
		"[functions.orders.test]\nevents = 'event.json'": "at '/functions/orders/test/events': got string, want array",
	}
	for text, want := range tests {
		err := schema.Validate(tableOf(t, spec.FileName, text))
		assert.ErrorContains(t, err, want, text)
	}
}
