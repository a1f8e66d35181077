package initproject

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
	"github.com/uvlambda/uvlambda/cmd/internal/workspace"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/suggest"
)

// deployed is a Python function that a file of a deployment tool describes.
type deployed struct {
	// file is the one that describes it.
	file string
	name string
	// handler is as it is written there, dir the folder that it starts from,
	// relative to the project.
	handler, dir string
	// runtime is Lambda's name of one, empty for an image; architecture is
	// Lambda's.
	runtime, architecture string
}

// pythonRuntime is a runtime of Lambda for Python, with its version.
var pythonRuntime = regexp.MustCompile(`^python(3\.[0-9]+)$`)

// deploymentReader reads the functions of a file.
type deploymentReader func(folder fs.FS, file string, data []byte) []deployed

// deploymentReaders are the readers by the names of files.
func deploymentReaders() map[string]deploymentReader {
	return map[string]deploymentReader{
		"template.yaml": readSAM, "template.yml": readSAM, "template.json": readSAM,
		"serverless.yml": readServerless, "serverless.yaml": readServerless,
		"*.tf": readTerraform,
		"*.py": readCDK, "*.ts": readCDK, "*.js": readCDK,
	}
}

// readDeployments reads the functions of all files of deployment tools in a
// project, in the order of the files.
func readDeployments(folder fs.FS) []deployed {
	var found []deployed
	readers := deploymentReaders()
	// A folder that cannot be read has no function that could be built.
	_ = fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if entry.IsDir() {
			if name != "." && !isSourceFolder(folder, name) || strings.HasSuffix(name, "cdk.out") {
				return fs.SkipDir
			}
			return nil
		}
		for pattern, read := range readers {
			// The patterns are well formed.
			matched, _ := path.Match(pattern, entry.Name())
			info, err := entry.Info()
			if !matched || err != nil || info.Size() > sourceLimit {
				continue
			}
			if data, err := fs.ReadFile(folder, name); err == nil {
				found = append(found, read(folder, name, data)...)
			}
		}
		return nil
	})
	return found
}

// deployments are the functions that the project's own files describe, and
// functions in files of the workspace's root that have their code in the project.
func (s *scaffolding) deployments() ([]deployed, error) {
	found := readDeployments(s.folder)
	for i := range found {
		found[i].file = s.path(found[i].file)
	}
	root, err := workspace.Root(s.Dir)
	if err != nil || root == filepath.Clean(s.Dir) {
		return found, err
	}
	dir, err := filepath.Rel(root, s.Dir)
	if err != nil {
		return nil, fmt.Errorf("looking for the workspace: %w", err)
	}
	for _, d := range readDeployments(plainfile.Folder(root)) {
		below, ok := relativeTo(filepath.ToSlash(dir), d.dir)
		if ok {
			d.file, d.dir = filepath.Join(root, filepath.FromSlash(d.file)), below
			found = append(found, d)
		}
	}
	return found, nil
}

// deployedFunctions are the functions that the project's deployment names and that
// the project has. A remark names each function that the project lacks.
func (s *scaffolding) deployedFunctions() ([]function, error) {
	all, err := s.deployments()
	if err != nil {
		return nil, err
	}
	var found []function
	var files []string
	for _, d := range all {
		if d.handler == "" || d.runtime != "" && !pythonRuntime.MatchString(d.runtime) {
			continue
		}
		f, ok := s.functionDeployed(d)
		if !ok && d.runtime == "" {
			continue
		}
		if !ok {
			s.remark("%s names the handler %s, but its module is not in %s: the function was left out.", d.file, d.handler, s.path(d.dir))
			continue
		}
		if !slices.ContainsFunc(found, func(other function) bool {
			return other.handler == f.handler && slices.Equal(other.include, f.include)
		}) {
			found = append(found, f)
			files = append(files, d.file)
		}
	}
	if len(found) > 0 {
		s.remark("The deployed functions were read from %s.", suggest.List(slices.Compact(files)))
	}
	return found, nil
}

// functionDeployed is the function that a deployment describes. It is not ok
// when its module is not there.
func (s *scaffolding) functionDeployed(d deployed) (function, bool) {
	if (setting{"handler", quoted(d.handler)}).check() != nil || !fs.ValidPath(d.dir) {
		return function{}, false
	}
	handler := strings.ReplaceAll(d.handler, "/", ".")
	f := function{name: functionName(d.name), handler: handler, architecture: s.architectureOf(d), python: s.pythonOf(d)}
	for _, file := range planner.HandlerFiles([]string{handler}, planner.SourceRoots(".", nil)...) {
		if s.sources.modules[path.Join(d.dir, file)] == nil || strings.HasPrefix(file, "src/") && d.dir != "." {
			continue
		}
		if d.dir != "." && s.isBelowPackage(d.dir) {
			f.handler = s.sources.moduleName(path.Join(d.dir, file)) + handler[strings.LastIndexByte(handler, '.'):]
		} else if d.dir != "." {
			f.include = []string{includeValue(d.dir, ".")}
		}
		return f, true
	}
	return function{}, false
}

// isBelowPackage reports whether a folder is a package that other modules of
// the project know by its whole name.
func (s *scaffolding) isBelowPackage(dir string) bool {
	name := s.sources.moduleName(dir)
	for _, module := range s.sources.modules {
		for _, i := range module.Imports {
			if i.Level == 0 && (i.Module == name || strings.HasPrefix(i.Module, name+".")) {
				return true
			}
		}
	}
	return false
}

// deployedArchitecture is the architecture of the deployment's functions. It is
// empty when they have several, or when there are no functions.
func (s *scaffolding) deployedArchitecture() (string, error) {
	all, err := s.deployments()
	if err != nil {
		return "", err
	}
	found := ""
	for _, d := range all {
		architecture := s.architectureOf(d)
		if found != "" && architecture != found {
			return "", nil
		}
		found = architecture
	}
	return found, nil
}

// architectureOf is a deployment's architecture, Lambda's own when it says none.
func (s *scaffolding) architectureOf(d deployed) string {
	if d.architecture == "arm64" || d.architecture == "x86_64" {
		return d.architecture
	}
	return "x86_64"
}

// pythonOf is a deployment's Python, as far as it can be built.
func (s *scaffolding) pythonOf(d deployed) string {
	match := pythonRuntime.FindStringSubmatch(d.runtime)
	if match == nil || (setting{"python", quoted(match[1])}).check() != nil {
		return ""
	}
	version, err := project.ParseVersion(match[1])
	if err != nil {
		return ""
	}
	if requires, err := project.ParseSpecifier(s.own.RequiresPython); err != nil || !requires.AllowsMinor(version) {
		s.remark("%s runs %s on %s, which requires-python = %q does not allow: the Python was left out.", d.file, d.handler, d.runtime, s.own.RequiresPython)
		return ""
	}
	return match[1]
}

// relativeDir is a folder that a file names, relative to the project's folder.
func relativeDir(file, dir string) string { return path.Join(path.Dir(file), dir) }

// relativeTo gives a path below a folder, relative to it.
func relativeTo(dir, name string) (string, bool) {
	rel, err := filepath.Rel(dir, name)
	return filepath.ToSlash(rel), err == nil && filepath.IsLocal(rel)
}
