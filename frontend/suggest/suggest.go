// Package suggest words what a mistyped name was probably meant to be. BuildKit
// finds the name, as it does for a mistyped target of a Dockerfile.
package suggest

import (
	"fmt"
	"slices"
	"strings"

	"github.com/moby/buildkit/util/suggest"
)

// shortest is how many letters a name needs to be suggested. BuildKit takes
// names that differ in two letters, so any word of two letters would mean `uv`.
const shortest = 3

// Nearest gives the option nearest to a mistyped name, and whether any is near.
func Nearest(name string, options []string) (string, bool) {
	long := slices.DeleteFunc(slices.Clone(options), func(option string) bool { return len(option) < shortest })
	return suggest.Search(name, long, true)
}

// mostListed is how many names a message lists.
const mostListed = 10

// List gives names for a message. When there are many it gives the first ones
// and the number of the others.
func List(names []string) string {
	if len(names) <= mostListed {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:mostListed], ", "), len(names)-mostListed)
}

// And gives names that a sentence is about all of, of many the first and how many
// more there are.
func And(names []string) string {
	if last := len(names) - 1; last > 0 && last < mostListed {
		return strings.Join(names[:last], ", ") + " and " + names[last]
	}
	return List(names)
}

// OneOf asks whether the nearest option was meant; when none is near it gives
// otherwise.
func OneOf(name string, options []string, otherwise string) string {
	if best, ok := Nearest(name, options); ok {
		return fmt.Sprintf("did you mean %q?", best)
	}
	return otherwise
}
