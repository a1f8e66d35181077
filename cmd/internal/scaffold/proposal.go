// Package scaffold makes a uv project one that uvlambda builds: it finds the
// handler, reads what a Dockerfile says already, and proposes what to write,
// which is all that `uvlambda init` does. Nothing is written before a person
// has seen what would be replaced.
package scaffold

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
)

const (
	projectName    = "pyproject.toml"
	dockerfileName = "Dockerfile"
)

// Request is what a person asks for.
type Request struct {
	// Dir is the project's folder.
	Dir string
	// Handler is the function that Lambda calls; it is looked for when it is
	// empty. If its module is missing, a minimal one is written.
	Handler string
	// NewHandler writes a minimal handler when none is found.
	NewHandler bool
	// Syntax is the frontend image that the first line is to name, if any.
	Syntax string
	// Dockerfile is the file to read. When it is empty, the one beside the
	// project is read if it starts from a Lambda base image and the project has
	// no table yet.
	Dockerfile string
}

// Proposal is what would be written, and what else a person should know.
type Proposal struct {
	// Files are to be written in this order; there are none when all is in
	// place.
	Files []File
	// Settings are the lines that [tool.uvlambda] would have and has not.
	Settings []string
	// Replacements are what a person wrote and the files would not have.
	Replacements []Replacement
	// Dockerfile is the file that was read, if any, and Left what of it the
	// table cannot say.
	Dockerfile string
	Left       []Left
	// Remarks are sentences on what was not done, and why.
	Remarks []string
	// HasSyntax is set when the build file leads docker buildx to a frontend.
	HasSyntax bool
	// Name is the project's, Context the folder to build, and BuildFile what to
	// name with -f, when it is not the one that a build looks for there. HasLock
	// is set when there is a uv.lock.
	Name, Context, BuildFile string
	HasLock                  bool
}

// scaffolding is one run of Propose.
type scaffolding struct {
	Request
	proposal *Proposal
	folder   fs.FS
	own      *project.Pyproject
	spec     *spec.Spec
	settings []setting
}

// Propose reads a project and says what would make it one that uvlambda
// builds. An error of type *NoHandlerError says that there is no handler.
func Propose(request Request) (*Proposal, error) {
	s := &scaffolding{Request: request, proposal: &Proposal{}, folder: os.DirFS(request.Dir)}
	steps := []func() error{s.checkFlags, s.readProject, s.readDockerfile, s.chooseHandler, s.editProject, s.place}
	for _, step := range steps {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return s.proposal, nil
}

// checkFlags refuses flags that no project could have.
func (s *scaffolding) checkFlags() error {
	if s.Handler != "" {
		if err := (setting{"handler", quoted(s.Handler)}).check(); err != nil {
			return fmt.Errorf("--%w", err)
		}
	}
	if s.Syntax != "" {
		return checkSyntax(s.Syntax)
	}
	return nil
}

// path is a file of the project's folder as a person would name it.
func (s *scaffolding) path(name string) string {
	return filepath.Join(s.Dir, filepath.FromSlash(name))
}

// readProject reads pyproject.toml, which has to be there, and its table, which
// does not.
func (s *scaffolding) readProject() error {
	data, err := fs.ReadFile(s.folder, projectName)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no %s: make the project first, with uv init %s", s.path(projectName), s.Dir)
	}
	if err != nil {
		return fmt.Errorf("reading the project: %w", err)
	}
	doc, err := source.Parse(s.path(projectName), data)
	if err != nil {
		return err
	}
	if s.own, err = project.ParsePyproject(doc); err != nil {
		return err
	}
	if s.spec, err = spec.Parse(doc); err != nil {
		return err
	}
	switch _, err := fs.Stat(s.folder, spec.FileName); {
	case err == nil:
		return fmt.Errorf("%s has the settings already: build with -f %[1]s, or move them to [tool.uvlambda] of %s", s.path(spec.FileName), projectName)
	case !s.own.HasProject && s.own.Workspace:
		return source.Errorf(doc.Locate("tool", "uv", "workspace"), "this workspace root has no [project] table: name the folder of the member that has the function: one of %s",
			strings.Join(s.own.WorkspaceMembers, ", "))
	case !s.own.HasProject:
		return source.Errorf(doc.Locate(), "there is no [project] table, so there is nothing to build: add one, as uv init writes it")
	}
	return nil
}

// readDockerfile takes settings from a Dockerfile that was named. One that is
// beside the project is read when it is of a Lambda function and the project
// has no settings yet.
func (s *scaffolding) readDockerfile() error {
	name := s.Dockerfile
	if name == "" {
		if s.spec.Present {
			return nil
		}
		name = s.path(dockerfileName)
	}
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) && s.Dockerfile == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the Dockerfile: %w: correct --from-dockerfile", err)
	}
	read, err := readDockerfile(name, data, s.kindOf)
	if err != nil {
		return err
	}
	if s.Dockerfile == "" && !isLambda(read.base) {
		s.remark("%s was not read, since it starts from %s and not from a Lambda base image: --from-dockerfile %[1]s reads it.", name, read.base)
		return nil
	}
	s.settings = read.settings
	s.proposal.Dockerfile, s.proposal.Left = name, read.left
	return nil
}

// remark adds a sentence for the person.
func (s *scaffolding) remark(format string, args ...any) {
	s.proposal.Remarks = append(s.proposal.Remarks, fmt.Sprintf(format, args...))
}

// chooseHandler takes the handler from the flag, the table, the Dockerfile, or
// the project's modules, and writes one that is missing.
func (s *scaffolding) chooseHandler() error {
	isHandler := func(t setting) bool { return t.key == "handler" }
	written := s.spec.Handler != "" || len(s.spec.Functions()) > 0 || slices.ContainsFunc(s.settings, isHandler)
	handler := s.Handler
	if handler == "" && written {
		return nil
	}
	pkg := packageOf(s.own.Name)
	if handler == "" {
		found, err := findHandler(s.folder, pkg)
		if _, none := errors.AsType[*NoHandlerError](err); none && s.NewHandler {
			found, err = newHandlerName(s.folder, pkg), nil
		}
		if err != nil {
			return err
		}
		handler = found
	}
	s.settings = slices.DeleteFunc(s.settings, isHandler)
	s.settings = slices.Insert(s.settings, 0, setting{"handler", quoted(handler)})
	file, text := newHandler(s.own, s.folder, handler)
	if file != "" {
		s.add(File{Path: s.path(file), New: []byte(text)})
		return nil
	}
	if module, function := splitHandler(handler); s.Handler != "" && !definesHandler(s.folder, handler) {
		s.remark("No %s was seen in the module %s: check that it is there.", function, module)
	}
	return nil
}

// editProject adds the settings and the first line.
func (s *scaffolding) editProject() error {
	data, replaced, err := setKeys(s.own.Doc, s.settings)
	if err != nil {
		return err
	}
	for _, t := range s.settings {
		if !s.own.Doc.Has(append(tablePath(), t.key)...) {
			s.proposal.Settings = append(s.proposal.Settings, t.line())
		}
	}
	if s.Syntax != "" {
		var other []Replacement
		data, other = setSyntax(s.own.Doc.Name, data, s.Syntax)
		replaced = append(other, replaced...)
	}
	s.proposal.Replacements = replaced
	_, _, _, s.proposal.HasSyntax = parser.DetectSyntax(data)
	if !bytes.Equal(data, s.own.Doc.Data) {
		s.add(File{Path: s.path(projectName), Old: s.own.Doc.Data, New: data, replaces: true})
	}
	return nil
}

// add adds a file to write.
func (s *scaffolding) add(file File) { s.proposal.Files = append(s.proposal.Files, file) }
