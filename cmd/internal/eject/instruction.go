package eject

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// width is where long lines are broken.
const width = 96

// next goes on with an instruction, or a command, in a new line.
const next = " \\\n    "

// wrap writes words with spaces between them, in as many lines as it takes. An
// option and its value that belong on one line are one word.
func wrap(words ...string) string {
	var b strings.Builder
	column := 0
	for i, word := range words {
		switch {
		case i == 0:
		case column+1+len(word) > width:
			b.WriteString(next)
			column = 4
		default:
			b.WriteByte(' ')
			column++
		}
		b.WriteString(word)
		column += len(word)
	}
	return b.String()
}

// settings writes an instruction that sets values by name, each in its line.
func settings(name string, values map[string]string) string {
	if len(values) == 0 {
		return ""
	}
	var words []string
	for _, key := range slices.Sorted(maps.Keys(values)) {
		words = append(words, quote(key)+"="+quote(values[key]))
	}
	return name + " " + strings.Join(words, next) + "\n"
}

// run writes a RUN with its mounts. Several commands stop at the first that
// fails.
func run(mounts []string, commands ...string) string {
	words := make([]string, 0, len(mounts)+1)
	for _, mount := range mounts {
		words = append(words, "--mount="+mount)
	}
	if len(commands) == 1 {
		return "RUN " + strings.Join(append(words, commands[0]), next) + "\n"
	}
	return "RUN " + strings.Join(append(words, "<<EOF"), next) + "\nset -e\n" + strings.Join(commands, "\n") + "\nEOF\n"
}

// document writes a COPY of a text that stands in the Dockerfile.
func document(to, text string, flags ...string) string {
	words := append([]string{"COPY"}, flags...)
	end := "EOF"
	for strings.Contains(text, end) {
		end += "_"
	}
	return wrap(append(words, "<<'"+end+"'", to)...) + "\n" + strings.TrimSuffix(text, "\n") + "\n" + end + "\n"
}

// copyPaths writes a COPY of paths. They are names, and COPY takes patterns. Names
// with white space need the form that is a JSON list: a space separates names, and
// any white space of Unicode gets lost at the ends of a line.
func copyPaths(from []string, to string, flags ...string) string {
	words := append([]string{"COPY"}, flags...)
	paths := make([]string, 0, len(from)+1)
	for _, path := range from {
		if strings.HasPrefix(path, "--") {
			path = "./" + path
		}
		paths = append(paths, escapeWord(files.Exactly(path)))
	}
	paths = append(paths, escapeWord(to))
	if slices.ContainsFunc(paths, func(path string) bool { return strings.ContainsFunc(path, unicode.IsSpace) }) {
		return wrap(append(words, jsonList(paths))...) + "\n"
	}
	last := len(from) - 1
	words = append(words, paths[:last]...)
	return wrap(append(words, paths[last]+" "+paths[last+1])...) + "\n"
}

// excludes are the flags of a COPY that leaves out what the patterns match.
func excludes(patterns []string) []string {
	escape := strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`, " ", `\ `)
	flags := make([]string, 0, len(patterns))
	for _, pattern := range patterns {
		flags = append(flags, "--exclude="+escape.Replace(pattern))
	}
	return flags
}

// escapeWord keeps quotes, and variables, from being taken for such.
func escapeWord(word string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, `'`, `\'`, "$", `\$`, "<", `\<`).Replace(word)
}

// quote writes the name or the value of a variable or a label.
func quote(text string) string {
	if plainWord.MatchString(text) {
		return text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "$", `\$`).Replace(text) + `"`
}

// plainWord is a word that stands for itself, in a Dockerfile and in a shell.
var plainWord = regexp.MustCompile(`^[A-Za-z0-9_./:=@%+,-]+$`)

// quoteShell writes a word of a shell command.
func quoteShell(word string) string {
	if plainWord.MatchString(word) {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

// arguments are quoted for a shell, each flag together with its value.
func arguments(words []string) []string {
	var quoted []string
	for i, word := range words {
		if i > 0 && strings.HasPrefix(words[i-1], "-") && !strings.HasPrefix(word, "-") {
			quoted[len(quoted)-1] += " " + quoteShell(word)
			continue
		}
		quoted = append(quoted, quoteShell(word))
	}
	return quoted
}

// jsonList writes words as a JSON list.
func jsonList(words []string) string {
	quoted := make([]string, len(words))
	for i, word := range words {
		quoted[i] = jsonString(word)
	}
	return fmt.Sprintf("[%s]", strings.Join(quoted, ", "))
}

// jsonString writes a string as JSON, with < and & as they are.
func jsonString(text string) string {
	var b strings.Builder
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	// A strings.Builder takes everything, and every string is JSON.
	_ = encoder.Encode(text)
	return strings.TrimSuffix(b.String(), "\n")
}
