package integration

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/editors"
)

// editorTools are installed once for all tests.
var editorTools = sync.OnceValues(func() (editors.Tools, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return editors.Tools{}, err
	}
	return editors.Install(context.Background(), filepath.Join(cache, "uvlambda"), os.Stderr, os.Geteuid() == 0)
})

// installEditors puts the programs into the person's cache folder.
func installEditors(t testing.TB) editors.Tools {
	t.Helper()
	tools, err := editorTools()
	require.NoError(t, err)
	return tools
}

// editorPrograms is the folder of the programs.
func editorPrograms() (string, error) {
	tools, err := editorTools()
	return tools.Python.Bin(), err
}

// TestEditorsPage runs the commands of docs/editors.md in a project with the
// files that the page shows.
func TestEditorsPage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(env.Root, "docs", "editors.md"))
	require.NoError(t, err)
	dir := env.UnlockedExample(t, "fastapi")
	var shownFiles []string
	for _, block := range regexp.MustCompile("(?s)```toml\n(.*?)```").FindAllStringSubmatch(string(data), -1) {
		shownFiles = append(shownFiles, block[1])
	}
	require.Len(t, shownFiles, 2)
	writeFile(t, filepath.Join(dir, ".taplo.toml"), shownFiles[0])
	writeFile(t, filepath.Join(dir, "uvlambda.toml"), "handler = 'app.main.handler'\n")
	commands := consoleCommands(string(data))
	require.Len(t, commands, 6)
	for _, c := range commands {
		require.Contains(t, shell(t, dir, editorPrograms, c.command), c.output, c.command)
	}

	// Each way that the page shows notices a mistake.
	elsewhere := t.TempDir()
	schema, err := os.ReadFile(filepath.Join(dir, "uvlambda.schema.json"))
	require.NoError(t, err)
	writeFile(t, filepath.Join(elsewhere, "uvlambda.schema.json"), string(schema))
	writeFile(t, filepath.Join(elsewhere, "good.toml"), "# syntax=registry.example.com/uvlambda:1\n"+shownFiles[1])
	shell(t, elsewhere, editorPrograms, "taplo check --no-auto-config good.toml")
	writeFile(t, filepath.Join(elsewhere, "bad.toml"), "# syntax=registry.example.com/uvlambda:1\n"+strings.Replace(shownFiles[1], "handler =", "handlr =", 1))
	refuse(t, elsewhere, "taplo check --no-auto-config bad.toml", "'handlr' was unexpected")
	writeFile(t, filepath.Join(dir, "uvlambda.toml"), "handlr = 'app.main.handler'\n")
	refuse(t, dir, "taplo check", "'handlr' was unexpected")
	writeFile(t, filepath.Join(dir, "uvlambda.toml"), "")
	edit(t, filepath.Join(dir, "pyproject.toml"), "[tool.uvlambda]\n", "[tool.uvlambda]\ntimeout = 3\n")
	refuse(t, dir, "taplo check", "'timeout' was unexpected")
}

// refuse runs a command that has to fail with these words.
func refuse(t testing.TB, dir, line, words string) {
	t.Helper()
	// The message is printed to standard error, which counts here.
	out := shell(t, dir, editorPrograms, "if "+line+" 2>&1; then echo taken; fi")
	assert.Contains(t, out, words, line)
	assert.NotContains(t, out, "taken", line)
}

// TestEditorsTakeTheExamples validates every pyproject.toml of the examples.
func TestEditorsTakeTheExamples(t *testing.T) {
	t.Parallel()
	examples := filepath.Join(env.Root, "examples")
	var files []string
	require.NoError(t, filepath.WalkDir(examples, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Name() == "pyproject.toml" {
			files = append(files, name)
		}
		return err
	}))
	require.Greater(t, len(files), 10)
	list := strings.Join(files, " ")
	schemas := filepath.Join(env.Root, "docs")
	shell(t, examples, editorPrograms, "taplo check --no-auto-config --schema file://"+schemas+"/pyproject.schema.json "+list)
	out := shell(t, examples, editorPrograms, "validate-pyproject --tool uvlambda="+schemas+"/uvlambda.schema.json "+list)
	require.Equal(t, len(files), strings.Count(out, "Valid file: "))
}

// TestEditorsRefuseMistakes has mistakes that both validators have to find: by
// the schemas of this repository, and by SchemaStore's list with the entry that
// is to be added to it.
func TestEditorsRefuseMistakes(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for from, to := range map[string]string{
		"pyproject.schema.json": "pyproject.schema.json", "uvlambda.schema.json": "uvlambda.json", "schemastore/pyproject.json": "pyproject.json",
	} {
		data, err := os.ReadFile(filepath.Join(env.Root, "docs", filepath.FromSlash(from)))
		require.NoError(t, err)
		writeFile(t, filepath.Join(dir, to), string(data))
	}
	const (
		taplo    = "taplo check --no-auto-config --schema file://$PWD/pyproject.schema.json "
		validate = "validate-pyproject --tool uvlambda=uvlambda.json "
		store    = "validate-pyproject --store pyproject.json "
	)
	mistakes := map[string]struct{ text, taplo, validate string }{
		"good":     {"handler = 'a.b'\n[tool.uvlambda.functions.orders]\nhandler = 'orders.handler'\n", "", ""},
		"key":      {"handlr = 'a.b'\n", "'handlr' was unexpected", "`tool.uvlambda` must not contain {'handlr'} properties"},
		"type":     {"groups = 'dev'\n", `"dev" is not of type "array"`, "`tool.uvlambda.groups` must be array"},
		"value":    {"python = '3.8'\n", `"3.8" is not one of`, "`tool.uvlambda.python` must be one of"},
		"function": {"functions.orders.handler = 1\n", `1 is not of type "string"`, "`tool.uvlambda.functions.orders.handler` must be string"},
		"name":     {"[tool.uvlambda.functions.Orders]\nhandler = 'a.b'\n", `"Orders" does not match`, "`tool.uvlambda.functions` keys must be named by"},
	}
	for name, mistake := range mistakes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := name + ".toml"
			writeFile(t, filepath.Join(dir, file), "[tool.uvlambda]\n"+mistake.text)
			if mistake.taplo == "" {
				for _, command := range []string{taplo, validate, store} {
					shell(t, dir, editorPrograms, command+file)
				}
				return
			}
			refuse(t, dir, taplo+file, mistake.taplo)
			refuse(t, dir, validate+file, mistake.validate)
			refuse(t, dir, store+file, mistake.validate)
		})
	}
}

// TestSchemasInStrictMode compiles the schemas as SchemaStore does. Keywords
// that begin with x- are taplo's.
func TestSchemasInStrictMode(t *testing.T) {
	t.Parallel()
	script := filepath.Join(t.TempDir(), "compile.cjs")
	writeFile(t, script, `const Ajv = require(process.argv[2]).default
for (const file of process.argv.slice(3)) {
  const ajv = new Ajv({ strict: true })
  ajv.addKeyword("x-taplo")
  ajv.compile(require(file))
}
`)
	docs := filepath.Join(env.Root, "docs")
	shell(t, docs, editorPrograms, "node "+script+" "+installEditors(t).Node.File("ajv")+" $PWD/uvlambda.schema.json $PWD/pyproject.schema.json")
}
