package contexts

import (
	"bytes"
	"slices"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
)

// dockerignore is the ignore file of a context. A build file may have one of its
// own, which counts alone.
const dockerignore = ".dockerignore"

// Ignore is the ignore file that counts. It is empty when there is none.
type Ignore struct {
	// Name is the file's base name.
	Name string
	Data []byte
	// Patterns are the lines that are patterns.
	Patterns []string
}

// parseIgnore reads an ignore file.
func parseIgnore(name string, data []byte) (Ignore, error) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(data))
	if err != nil {
		return Ignore{}, Reading(err, name)
	}
	return Ignore{name, data, patterns}, nil
}

// Hide marks the entries that an ignore file matches.
func (i Ignore) Hide(set files.Set) error {
	ignore, err := files.NewIgnore(i.Patterns)
	if err != nil {
		return Reading(err, dockerignore)
	}
	for p, e := range set {
		hidden, err := ignore.Hides(p)
		if err != nil {
			return Reading(err, dockerignore)
		}
		if hidden && e.Kind != files.Missing {
			set[p] = files.Entry{Kind: files.Hidden, Data: e.Data}
		}
	}
	return nil
}

// pastIgnored are the patterns of an ignore file with exceptions for the files
// that a lock is resolved from: without them uv would drop a hidden member, and
// the versions of a hidden lock.
func pastIgnored(ignored []string) []string {
	if len(ignored) == 0 {
		return nil
	}
	patterns := slices.Clone(ignored)
	for _, name := range append(planner.MetadataFiles(), "uv.lock") {
		patterns = append(patterns, "!**/"+name)
	}
	for _, folder := range notProjects {
		// A folder that was hidden before the exceptions needs more than its name.
		patterns = append(patterns, folder+"/**")
	}
	return patterns
}
