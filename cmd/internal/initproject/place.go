package initproject

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
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

// isExecutable tells whether a file of the project's folder may be executed.
func (s *scaffolding) isExecutable(name string) bool {
	info, err := fs.Stat(s.folder, name)
	return err == nil && info.Mode()&0o111 != 0
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
	_, fromGit := s.own.GitVersion()
	s.readsGit = s.readsGit || fromGit
	ignore := filepath.Join(root, ignoreName)
	s.remarkHiddenGit(ignore)
	if _, err := os.Stat(ignore); errors.Is(err, fs.ErrNotExist) {
		patterns := ignored
		if s.readsGit {
			patterns = strings.Replace(patterns, ".git\n", "", 1)
		}
		s.add(File{Path: ignore, New: []byte(patterns)})
	}
	return nil
}

// remarkHiddenGit says that a .dockerignore hides what builds read of git.
func (s *scaffolding) remarkHiddenGit(ignore string) {
	data, err := plainfile.Read(ignore)
	if err != nil || !s.readsGit {
		return
	}
	for line := range strings.Lines(string(data)) {
		if name := strings.Trim(strings.TrimSpace(line), "*/"); name == ".git" {
			s.remark("%s hides .git, from which docker buildx build reads versions: remove that line, or build with uvlambda build.", ignore)
			return
		}
	}
}
