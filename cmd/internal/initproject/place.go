package initproject

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/uvlambda/uvlambda/cmd/internal/workspace"
	"github.com/uvlambda/uvlambda/frontend/files"
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
	root, err := workspace.Root(s.Dir)
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
