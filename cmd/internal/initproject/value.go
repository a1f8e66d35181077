package initproject

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

// quoted writes a string as TOML.
func quoted(text string) string {
	// Encoding a table of strings cannot fail.
	line, _ := toml.Marshal(map[string]string{"v": text})
	return strings.TrimSuffix(strings.TrimPrefix(string(line), "v = "), "\n")
}

// array writes values as a TOML array of one line.
func array(values []string) string { return "[" + strings.Join(values, ", ") + "]" }

// quotedAll quotes each of the strings.
func quotedAll(texts []string) []string {
	values := make([]string, len(texts))
	for i, text := range texts {
		values[i] = quoted(text)
	}
	return values
}

var bareKey = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// inlineTable writes strings by name as a TOML inline table, sorted.
func inlineTable(entries map[string]string) string {
	pairs := make([]string, 0, len(entries))
	for _, name := range slices.Sorted(maps.Keys(entries)) {
		key := name
		if !bareKey.MatchString(name) {
			key = quoted(name)
		}
		pairs = append(pairs, key+" = "+quoted(entries[name]))
	}
	return "{ " + strings.Join(pairs, ", ") + " }"
}

// check refuses a setting that the table must not have. Its error begins with
// the key.
func (s setting) check() error {
	doc, err := source.Parse(spec.FileName, []byte(s.line()))
	if err == nil {
		_, err = spec.Parse(doc)
	}
	if mistake, ok := errors.AsType[*source.Error](err); ok {
		// The line is in a file that was never written.
		return mistake.Err
	}
	return err
}
