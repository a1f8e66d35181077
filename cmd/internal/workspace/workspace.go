// Package workspace finds the folder of this machine that holds, or will hold,
// a project's uv.lock.
package workspace

import (
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// Root is the root of the workspace that the project in dir belongs to, found
// as uv finds it, by walking up; it is dir itself for a project of its own. It
// is named the way dir is: relative to the working folder, or absolute.
func Root(dir string) (string, error) {
	written, err1 := filepath.Abs(dir)
	abs, err2 := filepath.EvalSymlinks(written)
	if err := errors.Join(err1, err2); err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	top := filepath.VolumeName(abs) + string(filepath.Separator)
	folder, err := filepath.Rel(top, abs)
	if err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	folder = filepath.ToSlash(folder)
	read, err := readProjects(top, folder)
	if err != nil {
		return "", err
	}
	root, err := planner.WorkspaceRoot(folder, read)
	if mistake, ok := errors.AsType[*source.Error](err); ok {
		// The planner knows no folder above the volume's.
		mistake.Location.File = filepath.Join(top, filepath.FromSlash(mistake.Location.File))
	}
	if err != nil {
		return "", err
	}
	if root == folder {
		return filepath.Clean(dir), nil
	}
	if abs != written {
		// The folders above a link are not the folders above its target.
		return filepath.Join(top, filepath.FromSlash(root)), nil
	}
	up, err := filepath.Rel(filepath.FromSlash(folder), filepath.FromSlash(root))
	if err != nil {
		return "", fmt.Errorf("looking for the workspace: %w", err)
	}
	return filepath.Join(dir, up), nil
}

// readProjects reads the pyproject.toml files of a folder and of the folders
// above it, and looks for uv.lock there, whose content may be large.
func readProjects(top, folder string) (files.Set, error) {
	read := files.Set{}
	for _, ancestor := range planner.Ancestors(folder) {
		lock := path.Join(ancestor, "uv.lock")
		if _, err := os.Stat(filepath.Join(top, filepath.FromSlash(lock))); err == nil {
			read[lock] = files.Entry{Kind: files.Regular}
		}
		name := path.Join(ancestor, "pyproject.toml")
		file := filepath.Join(top, filepath.FromSlash(name))
		info, err := os.Stat(file)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		data, err := plainfile.Read(file)
		if err != nil {
			return nil, fmt.Errorf("looking for the workspace: %w", err)
		}
		read[name] = files.Entry{Kind: files.Regular, Data: data}
	}
	return read, nil
}
