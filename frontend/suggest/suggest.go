// Package suggest finds what a mistyped name was probably meant to be.
package suggest

import (
	"fmt"
	"strings"

	"github.com/agext/levenshtein"
)

// maxDistance is how many letters may differ for a name to be suggested.
const maxDistance = 3

// Nearest gives the option nearest to a mistyped name, and whether any is near.
func Nearest(name string, options []string) (string, bool) {
	best, distance := "", maxDistance+1
	for _, o := range options {
		if d := levenshtein.Distance(name, o, nil); d < distance && d < len(o) {
			best, distance = o, d
		}
	}
	return best, best != ""
}

// mostListed is how many names a message lists.
const mostListed = 10

// List gives names for a message, of many the first and how many more there
// are.
func List(names []string) string {
	if len(names) <= mostListed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), len(names)-mostListed)
}

// OneOf asks whether the nearest option was meant; when none is near it gives
// otherwise.
func OneOf(name string, options []string, otherwise string) string {
	if best, ok := Nearest(name, options); ok {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return otherwise
}
