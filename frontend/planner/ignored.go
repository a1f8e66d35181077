package planner

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// everything is the end of a path that stands for all that is in a folder.
const everything = "/*"

// IgnoreFiles are the files that may hold the patterns of ignored files, the
// one that counts first: https://docs.docker.com/build/concepts/context/#filename-and-location
func IgnoreFiles(buildFile string) []string {
	return []string{buildFile + ".dockerignore", ".dockerignore"}
}

// IgnoreFile is the ignore file that counts: the client does not send what it
// hides. It is empty when there is none.
type IgnoreFile struct {
	// Patterns are the lines that are patterns.
	Patterns []string
	// Name is the ignore file, and Data its content. Both are empty when the patterns
	// come from another builder.
	Name string
	Data []byte
}

// Hiding is a line of an ignore file that hides something.
type Hiding struct {
	// Pattern is the line as it was written, At its place.
	Pattern string
	At      plan.Location
	// alone is set when nothing else hides the same.
	alone bool
}

// Hides gives the line that hides a path, nil when none does. A path that ends
// in everything is hidden when all that is below its folder is.
func (i IgnoreFile) Hides(name string) (*Hiding, error) {
	hidden, err := hides(name, i.Patterns)
	if err != nil || !hidden {
		return nil, err
	}
	first := -1
	for n := range i.Patterns {
		hidden, err := hides(name, i.Patterns[:n+1])
		switch {
		case err != nil:
			return nil, err
		case !hidden:
			first = -1
		case first < 0:
			first = n
		}
	}
	without := slices.Delete(slices.Clone(i.Patterns), first, first+1)
	still, err := hides(name, without)
	if err != nil {
		return nil, err
	}
	h := &Hiding{Pattern: i.Patterns[first], At: plan.Location{File: i.Name}, alone: !still}
	nth := 0
	for _, before := range i.Patterns[:first] {
		if before == h.Pattern {
			nth++
		}
	}
	h.locate(i.Data, nth)
	return h, nil
}

// hides decides with some of the patterns.
func hides(name string, patterns []string) (bool, error) {
	ignore, err := files.NewIgnore(patterns)
	if err != nil {
		return false, err
	}
	folder, all := strings.CutSuffix(name, everything)
	if !all {
		return ignore.Hides(name)
	}
	// A name that nobody gives a file stands for all names.
	hidden, err := ignore.Hides(path.Join(folder, "\x01"))
	return hidden && !ignore.MayTakeBack(folder), err
}

// locate finds the line that the pattern was read from, after nth equal ones.
func (h *Hiding) locate(data []byte, nth int) {
	pattern := h.Pattern
	for i, line := range bytes.Split(data, []byte("\n")) {
		if read, err := ignorefile.ReadAll(bytes.NewReader(line)); err != nil || len(read) != 1 || read[0] != pattern {
			continue
		}
		if nth--; nth < 0 {
			h.Pattern, h.At.Line, h.At.EndLine = string(bytes.TrimSpace(line)), i+1, i+1
			return
		}
	}
}

// Remedy is what makes the path visible. The line has to come last: an
// exception counts for what the lines before it hide.
func (h *Hiding) Remedy(name string) string {
	folder, all := strings.CutSuffix(name, everything)
	line := "add the line !" + files.Exactly(folder)
	if all {
		line += everything
	}
	line += " at the end"
	if h.alone {
		return "remove it, or " + line
	}
	return line
}

// refuse is the error of what the line hides.
func (h *Hiding) refuse(name, why string) error {
	return source.Errorf(h.At, "%q hides %s, %s: %s", h.Pattern, name, why, h.Remedy(name)).Of(RuleFileIgnored)
}

// refuse gives the error of a file or folder that the build needs and an ignore
// file hides. It is nil for what is not hidden. Around are the folders that are
// needed as a whole with it, the outermost first: one that is hidden itself is
// named in its place, since the file alone would not do.
func (w *Workspace) refuse(name, why string, around ...string) error {
	if !w.Files.Hidden(name) {
		return nil
	}
	for _, part := range append(around, name) {
		if part == "." || part == "."+everything {
			continue
		}
		h, err := w.Ignored.Hides(part)
		if err != nil {
			return err
		}
		if h != nil {
			return h.refuse(part, why)
		}
	}
	return nil
}
