package buildflags

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/cmd/internal/workspace"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

const (
	pyprojectName = "pyproject.toml"
	uvlambdaName  = "uvlambda.toml"
)

// Project is where a build of a local folder finds its project.
type Project struct {
	// Context is the folder that is sent, and File the build file.
	Context, File string
	// Grown is set when Context is above the folder that was given.
	Grown bool
}

// Project finds the build file of a local folder, and the folder to send: the
// root of the workspace that the project belongs to, which holds uv.lock, when
// that is above the folder.
func (f Flags) Project(folder string) (Project, error) {
	file, err := f.buildFile(folder)
	if err != nil {
		return Project{}, err
	}
	p := Project{Context: folder, File: file}
	root, err := workspace.Root(filepath.Dir(file))
	if mistake, ok := errors.AsType[*source.Error](err); ok && within(folder, mistake.Location.File) {
		// The build reports a mistake in a file of its context, with the line.
		return p, nil
	}
	if err != nil {
		return Project{}, err
	}
	name, ok := inside(folder, file)
	if !ok || within(folder, root) {
		return p, nil
	}
	if !within(root, folder) {
		// The folder was reached by a link, and the workspace is above where that leads.
		if folder, err = filepath.EvalSymlinks(folder); err != nil || !within(root, folder) {
			return p, nil
		}
		p.File = filepath.Join(folder, name)
	}
	p.Context, p.Grown = root, true
	return p, nil
}

// Name is the path of the build file in the context, with slashes.
func (p Project) Name() (string, error) {
	name, ok := inside(p.Context, p.File)
	if !ok {
		return "", fmt.Errorf("build file %s is outside the context %s: give the folder that holds both as CONTEXT", p.File, p.Context)
	}
	return filepath.ToSlash(name), nil
}

// buildFile is the path of the build file of a local context: -f, else
// uvlambda.toml, else pyproject.toml.
func (f Flags) buildFile(folder string) (string, error) {
	if f.File != "" {
		info, err := os.Stat(f.File)
		if errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("build file %s does not exist: -f is relative to the working folder, not to the context", f.File)
		}
		if err != nil {
			return "", fmt.Errorf("looking for the build file: %w", err)
		}
		if info.IsDir() {
			return "", fmt.Errorf("build file %s is a folder: name a file with -f", f.File)
		}
		return f.File, nil
	}
	own, project := filepath.Join(folder, uvlambdaName), filepath.Join(folder, pyprojectName)
	switch {
	case !exists(own) && exists(project):
		return project, nil
	case !exists(own):
		return "", f.noBuildFile(folder)
	case hasTable(project):
		return "", fmt.Errorf("both %s and [tool.uvlambda] of %s say what to build: keep one of them, or choose with -f", own, project)
	}
	return own, nil
}

// hasTable reports whether a pyproject.toml has a [tool.uvlambda] table.
func hasTable(file string) bool {
	data, err := plainfile.Read(file)
	if err != nil || !bytes.Contains(data, []byte("uvlambda")) {
		return false
	}
	doc, err := source.Parse(file, data)
	return err == nil && doc.Has("tool", "uvlambda")
}

// noBuildFile is the error of a folder that holds no build file.
func (f Flags) noBuildFile(folder string) error {
	if above, ok := projectAbove(folder); ok {
		return fmt.Errorf("no %s in %s, but there is one in %s: run `%s %s`", pyprojectName, folder, above, f.command(), Quote(above))
	}
	argument := ""
	if folder != "." {
		argument = " " + Quote(folder)
	}
	return fmt.Errorf("no %s in %s: start one with `uv init%s && uvlambda init%[3]s`, or name the build file with -f", pyprojectName, folder, argument)
}

// projectAbove is the nearest folder above that holds a pyproject.toml.
func projectAbove(folder string) (string, bool) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return "", false
	}
	top := filepath.VolumeName(abs) + string(filepath.Separator)
	inTop, err := filepath.Rel(top, abs)
	if err != nil {
		return "", false
	}
	for _, name := range planner.Ancestors(filepath.ToSlash(inTop))[1:] {
		above := filepath.Join(top, filepath.FromSlash(name))
		if !exists(filepath.Join(above, pyprojectName)) {
			continue
		}
		if filepath.IsAbs(folder) {
			return above, true
		}
		up, err := filepath.Rel(abs, above)
		return filepath.Join(folder, up), err == nil
	}
	return "", false
}

// exists reports whether there is something at a path.
func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// within reports whether a path is a folder or below it.
func within(folder, path string) bool {
	_, ok := inside(folder, path)
	return ok
}

// inside is a path relative to a folder that it is in.
func inside(folder, path string) (string, bool) {
	folder, err1 := filepath.Abs(folder)
	path, err2 := filepath.Abs(path)
	name, err3 := filepath.Rel(folder, path)
	return name, errors.Join(err1, err2, err3) == nil && filepath.IsLocal(name)
}

// command is the command that has these flags, as a person types it.
func (f Flags) command() string {
	if f.Command == "" {
		return "uvlambda build"
	}
	return f.Command
}

// Quote writes an argument as a shell reads it.
func Quote(argument string) string {
	plain := func(r rune) bool {
		return r > 0x7f || strings.ContainsRune("-_./:=@%+,", r) || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z'
	}
	if argument != "" && strings.IndexFunc(argument, func(r rune) bool { return !plain(r) }) < 0 {
		return argument
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}

// Typed is how a person calls a build like this one of a folder, less its target,
// output and context.
func (f Flags) Typed(folder string) string {
	found, err := Flags{}.buildFile(folder)
	if f.File == "" || err == nil && filepath.Clean(found) == filepath.Clean(f.File) {
		return "uvlambda build"
	}
	return "uvlambda build -f " + Quote(f.File)
}

// lockAtRoot has a lock of a workspace written to the workspace's root, as
// `uv lock` does, when the output is the member's folder that was given.
func (f Flags) lockAtRoot(r *Request) {
	if !r.project.Grown || plan.Output(path.Base(f.Target)) != plan.OutputLock {
		return
	}
	for i, out := range r.Outputs {
		if name, ok := inside(r.folder, out.Dest); out.Folder && ok && name == "." {
			r.Outputs[i].Dest = r.project.Context
		}
	}
}
