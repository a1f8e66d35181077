package files

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"

	"github.com/moby/patternmatcher"
)

// Ignore decides which paths of a context the patterns of an ignore file hide.
// Clients decide folder by folder, from the top: a pattern that takes a folder
// back says nothing of a folder below that an earlier pattern hides.
type Ignore struct {
	// mu guards the patterns, which are compiled when they are first used.
	mu       sync.Mutex
	patterns *patternmatcher.PatternMatcher
}

// NewIgnore reads patterns.
func NewIgnore(patterns []string) (*Ignore, error) {
	m, err := patternmatcher.New(patterns)
	if err == nil {
		return &Ignore{patterns: m}, nil
	}
	for _, pattern := range patterns {
		if _, err := patternmatcher.New([]string{pattern}); err != nil {
			return nil, fmt.Errorf("the pattern %q of the ignore file is malformed (%w): correct it", pattern, err)
		}
	}
	return nil, fmt.Errorf("the patterns %q of the ignore file are malformed: %w", patterns, err)
}

// Hides reports whether a client leaves out a path, with slashes. What is below
// a hidden folder may still be sent.
func (i *Ignore) Hides(name string) (bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if name == "." || len(i.patterns.Patterns()) == 0 {
		return false, nil
	}
	var hidden bool
	var info patternmatcher.MatchInfo
	for end := 0; end < len(name); end++ {
		if next := strings.IndexByte(name[end:], '/'); next >= 0 {
			end += next
		} else {
			end = len(name)
		}
		var err error
		if hidden, info, err = i.patterns.MatchesUsingParentResults(name[:end], info); err != nil {
			return false, fmt.Errorf("matching the ignore file with %s: %w", name, err)
		}
		if hidden && end < len(name) && !i.mayTakeBack(name[:end]) {
			return true, nil
		}
	}
	return hidden, nil
}

// MayTakeBack reports whether a pattern might take back a path below a folder.
func (i *Ignore) MayTakeBack(folder string) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	return i.mayTakeBack(folder)
}

// mayTakeBack is how clients decide whether to look into a hidden folder: when
// one of the exceptions begins with its name, and always when an exception has
// a wildcard before its end.
func (i *Ignore) mayTakeBack(folder string) bool {
	found := false
	for _, p := range i.patterns.Patterns() {
		if !p.Exclusion() {
			continue
		}
		literal := strings.TrimSuffix(strings.TrimSuffix(filepath.ToSlash(p.String()), "/**"), "/*")
		if strings.ContainsAny(literal, `*[]?^\`) {
			return true
		}
		found = found || strings.HasPrefix(literal+"/", folder+"/")
	}
	return found
}
