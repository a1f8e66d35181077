package spec

import (
	"errors"
	"path"
	"slices"
	"strconv"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// A check says what is wrong with a value; its error continues the sentence
// that begins with the key's name.
type check func(value string) error

// readString reads a string that must not be empty and must pass the check.
func readString(t *source.Table, name string, check check) string {
	return checked(t, []string{name}, name, check)
}

// readStrings reads an array of such strings.
func readStrings(t *source.Table, name string, check check) []string {
	items := t.Array(name)
	values := make([]string, 0, len(items))
	for i := range items {
		values = append(values, checked(t, []string{name, strconv.Itoa(i)}, name, check))
	}
	return values
}

// checked reads the string at path, and records what the check finds.
func checked(t *source.Table, path []string, label string, check check) string {
	value := t.String(path...)
	if _, isString := t.Value(path...).(string); !isString {
		return ""
	}
	err := check(value)
	if value == "" {
		err = errors.New("is empty: give it a value or remove it")
	}
	if err != nil {
		t.Add(path, "%s %w", label, err)
	}
	return value
}

// cleaned gives a path without "./" and trailing slashes.
func cleaned(p string) string {
	if p == "" {
		return ""
	}
	return path.Clean(p)
}

// readEnv reads the environment variables.
func readEnv(t *source.Table) map[string]string {
	values := t.StringMap("env")
	for _, name := range t.Keys("env") {
		if err := checkVariable(name, values[name]); err != nil {
			t.Add([]string{"env", name}, "env %q %w", name, err)
		}
	}
	return values
}

// readLabels reads the labels. Only their names can be wrong.
func readLabels(t *source.Table) map[string]string {
	for _, name := range t.Keys("labels") {
		if name == "" {
			t.Add([]string{"labels", name}, "labels has a label without a name: name it")
		}
	}
	return t.StringMap("labels")
}

// readGroup reads a table below the table over what s says already.
func readGroup(t *source.Table, s *Spec, name string, keys []Key) {
	if t.Map(name) == nil {
		return
	}
	checkNames(t, []string{name}, keyNames(keys), tableName(slices.Concat(s.Prefix, []string{name})))
	for _, key := range keys {
		if t.Value(name, key.Name) != nil {
			key.read(t, s)
		}
	}
}
