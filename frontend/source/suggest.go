package source

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// Nearest gives the known name that a mistyped one most likely means: the one
// within two edits, or within one when the name has fewer than five letters. It
// is "" when there is none; of equals, the first counts.
func Nearest(name string, known []string) string {
	limit := 2
	if len(name) < 5 {
		limit = 1
	}
	nearest := ""
	for _, candidate := range known {
		if d := levenshtein.Distance(strings.ToLower(name), strings.ToLower(candidate), nil); d <= limit {
			nearest, limit = candidate, d-1
		}
	}
	return nearest
}

// Suggestion ends a message about an unknown name: with the nearest known one,
// or else with all of them.
func Suggestion(name string, known []string) string {
	if nearest := Nearest(name, known); nearest != "" {
		return fmt.Sprintf("did you mean %q?", nearest)
	}
	if len(known) == 0 {
		return "there are none"
	}
	return "known are " + strings.Join(known, ", ")
}
