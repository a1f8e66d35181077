package project

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
)

// oldestMinor and newestMinor bound the minor versions of Python 3 that ranges
// are compared on.
const (
	oldestMinor = 6
	newestMinor = 30
)

// boundary is a release in a version specifier.
var boundary = regexp.MustCompile(`3\.\d+\.(\d+)`)

// Releases gives releases of Python, oldest first. Two of the specifiers that allow
// different Pythons differ for at least one of these releases.
func Releases(specifiers []Specifier) []string {
	patches := []int{0, newestPatch}
	for _, s := range specifiers {
		for _, m := range boundary.FindAllStringSubmatch(s.text, -1) {
			if patch, err := strconv.Atoi(m[1]); err == nil && patch <= newestPatch {
				patches = append(patches, max(patch-1, 0), patch, patch+1)
			}
		}
	}
	slices.Sort(patches)
	patches = slices.Compact(patches)
	var releases []string
	for minor := oldestMinor; minor <= newestMinor; minor++ {
		for _, patch := range patches {
			releases = append(releases, fmt.Sprintf("3.%d.%d", minor, patch))
		}
	}
	return releases
}
