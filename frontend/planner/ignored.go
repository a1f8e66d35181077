package planner

import (
	"bytes"
	"fmt"
	"path"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// IgnoreFiles are the files that hold the patterns of ignored files, the one
// that counts first: https://docs.docker.com/build/concepts/context/#filename-and-location
func IgnoreFiles(buildFile string) []string {
	return []string{path.Base(buildFile) + ".dockerignore", ".dockerignore"}
}

// CheckIgnored explains a missing uv.lock that the patterns of one of the
// ignore files hide. What could be read of them is in read: they may be hidden
// themselves.
func CheckIgnored(w *Workspace, patterns, ignoreFiles []string, read files.Set) error {
	hiding, err := hidingPattern(w.LockName(), patterns)
	if err != nil || hiding == "" {
		return err
	}
	loc := plan.Location{File: ignoreFiles[len(ignoreFiles)-1]}
	for _, name := range ignoreFiles {
		if data, ok := read.Data(name); ok {
			loc = locatePattern(name, data, hiding)
			break
		}
	}
	return source.Errorf(loc, "%q hides %s, which the build needs: remove it, or add the line !%s", hiding, w.LockName(), w.LockName())
}

// hidingPattern gives the first pattern that hides a file and that no later one
// takes back. It is empty when the file is not hidden.
func hidingPattern(name string, patterns []string) (string, error) {
	hiding := ""
	for i, pattern := range patterns {
		m, err := patternmatcher.New(patterns[:i+1])
		if err != nil {
			return "", fmt.Errorf("reading .dockerignore: %w", err)
		}
		hidden, err := m.MatchesOrParentMatches(name)
		switch {
		case err != nil:
			return "", fmt.Errorf("matching .dockerignore: %w", err)
		case !hidden:
			hiding = ""
		case hiding == "":
			hiding = pattern
		}
	}
	return hiding, nil
}

// locatePattern finds the line that a pattern was read from.
func locatePattern(name string, data []byte, pattern string) plan.Location {
	for i, line := range bytes.Split(data, []byte("\n")) {
		if read, err := ignorefile.ReadAll(bytes.NewReader(line)); err == nil && len(read) == 1 && read[0] == pattern {
			return plan.Location{File: name, Line: i + 1, EndLine: i + 1}
		}
	}
	return plan.Location{File: name}
}
