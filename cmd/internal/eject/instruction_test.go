package eject

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// readBack has BuildKit parse an instruction and replace its variables, of
// which there are none.
func readBack(t *testing.T, text string) instructions.Command {
	t.Helper()
	parsed, err := parser.Parse(strings.NewReader("FROM scratch\n" + text))
	require.NoError(t, err, text)
	stages, _, err := instructions.Parse(parsed.AST, nil)
	require.NoError(t, err, text)
	require.Len(t, stages[0].Commands, 1, text)
	command := stages[0].Commands[0]
	lex := shell.NewLex(parsed.EscapeToken)
	if expands, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		require.NoError(t, expands.Expand(func(word string) (string, error) {
			value, _, err := lex.ProcessWord(word, shell.EnvsFromSlice(nil))
			return value, err
		}), text)
	}
	return command
}

// printable tells whether a text may be in a Dockerfile: the checks refuse
// line breaks, and nothing that is read from TOML holds other bytes than UTF-8.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' })
}

func FuzzSettings(f *testing.F) {
	for _, value := range []string{"", "plain", "a b", `"`, `'`, `\`, `a\`, "$HOME ${HOME}", "# no comment", "größe", "a\u00a0b\u2003c", "<<EOF", `\"$`} {
		f.Add("NAME", value)
		f.Add(value+"x", value)
	}
	f.Fuzz(func(t *testing.T, name, value string) {
		if !printable(name) || !printable(value) || strings.Contains(name, "=") || strings.TrimSpace(name) == "" {
			t.Skip("such text is refused before it is written")
		}
		label := readBack(t, settings("LABEL", map[string]string{name: value})).(*instructions.LabelCommand)
		assert.Equal(t, instructions.KeyValuePairs{{Key: name, Value: value}}, label.Labels)
		env := readBack(t, settings("ENV", map[string]string{"FIRST": value, "SECOND": value})).(*instructions.EnvCommand)
		assert.Equal(t, instructions.KeyValuePairs{{Key: "FIRST", Value: value}, {Key: "SECOND", Value: value}}, env.Env)
	})
}

func FuzzCopy(f *testing.F) {
	for _, text := range []string{"app", "a b", `"a"`, "it's", "$HOME", "größe", "a\u00a0b\u2003c", "<<EOF", "#a", "[a", `a\b`, "a,b", "--a", "data[1].json", "q?.txt", "*", "a\u00a0", "\u2003a", "a\v", "a\u0085", " a "} {
		f.Add(text, "**/*.pyc")
		f.Add("app", text)
	}
	f.Fuzz(func(t *testing.T, from, pattern string) {
		ascii := !strings.ContainsFunc(pattern, func(r rune) bool { return r >= utf8.RuneSelf })
		if !printable(from) || !printable(pattern) || strings.TrimSpace(from) == "" || pattern == "" || !ascii {
			t.Skip("such text is refused before it is written")
		}
		to := "/var/task/" + from
		command := readBack(t, copyPaths([]string{from, "other"}, to, excludes([]string{pattern})...)).(*instructions.CopyCommand)
		assert.Equal(t, []string{pattern}, command.ExcludePatterns)
		if strings.HasPrefix(from, "--") {
			from = "./" + from
		}
		assert.Equal(t, []string{files.Exactly(from), "other"}, command.SourcePaths)
		assert.Equal(t, to, command.DestPath)
	})
}

func TestQuoteShell(t *testing.T) {
	t.Parallel()
	for word, want := range map[string]string{
		"functions/add": "functions/add",
		":all:":         ":all:",
		"a b":           "'a b'",
		"it's":          `'it'\''s'`,
		"$HOME":         "'$HOME'",
		"":              "''",
	} {
		assert.Equal(t, want, quoteShell(word))
	}
}

func TestRun(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "RUN settle\n", run(nil, "settle"))
	assert.Equal(t, "RUN --mount=type=secret,id=ca \\\n    settle\n", run([]string{"type=secret,id=ca"}, "settle"))
	command := readBack(t, run([]string{"type=secret,id=ca"}, "one", "two $THREE")).(*instructions.RunCommand)
	assert.Equal(t, "set -e\none\ntwo $THREE\n", command.Files[0].Data)
}

func TestDocument(t *testing.T) {
	t.Parallel()
	command := readBack(t, document("/bin/settle", "#!python\nprint(\"$HOME\")", "--chmod=755")).(*instructions.CopyCommand)
	assert.Equal(t, "#!python\nprint(\"$HOME\")\n", command.SourceContents[0].Data)
	assert.Equal(t, "/bin/settle", command.DestPath)
	assert.Equal(t, "755", command.Chmod)
}
