package spec

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

func parse(t *testing.T, name, text string) (*Spec, error) {
	t.Helper()
	doc, err := source.Parse(name, []byte(text))
	require.NoError(t, err)
	return Parse(doc)
}

const full = `handler = "app.main.handler"
package = "api"
python = "3.13"
architecture = "arm64"
include = [
    "app/",
    { from = "infra/handler.py", to = "./handler.py" },
]
exclude = ["**/*.md", "!README.md"]
groups = ["prod"]
extras = ["fast"]
base = "registry.example.com/lambda/python:3.13"
uv = "0.9.26"
compile-bytecode = false
lock = "unchecked"
[PREFIXenv]
LOG_LEVEL = "info"
[PREFIXlabels]
team = "payments"
[PREFIXtest]
on-build = true
events = ["events/*.json"]
network = true
timeout = 5
`

func TestParseAllKeys(t *testing.T) {
	t.Parallel()
	tests := []struct {
		file, header, prefix string
		first                int
	}{
		{"pyproject.toml", "[tool.uvlambda]\n", "tool.uvlambda.", 2},
		{"services/api/uvlambda.toml", "", "", 1},
		{"worker.uvlambda.toml", "", "", 1},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			t.Parallel()
			s, err := parse(t, tt.file, tt.header+strings.ReplaceAll(full, "PREFIX", tt.prefix))
			require.NoError(t, err)
			at := func(line int) plan.Location {
				return plan.Location{File: tt.file, Line: tt.first + line, EndLine: tt.first + line}
			}
			assert.Equal(t, at(2), s.Locate("python"))
			s.Doc, s.Prefix = nil, nil
			assert.Equal(t, &Spec{
				Handler: "app.main.handler", Package: "api", Python: "3.13", Architecture: "arm64",
				Include: []Include{
					{From: "app", Source: at(5)},
					{From: "infra/handler.py", To: "handler.py", Source: at(6)},
				},
				Exclude: []string{"**/*.md", "!README.md"},
				Groups:  []string{"prod"}, Extras: []string{"fast"},
				Env: map[string]string{"LOG_LEVEL": "info"}, Labels: map[string]string{"team": "payments"},
				Base: "registry.example.com/lambda/python:3.13", UV: "0.9.26",
				CompileBytecode: false, Lock: LockUnchecked, Present: true,
				Test: Test{OnBuild: true, Events: []string{"events/*.json"}, Network: true, Timeout: 5},
			}, s)
		})
	}
}

func TestParseDefaults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text    string
		present bool
	}{
		{"", false},
		{"[tool.ruff]\nline-length = 100\n", false},
		{"[tool.uvlambda]\n", true},
		{"[tool]\nuvlambda = {}\n", true},
	}
	for _, tt := range tests {
		s, err := parse(t, "pyproject.toml", tt.text)
		require.NoError(t, err)
		assert.Equal(t, tt.present, s.Present, tt.text)
		assert.True(t, s.CompileBytecode)
		assert.Equal(t, LockChecked, s.Lock)
		assert.Empty(t, s.Handler)
	}
}

func TestParseErrors(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, text, want string }{
		{
			"unknown key", `handlr = "app.handler"`,
			`pyproject.toml:2: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`,
		},
		{
			"unknown key unlike any", `memory = 128`,
			`pyproject.toml:2: unknown key "memory" in [tool.uvlambda]: known are handler, package, python, ` +
				`architecture, include, exclude, groups, extras, env, labels and 12 more`,
		},
		{"underscore", `compile_bytecode = true`, `pyproject.toml:2: unknown key "compile_bytecode" in [tool.uvlambda]: did you mean "compile-bytecode"?`},
		{"integer", `handler = 3`, `pyproject.toml:2: handler must be a string, not an integer: put it in quotes`},
		{"float", `python = 3.13`, `pyproject.toml:2: python must be a string, not a float: put it in quotes`},
		{"text for a boolean", `compile-bytecode = "no"`, `pyproject.toml:2: compile-bytecode must be a boolean, not a string: write true or false`},
		{"text for a list", `groups = "prod"`, `pyproject.toml:2: groups must be an array, not a string: put it in brackets`},
		{"list for a table", `env = ["A"]`, `pyproject.toml:2: env must be a table, not an array`},
		{"item", "extras = [\n  'a',\n  1,\n]", `pyproject.toml:4: extras[1] must be a string, not an integer: put it in quotes`},
		{"variable", `env = { PORT = 80 }`, `pyproject.toml:2: env.PORT must be a string, not an integer: put it in quotes`},
		{"empty", `package = ""`, `pyproject.toml:2: package is empty: give it a value or remove it`},
		{"include of a number", `include = [1]`, `pyproject.toml:2: include must hold strings and { image, from, to } tables only`},
		{"include without to", `include = [{ from = "a" }]`, `pyproject.toml:2: include has no "to": write { from = "PATH", to = "PATH" }`},
		{
			"include with a wrong key", `include = [{ form = "a", to = "b" }]`,
			"pyproject.toml:2: unknown key \"form\" in include: did you mean \"from\"?\n" +
				`pyproject.toml:2: include has no "from": write { from = "PATH", to = "PATH" }`,
		},
		{"include above", "include = [\n  'app',\n  '../..',\n]", `pyproject.toml:4: include "../.." has no name to copy it to: write { from = "../..", to = "PATH" }`},
		{"include to outside", `include = [{ from = "a", to = "b/../../c" }]`, `pyproject.toml:2: include to "b/../../c" has a "..": name a path without it`},
		{"include of nothing", `include = [""]`, `pyproject.toml:2: include is empty: give it a value or remove it`},
		{"nameless label", `labels = { "" = "x" }`, `pyproject.toml:2: labels has a label without a name: name it`},
		{
			"several, in file order", "uv = '0.8.13'\nhandler = 'main'\nhadler = 'x'\narchitecture = 'amd64'\n",
			`pyproject.toml:2: uv "0.8.13" is too old, since its export cannot leave out local packages (--no-emit-local): use 0.8.14 or newer
pyproject.toml:3: handler "main" names no function: write MODULE.FUNCTION, as in "main.handler"
pyproject.toml:4: unknown key "hadler" in [tool.uvlambda]: did you mean "handler"?
pyproject.toml:5: architecture "amd64" is "x86_64" in Lambda's terms: write that`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			_, err := parse(t, "pyproject.toml", "[tool.uvlambda]\n"+tt.text)
			require.EqualError(t, err, tt.want)
			var located *source.Error
			require.ErrorAs(t, err, &located)
		})
	}
}

func TestParseErrorsOfTheTableItself(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "pyproject.toml", "[tool]\nuvlambda = 1\n")
	require.EqualError(t, err, "pyproject.toml:2: tool.uvlambda must be a table, not an integer")
	_, err = parse(t, "pyproject.toml", "[[tool.uvlambda]]\nhandler = 'a.b'\n")
	require.EqualError(t, err, "pyproject.toml:1: tool.uvlambda must be a table, not an array")
	_, err = parse(t, "uvlambda.toml", "\nhandlr = 'a.b'\n")
	require.EqualError(t, err, `uvlambda.toml:2: unknown key "handlr": did you mean "handler"?`)
}

func TestErrorsNeverShowValuesOfVariables(t *testing.T) {
	t.Parallel()
	_, err := parse(t, "uvlambda.toml", "[env]\nAWS_SECRET_ACCESS_KEY = 'hunter2'\n'a b' = 'hunter2'\nA = \"hunter2\\u0000\"\n")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "hunter2")
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("[tool.uvlambda]\n" + strings.ReplaceAll(full, "PREFIX", "tool.uvlambda.")))
	f.Add([]byte("[tool.uvlambda]\ninclude = [{from='a', to='..'}, 1, ['x']]\nenv = {'' = ''}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := source.Parse("pyproject.toml", data)
		if err != nil {
			return
		}
		s, err := Parse(doc)
		require.Equal(t, err == nil, s != nil)
	})
}
