package initproject

import (
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

// copied is a file or folder that a Dockerfile puts into the task root.
type copied struct{ from, to string }

// readCopy reads what goes from the Dockerfile's folder into the task root.
// What comes from another stage's task root are the packages, which uvlambda
// installs.
func (r *reader) readCopy(s *scope, c *instructions.CopyCommand) {
	err := c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) })
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	if c.From != "" {
		r.readCopyFrom(c)
		return
	}
	if len(c.SourceContents) > 0 || len(c.ExcludePatterns) > 0 || c.Parents {
		r.leaveCommand(c, "say what it copies with `include` and `exclude`")
		return
	}
	dest, ok := inTaskRoot(s, c.DestPath)
	isFolder := strings.HasSuffix(c.DestPath, "/") || dest == "." || len(c.SourcePaths) > 1
	for _, src := range c.SourcePaths {
		// As for Docker, the context's root is above itself.
		from := strings.TrimPrefix(path.Clean("/"+src), "/")
		if from == "" {
			from = "."
		}
		kind := r.kind(from)
		switch {
		case isProjectFile(from) || kind == files.Folder && from != "." && r.kind(path.Join(from, "pyproject.toml")) == files.Regular:
			// What is installed and how is read from the project itself.
		case !ok:
			r.leaveCommand(c, "it goes outside of "+plan.TaskRoot+": make a base image that has it, and name it with `base`")
		case strings.ContainsAny(from, "*?["):
			r.leaveCommand(c, "`include` takes no patterns: name the files and folders there")
		case from == ".":
			r.leaveCommand(c, "the handler's own package or module is copied, and not everything: name what it needs besides in `include`")
		case kind == files.Folder:
			r.copies = append(r.copies, copied{from, dest})
		case kind != files.Regular:
			r.leaveCommand(c, "there is no "+from+": correct it, and name it in `include`")
		case isFolder:
			r.copies = append(r.copies, copied{from, path.Join(dest, path.Base(from))})
		default:
			r.copies = append(r.copies, copied{from, dest})
		}
	}
}

// readCopyFrom leaves what comes from elsewhere, except for what the guide
// copies: the packages of another stage, and uv.
func (r *reader) readCopyFrom(c *instructions.CopyCommand) {
	stage, isStage := r.stageNamed(c.From, len(r.stages))
	if r.noteUV(c.From, c.Location()) || isStage && r.noteUV(r.stages[stage].BaseName, r.stages[stage].Location) {
		return
	}
	below := func(name string) bool { _, ok := relativeTo(plan.TaskRoot, path.Clean(name)); return ok }
	if isStage && below(c.DestPath) && !slices.ContainsFunc(c.SourcePaths, func(src string) bool { return !below(src) }) {
		return
	}
	r.leaveCommand(c, "make a base image that has these files, and name it with `base`")
}

// inTaskRoot gives a destination relative to the task root, "." for itself.
func inTaskRoot(s *scope, dest string) (string, bool) {
	if !path.IsAbs(dest) {
		dest = path.Join(s.workdir, dest)
	}
	return relativeTo(plan.TaskRoot, path.Clean(dest))
}

// relativeTo gives a path below a folder, relative to it.
func relativeTo(dir, name string) (string, bool) {
	rel, err := filepath.Rel(dir, name)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}

// isProjectFile tells whether a file says what to install, which uvlambda reads
// where it is.
func isProjectFile(name string) bool {
	base := path.Base(name)
	return slices.Contains([]string{"pyproject.toml", "uv.lock", ".python-version"}, base) ||
		strings.HasPrefix(base, "requirements") && path.Ext(base) == ".txt"
}

// includes are the copies as values of `include`. The handler's own top-level
// package or module is left out: it is always in the image.
func (r *reader) includes() []string {
	top := topLevel(r.handler)
	var values []string
	for _, c := range r.copies {
		own := c.to == top || c.to == top+".py"
		switch {
		case own && (c.from == c.to || c.from == path.Join("src", c.to)):
		case c.from == c.to:
			values = append(values, quoted(c.from))
		default:
			values = append(values, "{ from = "+quoted(c.from)+", to = "+quoted(c.to)+" }")
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}
