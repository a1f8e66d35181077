package initproject

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// handlerSetting is what most tests set.
func handlerSetting(handler string) []setting { return []setting{{"handler", quoted(handler)}} }

func TestSetKeys(t *testing.T) {
	t.Parallel()
	python := setting{"python", `"3.13"`}
	tests := map[string]struct {
		text     string
		settings []setting
		want     string
		replaced []Replacement
	}{
		"new table": {
			text: "# mine\n[project]\nname   = 'a'  # its name\n",
			want: "# mine\n[project]\nname   = 'a'  # its name\n\n[tool.uvlambda]\nhandler = \"a.b\"\n",
		},
		"empty file":           {text: "", want: "[tool.uvlambda]\nhandler = \"a.b\"\n"},
		"byte order mark":      {text: bom, want: bom + "[tool.uvlambda]\nhandler = \"a.b\"\n"},
		"no end of line":       {text: "a = 1", want: "a = 1\n\n[tool.uvlambda]\nhandler = \"a.b\"\n"},
		"lines of Windows":     {text: bom + "a = 1\r\n", want: bom + "a = 1\r\n\r\n[tool.uvlambda]\r\nhandler = \"a.b\"\r\n"},
		"dotted keys of tools": {text: "tool.uv.package = true\n", want: "tool.uv.package = true\n\n[tool.uvlambda]\nhandler = \"a.b\"\n"},
		"table of a function": {
			text: "[tool.uvlambda.functions.a]\npython = '3.12'\n",
			want: "[tool.uvlambda.functions.a]\npython = '3.12'\n\n[tool.uvlambda]\nhandler = \"a.b\"\n",
		},
		"key is added behind the last": {
			text:     "[tool.uvlambda] # ours\ninclude = [\n  'x', # this\n]  # and that\n# end\n\n[tool.uv]\nhandler = 1\n",
			settings: append(handlerSetting("a.b"), python),
			want:     "[tool.uvlambda] # ours\ninclude = [\n  'x', # this\n]  # and that\nhandler = \"a.b\"\npython = \"3.13\"\n# end\n\n[tool.uv]\nhandler = 1\n",
		},
		"empty table, no end of line": {text: "[tool.uvlambda]", want: "[tool.uvlambda]\nhandler = \"a.b\"\n"},
		"nothing to set":              {text: "a = 1\n", settings: []setting{}, want: "a = 1\n"},
		"key is there":                {text: "[tool.uvlambda]\n'handler' = 'a.b'\n", want: "[tool.uvlambda]\n'handler' = 'a.b'\n"},
		"dotted key is there":         {text: "tool.uvlambda.handler = 'a.b'", want: "tool.uvlambda.handler = 'a.b'"},
		"key is replaced": {
			text: "[tool.uvlambda]\n\"handler\"  =  'x.y' # old\npython = '3.13'\n",
			want: "[tool.uvlambda]\n\"handler\"  =  \"a.b\" # old\npython = '3.13'\n",
			replaced: []Replacement{{
				Location: location("pyproject.toml", 2, 2), Old: "handler = 'x.y'", New: `handler = "a.b"`,
			}},
		},
		"array is replaced": {
			text:     "[tool.uvlambda]\ngroups = [\n  'a', # ]\n]\n[x]\n",
			settings: []setting{{"groups", `["b"]`}},
			want:     "[tool.uvlambda]\ngroups = [\"b\"]\n[x]\n",
			replaced: []Replacement{{
				Location: location("pyproject.toml", 2, 4), Old: "groups = [\n  'a', # ]\n]", New: `groups = ["b"]`,
			}},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.settings == nil {
				test.settings = handlerSetting("a.b")
			}
			got, replaced, err := setKeys(parse(t, test.text), test.settings)
			require.NoError(t, err)
			assert.Equal(t, test.want, string(got))
			assert.Equal(t, test.replaced, replaced)
			again, replaced, err := setKeys(parse(t, string(got)), test.settings)
			require.NoError(t, err)
			assert.Equal(t, string(got), string(again), "a second run")
			assert.Empty(t, replaced)
		})
	}
}

func TestSetKeysWhereTheTableCannotBe(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"tool = { uv = { package = true } }\n",
		"[tool]\nuvlambda = { python = '3.13' }\n",
		"[[tool]]\n",
		"tool = 1\n",
		"[tool.uvlambda]\nhandler.a = 1\n",
	} {
		_, _, err := setKeys(parse(t, text), handlerSetting("a.b"))
		require.Error(t, err, text)
		assert.Contains(t, err.Error(), `: [tool.uvlambda] cannot be added to the way that [tool] is written here: write it by hand: handler = "a.b"`, text)
	}
}

// FuzzSetKeys edits any document: the result says what the old one does and
// the settings, and has every byte of it.
func FuzzSetKeys(f *testing.F) {
	for _, text := range []string{
		"", "[project]\nname = 'a'\n", bom + "a = 1\r\n", "[tool.uvlambda]\npython = '3.13' # x\n[tool.uv]\n", "[tool.uvlambda]",
		"tool.uv.x = 1", "[tool]\nuvlambda.x = 1\n", "[tool.uvlambda]\nhandler = [ 'x', # ]\n]", "[[tool]]\n[tool.uvlambda]\n", "[tool.uvlambda.test]\ntimeout = 3",
		"[tool.uvlambda]\nx = \"\"\"\n[tool.uvlambda]\n\"\"\" # \"\"\"\n", "a = 2026-11-01T00:00:00Z\n[[x]]\n",
	} {
		f.Add(text, "app.handler")
		f.Add(text, "\"\\\n\x7f")
	}
	f.Fuzz(func(t *testing.T, text, handler string) {
		doc, err := source.Parse("pyproject.toml", []byte(text))
		if err != nil {
			return
		}
		settings := handlerSetting(handler)
		got, replaced, err := setKeys(doc, settings)
		if err != nil {
			return
		}
		var before, after map[string]any
		_, err = toml.Decode(text, &before)
		require.NoError(t, err)
		_, err = toml.Decode(string(got), &after)
		require.NoError(t, err)
		table := after["tool"].(map[string]any)["uvlambda"].(map[string]any)
		require.Equal(t, handler, table["handler"])
		want, ok := withTable(before, tablePath(), settings)
		require.True(t, ok)
		require.True(t, reflect.DeepEqual(want, after))
		if len(replaced) == 0 {
			requireInsertion(t, []byte(text), got)
		}
		edited, err := source.Parse("pyproject.toml", got)
		require.NoError(t, err)
		again, replaced, err := setKeys(edited, settings)
		require.NoError(t, err)
		require.Equal(t, string(got), string(again))
		require.Empty(t, replaced)
	})
}

// requireInsertion checks that a text has all of another, in one piece or two.
func requireInsertion(t *testing.T, old, edited []byte) {
	t.Helper()
	same := 0
	for same < len(old) && same < len(edited) && old[same] == edited[same] {
		same++
	}
	require.True(t, bytes.HasSuffix(edited, old[same:]), "%q became %q", old, edited)
	require.GreaterOrEqual(t, len(edited), len(old))
}
