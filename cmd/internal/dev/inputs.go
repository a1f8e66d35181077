package dev

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// Inputs are the parts of a build context that a build depends on. All paths
// are slash-separated and relative to the context.
type Inputs struct {
	// files are always read, whether they exist or not.
	files []string
	// trees are files and folders that are copied.
	trees []tree
	// ignored are the patterns of .dockerignore.
	ignored *files.Ignore
}

// tree is a file, or a folder less what its patterns exclude.
type tree struct {
	path    string
	exclude *patternmatcher.PatternMatcher
}

// ReadInputs are the inputs of builds of a build file, which is relative to the
// build context. Without plans every file of the context is an input: a mistake
// that leaves no plan can be in any file.
func ReadInputs(context, buildFile string, plans []plan.Plan) (*Inputs, error) {
	ignore, err := readIgnored(context, buildFile)
	if err != nil {
		return nil, err
	}
	in, err := newInputs(buildFile, ignore)
	if err != nil {
		// The build explains the mistake in a pattern.
		if in, err = newInputs(buildFile, nil); err != nil {
			return nil, err
		}
		plans = nil
	}
	if len(plans) == 0 {
		return in, in.addTree(".", noSources())
	}
	for i := range plans {
		if err := in.add(&plans[i]); err != nil {
			return nil, err
		}
	}
	return in, nil
}

// noSources are folders that may be large and hold no sources.
func noSources() []string { return []string{"**/.*", "**/node_modules", "**/__pycache__"} }

// readIgnored reads the patterns of the .dockerignore that counts.
func readIgnored(context, buildFile string) ([]string, error) {
	for _, name := range planner.IgnoreFiles(buildFile) {
		file, err := plainfile.Open(filepath.Join(context, filepath.FromSlash(name)))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("reading .dockerignore: %w", err)
		}
		defer file.Close()
		patterns, err := ignorefile.ReadAll(file)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", name, err)
		}
		return patterns, nil
	}
	return nil, nil
}

// newInputs are the files that decide the plan.
func newInputs(buildFile string, ignore []string) (*Inputs, error) {
	ignored, err := files.NewIgnore(ignore)
	if err != nil {
		return nil, err
	}
	in := &Inputs{ignored: ignored, files: append(planner.ProjectFiles(path.Dir(buildFile)), buildFile)}
	in.files = append(in.files, planner.IgnoreFiles(buildFile)...)
	return in, nil
}

// add adds the files that the steps of a plan read. Of files that are sent for a
// step, it leaves out what .dockerignore hides.
func (in *Inputs) add(p *plan.Plan) error {
	for _, st := range p.Steps {
		for _, r := range st.Reads {
			if !r.Sent {
				in.files = append(in.files, r.Path)
				continue
			}
			if err := in.addTree(r.Path, r.Exclude); err != nil {
				return err
			}
		}
	}
	return nil
}

// addTree takes in a file or folder.
func (in *Inputs) addTree(name string, exclude []string) error {
	matcher, err := patternmatcher.New(exclude)
	if err != nil {
		return fmt.Errorf("reading what is left out of %s: %w", name, err)
	}
	in.trees = append(in.trees, tree{path: path.Clean(name), exclude: matcher})
	return nil
}

// Contain reports whether a build depends on a path, which need not exist. A
// folder that holds inputs counts: it may have been moved as a whole.
func (in *Inputs) Contain(name string) (bool, error) {
	for _, file := range in.files {
		if isWithin(file, name) {
			return true, nil
		}
	}
	for _, t := range in.trees {
		if isWithin(t.path, name) {
			return true, nil
		}
		if held, err := in.hold(t, name); held || err != nil {
			return held, err
		}
	}
	return false, nil
}

// hold reports whether a path below a tree is one that is copied.
func (in *Inputs) hold(t tree, name string) (bool, error) {
	if !isWithin(name, t.path) {
		return false, nil
	}
	if name == t.path {
		return true, nil
	}
	if out, err := in.ignored.Hides(name); out || err != nil {
		return false, err
	}
	out, err := t.exclude.MatchesOrParentMatches(strings.TrimPrefix(name, t.path+"/"))
	return !out, err
}

// mayHold reports whether there can be inputs below a folder of a tree. There are
// none below an excluded folder, unless a pattern takes some back.
func (in *Inputs) mayHold(t tree, folder string) (bool, error) {
	if in.ignored.MayTakeBack(folder) || t.exclude.Exclusions() {
		return true, nil
	}
	return in.hold(t, folder)
}

// isWithin reports whether a path is a folder or below it.
func isWithin(name, folder string) bool {
	return folder == "." || name == folder || strings.HasPrefix(name, folder+"/")
}
