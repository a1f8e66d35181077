package files

import (
	"fmt"

	"github.com/moby/patternmatcher"
)

// Matches tells whether one of the patterns matches a path, or a folder that it
// is in. Patterns are written as in .dockerignore:
// https://docs.docker.com/build/concepts/context/#syntax
func Matches(patterns []string, name string) (bool, error) {
	matches, err := Matcher(patterns)
	if err != nil {
		return false, err
	}
	return matches(name)
}

// Matcher is Matches for many paths.
func Matcher(patterns []string) (func(name string) (bool, error), error) {
	m, err := patternmatcher.New(patterns)
	if err != nil {
		return nil, fmt.Errorf("reading the patterns %q: %w", patterns, err)
	}
	return func(name string) (bool, error) {
		matched, err := m.MatchesOrParentMatches(name)
		if err != nil {
			return false, fmt.Errorf("matching %s: %w", name, err)
		}
		return matched, nil
	}, nil
}
