package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// kindOf tells what stands at a path of the project's folder.
func (s *scaffolding) kindOf(name string) files.Kind {
	info, err := fs.Stat(s.folder, name)
	switch {
	case err != nil:
		return files.Missing
	case info.IsDir():
		return files.Folder
	default:
		return files.Regular
	}
}

// place finds the build context, which is the workspace's root, and puts a
// .dockerignore there unless there is one.
func (s *scaffolding) place() error {
	root, err := s.workspaceRoot()
	if err != nil {
		return err
	}
	s.proposal.Name = project.NormalizeName(s.own.Name)
	s.proposal.Context, s.proposal.Dir = root, filepath.Clean(s.Dir)
	for _, f := range s.functions {
		s.proposal.Functions = append(s.proposal.Functions, f.name)
	}
	if root != filepath.Clean(s.Dir) {
		s.proposal.BuildFile = s.path(projectName)
	}
	_, err = os.Stat(filepath.Join(root, "uv.lock"))
	s.proposal.HasLock = err == nil
	ignore := filepath.Join(root, ignoreName)
	if _, err := os.Stat(ignore); errors.Is(err, fs.ErrNotExist) {
		s.add(File{Path: ignore, New: []byte(ignored)})
	}
	return nil
}

// workspaceRoot is the folder that holds the project's uv.lock, or will. It is
// given the way the project's folder was: relative to the working folder, or
// absolute.
func (s *scaffolding) workspaceRoot() (string, error) {
	written, err1 := filepath.Abs(s.Dir)
	abs, err2 := filepath.EvalSymlinks(written)
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	top := filepath.VolumeName(abs) + string(filepath.Separator)
	dir, err := filepath.Rel(top, abs)
	if err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	dir = filepath.ToSlash(dir)
	read := files.Set{}
	for _, ancestor := range planner.Ancestors(dir) {
		name := path.Join(ancestor, projectName)
		if data, err := os.ReadFile(filepath.Join(top, filepath.FromSlash(name))); err == nil {
			read[name] = files.Entry{Kind: files.Regular, Data: data}
		}
	}
	w, err := planner.NewWorkspace(dir, read)
	if err != nil {
		return "", err
	}
	if w.Root == dir {
		return filepath.Clean(s.Dir), nil
	}
	if abs != written {
		// What is above a link is not what is above the folder it leads to.
		return filepath.Join(top, filepath.FromSlash(w.Root)), nil
	}
	up, err := filepath.Rel(filepath.FromSlash(dir), filepath.FromSlash(w.Root))
	if err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	return filepath.Join(s.Dir, up), nil
}
