// Package initproject makes a uv project one that uvlambda builds: it finds the
// handler, reads what a Dockerfile says already, and proposes what to write,
// which is all that `uvlambda init` does. Nothing is written before a person
// has seen what would be replaced.
package initproject

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/cmd/internal/workspace"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/frontend/suggest"
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
	// Architecture is the one to build for where nothing says another: without
	// it, a build is for whatever machine it runs on. Empty leaves it so.
	Architecture string
	// Syntax is the frontend image that the first line is to name, if any.
	Syntax string
	// Dockerfile is the file to read. When it is empty, the one beside the
	// project is read if it starts from a Lambda base image and the project has
	// no table yet.
	Dockerfile string
}

// Proposal has the files to write, and remarks for the person.
type Proposal struct {
	// Files are to be written in this order; there are none when all is in
	// place.
	Files []File
	// Settings are the lines that [tool.uvlambda] would have and has not.
	Settings []string
	// Replacements are what a person wrote and the files would not have.
	Replacements []Replacement
	// Dockerfile is the file that was read, if any, and Left are its
	// instructions that the table cannot express.
	Dockerfile string
	Left       []Left
	// Requirements are packages that the written files need, and the project
	// does not name.
	Requirements []string
	// Remarks are sentences on what was not done, and why.
	Remarks []string
	// Flags are what builds take for the Dockerfile's secrets and SSH agents.
	Flags []string
	// HasSyntax is set when the build file leads docker buildx to a frontend.
	HasSyntax bool
	// Name is the project's name, and Context the folder to build. BuildFile is the
	// value of -f. It is empty when a build finds the file by itself. HasLock is set
	// when there is a uv.lock.
	Name, Context, BuildFile string
	HasLock                  bool
	// Dir is the project's folder, and Functions are the names of the functions
	// that are written, if there are several.
	Dir       string
	Functions []string
}

// scaffolding is one run of Propose.
type scaffolding struct {
	Request
	proposal *Proposal
	folder   fs.FS
	own      *project.Pyproject
	spec     *spec.Spec
	sources  *sources
	settings []setting
	// readsGit is set when builds read the history of the clone.
	readsGit bool
	// functions are set when there are several.
	functions []function
}

// Propose reads a project and proposes the changes that let uvlambda build it. A
// project without a handler is an error of type *NoHandlerError.
func Propose(request Request) (*Proposal, error) {
	s := &scaffolding{Request: request, proposal: &Proposal{}, folder: plainfile.Folder(request.Dir)}
	steps := []func() error{s.checkFlags, s.readProject, s.readDockerfile, s.chooseHandler, s.chooseArchitecture, s.editProject, s.place}
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
			suggest.List(s.own.WorkspaceMembers))
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
	data, err := plainfile.Read(name)
	if errors.Is(err, fs.ErrNotExist) && s.Dockerfile == "" {
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the Dockerfile: %w: correct --from-dockerfile", err)
	}
	root, err := workspace.Root(s.Dir)
	if err != nil {
		return err
	}
	read, err := readDockerfile(name, data, surroundings{s.kindOf, s.isExecutable, s.declares, root == filepath.Clean(s.Dir)})
	if err != nil {
		return err
	}
	if s.Dockerfile == "" && !isLambda(read.base) && !bytes.Contains(data, []byte(runtimeClient)) {
		s.remark("%s was not read, since it starts from %s and not from a Lambda base image: --from-dockerfile %[1]s reads it.", name, read.base)
		return nil
	}
	return s.take(name, read)
}

// take proposes what a Dockerfile says.
func (s *scaffolding) take(name string, read *recipe) error {
	s.settings, s.readsGit = read.settings, read.readsGit
	s.proposal.Dockerfile, s.proposal.Left, s.proposal.Flags = name, read.left, read.flags
	s.proposal.Requirements = append(s.proposal.Requirements, read.requirements...)
	s.proposal.Remarks = append(s.proposal.Remarks, read.remarks...)
	if read.baseFile == "" {
		return nil
	}
	file, err := s.baseFile(read.baseFile)
	for i := range s.settings {
		if s.settings[i].key == "base" {
			s.settings[i] = baseSetting(file)
		}
	}
	return err
}

// baseFile adds the Dockerfile of the base, unless it is there, and gives its name.
// A file of a person's is not replaced.
func (s *scaffolding) baseFile(text string) (string, error) {
	for i := 1; ; i++ {
		name := baseFileName
		if i > 1 {
			name = fmt.Sprintf("base-%d.Dockerfile", i)
		}
		data, err := fs.ReadFile(s.folder, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			s.add(File{Path: s.path(name), New: []byte(text)})
			return name, nil
		case err != nil:
			return "", fmt.Errorf("reading the Dockerfile of the base: %w", err)
		case string(data) == text:
			return name, nil
		}
	}
}

// declares reports whether a list of the project names a package.
func (s *scaffolding) declares(name string) bool {
	return slices.ContainsFunc(s.own.Lists(), func(list project.List) bool {
		_, declared := s.own.Declares(name, list, project.Environment{})
		return declared
	})
}

// remark adds a sentence for the person.
func (s *scaffolding) remark(format string, args ...any) {
	s.proposal.Remarks = append(s.proposal.Remarks, fmt.Sprintf(format, args...))
}

// chooseHandler takes the handler from the flag, the table, the Dockerfile, or
// what the project has, and writes one that is missing.
func (s *scaffolding) chooseHandler() (err error) {
	if s.sources, err = readSources(s.folder); err != nil {
		return err
	}
	written := s.spec.Handler != "" || len(s.spec.Functions()) > 0
	switch {
	case s.Handler != "":
		s.use([]function{{handler: s.Handler}})
	case written:
		s.correctHandler()
	case s.read("handler") != "":
		s.includeSiblings()
	case s.read("command") != "":
	default:
		found, err := s.findFunctions()
		if err != nil {
			return err
		}
		s.use(found)
	}
	return nil
}

// chooseArchitecture writes the architecture into a new table.
func (s *scaffolding) chooseArchitecture() error {
	said := slices.ContainsFunc(s.functions, func(f function) bool { return f.architecture != "" })
	if said || s.spec.Present || s.read("architecture") != "" {
		return nil
	}
	architecture, err := s.deployedArchitecture()
	if err != nil {
		return err
	}
	if architecture == "" {
		architecture = s.Architecture
	}
	if architecture != "" {
		s.set(setting{"architecture", quoted(architecture)})
	}
	return nil
}

// read is the value of a key that a Dockerfile says, as TOML.
func (s *scaffolding) read(key string) string {
	for _, t := range s.settings {
		if t.key == key {
			return t.value
		}
	}
	return ""
}

// use writes functions into the table, and adds handlers that are missing.
func (s *scaffolding) use(functions []function) {
	for i, f := range functions {
		file, text := newHandler(s.own, s.sources, s.folder, f.handler)
		if file != "" && len(f.include) == 0 {
			s.add(File{Path: s.path(file), New: []byte(text)})
			continue
		}
		if module, name := splitHandler(f.handler); s.Handler != "" && !s.sources.defines(f.handler) {
			s.remark("No %s was seen in the module %s: check that it is there.", name, module)
		}
		if len(f.include) == 0 && len(s.spec.Include) == 0 {
			functions[i].include = s.sources.siblings(f.handler, s.installed())
		}
	}
	s.settings = slices.DeleteFunc(s.settings, func(t setting) bool { return t.key == "handler" })
	if len(functions) == 1 {
		s.set(functions[0].settings(nil)...)
		return
	}
	nameApart(functions)
	s.set(shared(functions)...)
	s.functions = functions
}

// set adds settings that no Dockerfile has said, the handler first. Values of
// include are added to the Dockerfile's.
func (s *scaffolding) set(settings ...setting) {
	for _, t := range settings {
		old := s.read(t.key)
		switch {
		case t.key == "handler":
			s.settings = slices.Insert(s.settings, 0, t)
		case old == "":
			s.settings = append(s.settings, t)
		case t.key == "include" && old != t.value:
			for i := range s.settings {
				if s.settings[i].key == t.key {
					s.settings[i].value = strings.TrimSuffix(old, "]") + ", " + strings.TrimPrefix(t.value, "[")
				}
			}
		}
	}
}

// installed is the package that the project is installed as, empty when it is
// not.
func (s *scaffolding) installed() string {
	if !s.own.BuildSystem {
		return ""
	}
	return packageOf(s.own.Name)
}

// correctHandler includes what the handler of the table imports, and gives the
// handler the name that its module has: below src when src is a package.
func (s *scaffolding) correctHandler() {
	if s.spec.Handler == "" || len(s.spec.Functions()) > 0 {
		return
	}
	handler := s.spec.Handler
	if file := s.sources.fileOf(handler); s.sources.srcIsPackage && strings.HasPrefix(file, "src/") && topLevel(handler) != "src" {
		handler = "src." + handler
		s.set(setting{"handler", quoted(handler)})
	}
	if values := s.sources.siblings(handler, s.installed()); len(values) > 0 && len(s.spec.Include) == 0 {
		s.set(setting{"include", array(values)})
	}
}

// includeSiblings includes what the handler of the Dockerfile imports.
func (s *scaffolding) includeSiblings() {
	value, err := (setting{"handler", s.read("handler")}).parsed()
	handler, ok := value.(string)
	if err != nil || !ok || s.read("include") != "" {
		return
	}
	if values := s.sources.siblings(handler, s.installed()); len(values) > 0 {
		s.set(setting{"include", array(values)})
	}
}

// editProject adds the settings and the first line.
func (s *scaffolding) editProject() error {
	data, replaced, err := setKeys(s.own.Doc, s.settings)
	if err != nil {
		return err
	}
	data = addFunctions(data, s.functions)
	if err := s.verify(data); err != nil {
		return err
	}
	for _, t := range s.settings {
		if !s.own.Doc.Has(append(tablePath(), t.key)...) {
			s.proposal.Settings = append(s.proposal.Settings, t.line())
		}
	}
	for _, f := range s.functions {
		s.proposal.Settings = append(s.proposal.Settings, functionHeader(f.name)+" "+f.settings(s.settings)[0].line())
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

// verify refuses functions that the file cannot be given.
func (s *scaffolding) verify(data []byte) error {
	if len(s.functions) == 0 {
		return nil
	}
	doc, err := source.Parse(s.own.Doc.Name, data)
	if err == nil {
		_, err = spec.Parse(doc)
	}
	if err != nil {
		return source.Errorf(s.own.Doc.Locate(tablePath()...), "the functions cannot be added here: write them by hand, as [tool.uvlambda.functions.NAME] with a handler each: %w", err)
	}
	return nil
}

// add adds a file to write.
func (s *scaffolding) add(file File) { s.proposal.Files = append(s.proposal.Files, file) }
