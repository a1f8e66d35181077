package initproject

import (
	"errors"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/plan"
)

// copied is a file or folder that a Dockerfile puts into the function: of an image,
// or of the Dockerfile's folder.
type copied struct{ image, from, to string }

// entry is the copy as an entry of `include`.
func (c copied) entry() string {
	image := ""
	if c.image != "" {
		image = "image = " + quoted(c.image) + ", "
	}
	return "{ " + image + "from = " + quoted(c.from) + ", to = " + quoted(c.to) + " }"
}

// check refuses a copy that no include can do.
func (c copied) check() error { return setting{"include", "[" + c.entry() + "]"}.check() }

// readCopy reads what goes from the Dockerfile's folder, and from other images, into
// the function. What comes from another stage's task root are the packages, which
// uvlambda installs.
func (r *reader) readCopy(s *scope, c *instructions.CopyCommand, final bool) {
	err := c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) })
	if err != nil {
		r.leaveCommand(c, err.Error())
		return
	}
	if c.From != "" {
		r.readCopyFrom(s, c, final)
		return
	}
	if len(c.SourceContents) > 0 || len(c.ExcludePatterns) > 0 || c.Parents {
		r.leaveCommand(c, "say what it copies with `include` and `exclude`")
		return
	}
	dest, ok := r.destination(s, c, final)
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
			return // what is wrong with the place was said
		case strings.ContainsAny(from, "*?["):
			r.leaveCommand(c, "`include` takes no patterns: name the files and folders there")
		case from == ".":
			r.leaveCommand(c, "the handler's own package or module is copied, and not everything: name what it needs besides in `include`")
		case kind == files.Folder:
			r.copies = append(r.copies, copied{from: from, to: dest})
		case kind != files.Regular:
			r.leaveCommand(c, "there is no "+from+": correct it, and name it in `include`")
		case isFolder:
			r.copies = append(r.copies, copied{from: from, to: path.Join(dest, path.Base(from))})
		default:
			r.copies = append(r.copies, copied{from: from, to: dest})
		}
	}
}

// destination gives the place that a COPY of the Dockerfile's folder goes to:
// relative to the task root, "." for itself, or an absolute place that an include
// may have. Of any other it notes what is wrong.
func (r *reader) destination(s *scope, c *instructions.CopyCommand, final bool) (dest string, ok bool) {
	if dest = place(s, c.DestPath); !path.IsAbs(dest) {
		return dest, true
	}
	if !final {
		r.leaveCommand(c, "it goes outside of "+plan.TaskRoot+": make a base image that has it, and name it with `base`")
		return "", false
	}
	if err := (copied{from: "a", to: dest}).check(); err != nil {
		r.leaveCommand(c, err.Error())
		return "", false
	}
	return dest, true
}

// readCopyFrom takes over files of other images. It passes by what the guide
// copies, the packages of another stage and uv, and leaves what else is made in a
// stage.
func (r *reader) readCopyFrom(s *scope, c *instructions.CopyCommand, final bool) {
	stage, isStage := r.stageNamed(c.From, len(r.stages))
	if r.noteUV(c.From, c.Location()) || isStage && r.noteUV(r.stages[stage].BaseName, r.stages[stage].Location) {
		return
	}
	below := func(name string) bool { _, ok := relativeTo(plan.TaskRoot, path.Clean(name)); return ok }
	if isStage && below(c.DestPath) && !slices.ContainsFunc(c.SourcePaths, func(src string) bool { return !below(src) }) {
		return
	}
	image, err := r.sourceImage(c.From, stage, isStage)
	if !final || err != nil || len(c.ExcludePatterns) > 0 || c.Parents {
		r.leaveCommand(c, "make a base image that has these files, and name it with `base`")
		return
	}
	dest := place(s, c.DestPath)
	if dest != "." && (strings.HasSuffix(c.DestPath, "/") || len(c.SourcePaths) > 1) {
		dest += "/"
	}
	for _, src := range c.SourcePaths {
		made := copied{image: image, from: path.Clean("/" + src), to: dest}
		if strings.ContainsAny(src, "*?[") {
			r.leaveCommand(c, "`include` takes no patterns: name the files and folders there")
		} else if err := made.check(); err != nil {
			r.leaveCommand(c, err.Error())
		} else {
			r.copies = append(r.copies, made)
		}
	}
}

// sourceImage is the image that a COPY takes files of: an image by its name, or the
// image of a stage that only names it.
func (r *reader) sourceImage(from string, stage int, isStage bool) (string, error) {
	for isStage {
		if len(r.stages[stage].Commands) > 0 {
			return "", errors.New("the stage makes files")
		}
		from = r.stages[stage].BaseName
		stage, isStage = r.stageNamed(from, stage)
	}
	return r.global.expand(r.lex, from)
}

// place gives a destination relative to the task root, "." for itself, or else
// absolute.
func place(s *scope, dest string) string {
	if !path.IsAbs(dest) {
		dest = path.Join(s.workdir, dest)
	}
	dest = path.Clean(dest)
	if rel, ok := relativeTo(plan.TaskRoot, dest); ok {
		return rel
	}
	return dest
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
		own := c.image == "" && (c.to == top || c.to == top+".py")
		switch {
		case own && (c.from == c.to || c.from == path.Join("src", c.to)):
		case c.image == "" && c.from == c.to:
			values = append(values, quoted(c.from))
		default:
			values = append(values, c.entry())
		}
	}
	slices.Sort(values)
	return slices.Compact(values)
}
