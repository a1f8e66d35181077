package project

import (
	"regexp"
	"strings"
)

var (
	nameSeparators = regexp.MustCompile(`[-_.]+`)
	validName      = regexp.MustCompile(`^(?i)[A-Z0-9](?:[A-Z0-9._-]*[A-Z0-9])?$`)
)

// NormalizeName gives the name of a package, an extra or a group in the form in
// which names are compared (PEP 503, PEP 685, PEP 735).
func NormalizeName(name string) string {
	return strings.ToLower(nameSeparators.ReplaceAllString(name, "-"))
}

// ValidName reports whether name can name a package, an extra or a group
// (https://packaging.python.org/en/latest/specifications/name-normalization/).
func ValidName(name string) bool { return validName.MatchString(name) }

// EnvName turns an index's name into the form that it has in uv's credential
// variables, UV_INDEX_<NAME>_USERNAME and UV_INDEX_<NAME>_PASSWORD: upper case,
// with an underscore for all but letters and digits.
func EnvName(index string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		default:
			return '_'
		}
	}, index)
}
