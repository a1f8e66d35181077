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

// parseIgnore reads an ignore file.
func parseIgnore(name string, data []byte) (planner.IgnoreFile, error) {
	patterns, err := ignorefile.ReadAll(bytes.NewReader(data))
	if err != nil {
		return planner.IgnoreFile{}, Reading(err, name)
	}
	return planner.IgnoreFile{Name: name, Data: data, Patterns: patterns}, nil
}

// Hide marks the entries that an ignore file matches.
func Hide(set files.Set, file planner.IgnoreFile) error {
	ignore, err := files.NewIgnore(file.Patterns)
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
