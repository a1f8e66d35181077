package spec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

const shop = `[tool.uvlambda]
python = "3.13"
groups = ["base", "aws"]
include = ["shared"]
lock = "unchecked"
compile-bytecode = false
env = { LEVEL = "info", STAGE = "test" }

[tool.uvlambda.functions.receipts]
handler = "receipts.handler"
python = "3.12"
groups = ["pdf"]
include = ["templates"]
compile-bytecode = true

[tool.uvlambda.functions.receipts.env]
LEVEL = "debug"

[tool.uvlambda.functions.orders]
package = "orders"
labels = { team = "shop" }
`

func TestFunctionsInherit(t *testing.T) {
	t.Parallel()
	table, err := parse(t, "pyproject.toml", shop)
	require.NoError(t, err)
	require.Equal(t, []string{"receipts", "orders"}, table.Functions())
	at := func(line int) plan.Location { return plan.Location{File: "pyproject.toml", Line: line, EndLine: line} }

	receipts, err := table.Function("receipts")
	require.NoError(t, err)
	assert.Equal(t, []string{"tool", "uvlambda", "functions", "receipts"}, receipts.Prefix)
	assert.Equal(t, map[string]string{"LEVEL": "debug", "STAGE": "test"}, receipts.Env)
	for key, line := range map[string]int{
		"handler": 10, "python": 11, "groups/0": 12, "groups/1": 3, "include/0": 13, "lock": 5,
		"env/LEVEL": 17, "env/STAGE": 7, "base": 9, "": 9,
	} {
		path := strings.FieldsFunc(key, func(r rune) bool { return r == '/' })
		assert.Equal(t, at(line), receipts.Locate(path...), key)
	}
	orders, err := table.Function("orders")
	require.NoError(t, err)
	same, err := table.Function("")
	require.NoError(t, err)
	assert.Same(t, table, same)

	for _, s := range []*Spec{receipts, orders, table} {
		assert.Equal(t, s == table, s.inherited == nil)
		s.Doc, s.Prefix, s.functions, s.inherited = nil, nil, nil, nil
	}
	assert.Equal(t, &Spec{
		Name: "receipts", Handler: "receipts.handler", Python: "3.12", Groups: []string{"pdf"},
		Include: []Include{{From: "templates", Source: at(13)}}, Env: map[string]string{"LEVEL": "debug", "STAGE": "test"},
		CompileBytecode: true, Lock: LockUnchecked, Test: table.Test, Present: true,
	}, receipts)
	assert.Equal(t, &Spec{
		Name: "orders", Package: "orders", Python: "3.13", Groups: []string{"base", "aws"},
		Include: []Include{{From: "shared", Source: at(4)}}, Env: map[string]string{"LEVEL": "info", "STAGE": "test"},
		Labels: map[string]string{"team": "shop"}, Lock: LockUnchecked, Test: table.Test, Present: true,
	}, orders)
	assert.Equal(t, map[string]string{"LEVEL": "info", "STAGE": "test"}, table.Env, "a function changed the table")
	assert.Nil(t, table.Labels)
}

func TestFunctionsAtTheRootOfAFile(t *testing.T) {
	t.Parallel()
	table, err := parse(t, "uvlambda.toml", "functions.a.handler = 'a.b'\n[functions.b]\nuv = '0.9.26'\n")
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, table.Functions())
	table, err = parse(t, "uvlambda.toml", "functions = {}\n")
	require.NoError(t, err)
	assert.Empty(t, table.Functions())
}

func TestUnknownFunction(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, file, text, function, want string }{
		{"near", "pyproject.toml", shop, "order", `pyproject.toml:9: unknown function "order": did you mean "orders"?`},
		{"far", "pyproject.toml", shop, "billing", `pyproject.toml:9: unknown function "billing": they are receipts, orders`},
		{
			"none", "pyproject.toml", "[tool.uvlambda]\n", "billing",
			`pyproject.toml:1: unknown function "billing": there are none, define it as [tool.uvlambda.functions.billing]`,
		},
		{"none in a file", "uvlambda.toml", "python = '3.13'\n", "billing", `uvlambda.toml:1: unknown function "billing": there are none, define it as [functions.billing]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			table, err := parse(t, tt.file, tt.text)
			require.NoError(t, err)
			_, err = table.Function(tt.function)
			require.EqualError(t, err, tt.want)
			var located *source.Error
			require.ErrorAs(t, err, &located)
		})
	}
}

func TestFunctionErrors(t *testing.T) {
	t.Parallel()
	const notAName = "is not a name that images can have: use lower-case letters and digits, with - or _ between them"
	long := strings.Repeat("a", 65)
	tests := []struct{ name, text, want string }{
		{"list", "functions = ['a']", "pyproject.toml:2: functions must be a table, not an array"},
		{"key of the table", "[tool.uvlambda.functions]\nhandler = 'a.b'", "pyproject.toml:3: tool.uvlambda.functions.handler must be a table, not a string"},
		{
			"unknown key", "[tool.uvlambda.functions.api]\nhandlr = 'a.b'",
			`pyproject.toml:3: unknown key "handlr" in [tool.uvlambda.functions.api]: did you mean "handler"?`,
		},
		{
			"functions of a function", "[tool.uvlambda.functions.api.functions.b]\nhandler = 'a.b'",
			`pyproject.toml:2: unknown key "functions" in [tool.uvlambda.functions.api]: known are ` +
				suggest.List(keyNames(functionTableKeys())),
		},
		{"upper case", "[tool.uvlambda.functions.Api]", `pyproject.toml:2: function "Api" ` + notAName},
		{"empty name", "[tool.uvlambda.functions.\"\"]", `pyproject.toml:2: function "" ` + notAName},
		{"path", "[tool.uvlambda.functions.\"a/b\"]", `pyproject.toml:2: function "a/b" ` + notAName},
		{"dot", "[tool.uvlambda.functions.\"a.b\"]", `pyproject.toml:2: function "a.b" ` + notAName},
		{"three lines", "[tool.uvlambda.functions.a___b]", `pyproject.toml:2: function "a___b" ` + notAName},
		{"two separators", "[tool.uvlambda.functions.a-_b]", `pyproject.toml:2: function "a-_b" ` + notAName},
		{"last separator", "[tool.uvlambda.functions.a-]", `pyproject.toml:2: function "a-" ` + notAName},
		{
			"long", "[tool.uvlambda.functions." + long + "]",
			`pyproject.toml:2: function "` + long + `" has 65 letters in its name, more than the 64 that Lambda takes: shorten it`,
		},
		{"output", "[tool.uvlambda.functions.zip]", `pyproject.toml:2: function "zip" has the name of an output of --target: rename it`},
		{
			"one archive for two", "[tool.uvlambda.functions.api-layer]\n[tool.uvlambda.functions.api]",
			`pyproject.toml:2: function "api-layer" has the archive api-layer.zip, and so has api/layer: rename one of the two`,
		},
		{
			"defined twice", "[tool.uvlambda.functions.api]\nhandler = 'a.b'\n[tool.uvlambda.functions.api]",
			"pyproject.toml:4: malformed TOML: Key 'tool.uvlambda.functions.api' has already been defined: correct this line",
		},
		{
			"all at once, in file order",
			"uv = 'x'\n[tool.uvlambda.functions.a]\npython = '3'\nenv = { 'A B' = '' }\n[tool.uvlambda.functions.B]\nlock = 'no'\n",
			`pyproject.toml:2: uv "x" is neither a full version, such as "0.9.26", nor an image: write one of them
pyproject.toml:4: python is wrong: "3" is not a Python version: write it as MAJOR.MINOR, such as 3.13
pyproject.toml:5: env "A B" is not a variable's name: use letters, digits and _, and no digit first
pyproject.toml:6: function "B" ` + notAName + `
pyproject.toml:7: lock "no" is unknown: use "checked" or "unchecked"`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			doc, err := source.Parse("pyproject.toml", []byte("[tool.uvlambda]\n"+tt.text))
			if err == nil {
				_, err = Parse(doc)
			}
			require.EqualError(t, err, tt.want)
		})
	}
}

func TestLongestFunctionName(t *testing.T) {
	t.Parallel()
	name := strings.Repeat("a", 64)
	s, err := parse(t, "pyproject.toml", "[tool.uvlambda]\nhandler = 'app.handler'\n[tool.uvlambda.functions."+name+"]\n")
	require.NoError(t, err)
	assert.Equal(t, []string{name}, s.Functions())
}
