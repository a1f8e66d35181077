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

// Ignored is what the client does not send.
type Ignored struct {
	// Patterns are those of the ignore file that counts.
	Patterns []string
	// Names are the files that the patterns may be from, see IgnoreFiles, and
	// Read what could be read of them: they may be hidden themselves.
	Names []string
	Read  files.Set
}

// Hides gives the pattern that hides a file, and its line as far as that is
// known. It is empty when none does.
func (i Ignored) Hides(file string) (pattern string, at plan.Location, err error) {
	pattern, err = hidingPattern(file, i.Patterns)
	if err != nil || pattern == "" {
		return "", at, err
	}
	for _, name := range i.Names {
		if data, ok := i.Read.Data(name); ok {
			return pattern, locatePattern(name, data, pattern), nil
		}
	}
	return pattern, plan.Location{File: i.Names[len(i.Names)-1]}, nil
}

// CheckIgnored explains a missing uv.lock that an ignore file hides.
func CheckIgnored(w *Workspace, ignored Ignored) error {
	hiding, loc, err := ignored.Hides(w.LockName())
	if err != nil || hiding == "" {
		return err
	}
	return source.Errorf(loc, "%q hides %s, which the build needs: remove it, or add the line !%s", hiding, w.LockName(), w.LockName()).Of(RuleFileIgnored)
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
