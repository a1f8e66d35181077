package initproject

import (
	"errors"
	"path"
	"regexp"
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
// uvlambda installs. What goes elsewhere into the system is copied by the Dockerfile
// of the base.
func (r *reader) readCopy(s *scope, c *instructions.CopyCommand, final bool) {
	err := c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) })
	switch {
	case err != nil:
		r.leaveCommand(c, err.Error())
	case c.From != "":
		r.readCopyFrom(s, c, final)
	case !r.inFunction(s, c.DestPath):
		r.copyOutside(s, c, final)
	case len(c.SourceContents) > 0 || len(c.ExcludePatterns) > 0 || c.Parents:
		r.leaveCommand(c, "say what it copies with `include` and `exclude`")
	default:
		for _, src := range c.SourcePaths {
			from, to := contextPath(src), r.target(s, c, src)
			r.copyInto(c, from, to)
			if r.makesExecutable(c, from) {
				r.leaveCommand(c, "files keep their modes: make "+from+" executable in the project")
			}
			r.parts[r.at].copies = append(r.parts[r.at].copies, copied{from: from, to: path.Join(r.root, to)})
		}
	}
}

// inFunction reports whether a destination is in the function.
func (r *reader) inFunction(s *scope, dest string) bool {
	return isBelow(r.root, s.resolve(dest))
}

// contextPath is a source of the build context: for Docker, too, the context's root
// is above itself.
func contextPath(src string) string {
	if from := strings.TrimPrefix(path.Clean("/"+src), "/"); from != "" {
		return from
	}
	return "."
}

// target is where a COPY puts one of its sources: relative to the task root, "."
// for itself, or absolute.
func (r *reader) target(s *scope, c *instructions.CopyCommand, src string) string {
	dest := r.place(s, c.DestPath)
	isFolder := strings.HasSuffix(c.DestPath, "/") || dest == "." || len(c.SourcePaths) > 1
	if from := contextPath(src); isFolder && r.kind(from) != files.Folder {
		return path.Join(dest, path.Base(from))
	}
	return dest
}

// copyInto takes over a file or folder of the context, which goes to a place
// relative to the task root, or an absolute one that an include may have.
func (r *reader) copyInto(c instructions.Command, from, to string) {
	switch kind := r.kind(from); {
	case path.Base(from) == ".git":
		// Versions are read from the clone itself.
		r.readsGit = r.readsGit || r.parts[r.at].used
	case isProjectFile(from) || kind == files.Folder && from != "." && r.kind(path.Join(from, "pyproject.toml")) == files.Regular:
		// What is installed and how is read from the project itself.
	case strings.ContainsAny(from, "*?["):
		r.leaveCommand(c, "`include` takes no patterns: name the files and folders there")
	case from == ".":
		r.leaveCommand(c, "the handler's own package or module is copied, and not everything: name what it needs besides in `include`")
	case kind != files.Folder && kind != files.Regular:
		r.leaveCommand(c, "there is no "+from+": correct it, and name it in `include`")
	default:
		r.copies = append(r.copies, copied{from: from, to: to})
	}
}

// copyOutside takes over what a COPY puts outside of the function. In a stage
// before the last one nothing of it is in the image by that.
func (r *reader) copyOutside(s *scope, c *instructions.CopyCommand, final bool) {
	var made []copied
	plain := len(c.SourceContents) == 0 && len(c.ExcludePatterns) == 0 && !c.Parents
	for _, src := range c.SourcePaths {
		made = append(made, copied{from: contextPath(src), to: r.target(s, c, src)})
		plain = plain && !r.makesExecutable(c, contextPath(src))
	}
	known := &r.parts[r.at].copies
	switch {
	case slices.ContainsFunc(made, func(m copied) bool { return path.Base(m.from) == ".git" }):
		r.readsGit = r.readsGit || r.parts[r.at].used
	case !final:
		*known = append(*known, made...)
		r.add(baseLine{text: r.text(c), needed: !slices.ContainsFunc(c.SourcePaths, func(src string) bool { return isProjectFile(src) || contextPath(src) == "." })})
	case plain && !slices.ContainsFunc(made, func(m copied) bool { return m.check() != nil || strings.ContainsAny(m.from, "*?[") }):
		*known = append(*known, made...)
		for _, m := range made {
			r.copyInto(c, m.from, m.to)
		}
	default:
		r.copyInBase(c)
	}
}

// makesExecutable reports whether a COPY lets people execute a file that they may
// not execute in the project.
func (r *reader) makesExecutable(c *instructions.CopyCommand, from string) bool {
	return c.Chmod != "" && !plainMode.MatchString(c.Chmod) && r.kind(from) == files.Regular && !r.executable(from)
}

// copyInBase has the Dockerfile of the base copy files of the context, if that has
// the same.
func (r *reader) copyInBase(c instructions.Command) {
	if !r.isContext {
		r.leaveCommand(c, "make a base image that has these files, and name it with `base`")
		return
	}
	r.add(baseLine{text: r.text(c), needed: true})
}

// readAdd takes over what an ADD puts outside of the function.
func (r *reader) readAdd(s *scope, c *instructions.AddCommand) {
	text := r.text(c)
	if err := c.Expand(func(word string) (string, error) { return s.expand(r.lex, word) }); err != nil || r.inFunction(s, c.DestPath) {
		r.leaveCommand(c, "put the files into the project, and name them in `include`")
		return
	}
	remote := !slices.ContainsFunc(c.SourcePaths, func(src string) bool { return !strings.Contains(src, "://") })
	if remote {
		r.add(baseLine{text: text, needed: true})
		return
	}
	r.copyInBase(c)
}

// readCopyFrom takes over files of other images. It passes by what the guide
// copies, the packages of another stage and uv. What is made in a stage is made in
// the Dockerfile of the base.
func (r *reader) readCopyFrom(s *scope, c *instructions.CopyCommand, final bool) {
	stage, isStage := r.stageNamed(c.From, r.at)
	if r.noteUV(c.From, c.Location()) || isStage && r.noteUV(r.stages[stage].BaseName, r.stages[stage].Location) && len(r.stages[stage].Commands) == 0 {
		return
	}
	if isStage && (r.copiesPackages(s, c, stage) || r.copyThrough(s, c, stage)) {
		return
	}
	if !final {
		r.add(baseLine{text: r.text(c), needed: true, from: stageList(stage, isStage)})
		return
	}
	image, err := r.sourceImage(c.From, stage, isStage)
	if err == nil && len(c.ExcludePatterns) == 0 && !c.Parents && r.includeFrom(s, c, image) {
		return
	}
	if isStage && !r.canBeSource(c.From) || r.inFunction(s, c.DestPath) && r.root != plan.TaskRoot || isStage && !r.isContext && r.readsContext(stage) {
		r.leaveCommand(c, "make a base image that has these files, and name it with `base`")
		return
	}
	r.add(baseLine{text: r.text(c), needed: true, from: stageList(stage, isStage)})
}

// stageList is a stage, if it is one.
func stageList(stage int, isStage bool) []int {
	if !isStage {
		return nil
	}
	return []int{stage}
}

// readsContext reports whether a stage, or one that it is made with, has files of
// the context.
func (r *reader) readsContext(stage int) bool {
	for i := range r.closure(stage) {
		for _, command := range r.stages[i].Commands {
			switch c := command.(type) {
			case *instructions.AddCommand:
				return true
			case *instructions.CopyCommand:
				if c.From == "" {
					return true
				}
			case *instructions.RunCommand:
				if slices.ContainsFunc(instructions.GetMounts(c), func(m *instructions.Mount) bool { return m.Type == instructions.MountTypeBind && m.From == "" }) {
					return true
				}
			}
		}
	}
	return false
}

// installedFiles are folders that packages are installed in.
var installedFiles = regexp.MustCompile(`(?:^|/)(?:site-packages|\.?venv)(?:/|$)`)

// copiesPackages reports whether a COPY has packages of another stage.
func (r *reader) copiesPackages(s *scope, c *instructions.CopyCommand, stage int) bool {
	installs := false
	for i := range r.closure(stage) {
		installs = installs || r.parts[i].installs
	}
	return installs && !slices.ContainsFunc(c.SourcePaths, func(src string) bool {
		src = path.Clean("/" + src)
		installed := slices.ContainsFunc(r.parts[stage].targets, func(dir string) bool { return isBelow(dir, src) })
		return !installed && !installedFiles.MatchString(src) && (!isBelow(r.root, src) || !r.inFunction(s, c.DestPath))
	})
}

// copyThrough takes over files of the context that a COPY takes of another stage.
func (r *reader) copyThrough(s *scope, c *instructions.CopyCommand, stage int) bool {
	var made []copied
	for _, src := range c.SourcePaths {
		src = path.Clean("/" + src)
		i := slices.IndexFunc(r.parts[stage].copies, func(known copied) bool { return isBelow(known.to, src) })
		if i < 0 {
			return false
		}
		known := r.parts[stage].copies[i]
		from := path.Join(known.from, strings.TrimPrefix(src, known.to))
		if kind := r.kind(from); kind != files.Folder && kind != files.Regular {
			return false
		}
		m := copied{from: from, to: r.target(s, c, from)}
		if m.check() != nil {
			return false
		}
		made = append(made, m)
	}
	for _, m := range made {
		r.copyInto(c, m.from, m.to)
	}
	return true
}

// includeFrom takes over files of an image, if includes can have all of them.
func (r *reader) includeFrom(s *scope, c *instructions.CopyCommand, image string) bool {
	dest := r.place(s, c.DestPath)
	if dest != "." && (strings.HasSuffix(c.DestPath, "/") || len(c.SourcePaths) > 1) {
		dest += "/"
	}
	var made []copied
	for _, src := range c.SourcePaths {
		m := copied{image: image, from: path.Clean("/" + src), to: dest}
		if strings.ContainsAny(src, "*?[") || m.check() != nil {
			return false
		}
		made = append(made, m)
	}
	r.copies = append(r.copies, made...)
	return true
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

// resolve gives the absolute path of a place.
func (s *scope) resolve(name string) string {
	if !path.IsAbs(name) {
		name = path.Join(s.workdir, name)
	}
	return path.Clean(name)
}

// place gives a destination relative to the task root, "." for itself, or else
// absolute.
func (r *reader) place(s *scope, dest string) string {
	dest = s.resolve(dest)
	if !isBelow(r.root, dest) {
		return dest
	}
	return path.Join(".", strings.TrimPrefix(dest, r.root))
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
	top := topLevel(r.start.handler)
	for _, word := range r.start.command {
		// As web servers take applications.
		if module, _, ok := strings.Cut(word, ":"); ok && top == "" && !strings.Contains(module, "/") {
			top = topLevel(module)
		}
	}
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
