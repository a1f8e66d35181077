package initproject

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/python"
)

// sourceLimit is the size of a source file that is read, in bytes. What is
// larger was not written by a person.
const sourceLimit = 1 << 20

// sources are the Python modules of a project.
type sources struct {
	folder fs.FS
	// modules are the parsed files by path, without tests.
	modules map[string]*python.Module
	text    map[string][]byte
	// srcIsPackage is set when modules have names below src, and not only their
	// files a place there.
	srcIsPackage bool
}

// readSources reads the modules of a project's folder. A file that is not
// Python has no handler, and is left out.
func readSources(folder fs.FS) (*sources, error) {
	s := &sources{folder: folder, modules: map[string]*python.Module{}, text: map[string][]byte{}}
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && !isSourceFolder(folder, name):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".py" || isTest(name):
			return nil
		}
		info, err := fs.Stat(folder, name)
		if err != nil || !info.Mode().IsRegular() || info.Size() > sourceLimit {
			// A link that leads nowhere is no module.
			return nil
		}
		data, err := fs.ReadFile(folder, name)
		if err != nil {
			return err
		}
		if module, err := python.Parse(data); err == nil {
			s.modules[name], s.text[name] = module, data
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for the handler: %w", err)
	}
	_, err = fs.Stat(folder, "src/__init__.py")
	s.srcIsPackage = err == nil || s.importSrc()
	return s, nil
}

// importSrc reports whether a module imports another by a name below src.
func (s *sources) importSrc() bool {
	for _, module := range s.modules {
		if slices.ContainsFunc(module.Imports, func(i python.Import) bool {
			return i.Level == 0 && top(i.Module) == "src"
		}) {
			return true
		}
	}
	return false
}

// files are the paths of the modules, sorted.
func (s *sources) files() []string { return slices.Sorted(maps.Keys(s.modules)) }

// isTest reports whether a file is run by a test runner, or by a tool of the
// project, and not by Lambda.
func isTest(file string) bool {
	base := path.Base(file)
	for _, pattern := range []string{"test_*.py", "*_test.py", "tests.py", "conftest.py", "setup.py", "noxfile.py"} {
		// The patterns are well formed.
		if matched, _ := path.Match(pattern, base); matched {
			return true
		}
	}
	return false
}

// candidate is a function that could be the handler.
type candidate struct {
	file, function string
	// handler is how Lambda names it.
	handler string
	// imported is set for a name that the module takes from another.
	imported bool
}

// handlers are the functions that could be handlers: functions with the usual
// names, or whose name ends in _handler. Without any of them, it is the functions
// that take an event and a context by these names.
func (s *sources) handlers() []candidate {
	var named, taking []candidate
	for _, file := range s.files() {
		for _, c := range s.handlersOf(file) {
			if isUsualFunction(c.function) || strings.HasSuffix(c.function, "_handler") {
				named = append(named, c)
			} else {
				taking = append(taking, c)
			}
		}
	}
	if len(named) == 0 {
		return taking
	}
	return withoutImported(withoutPackages(named))
}

// handlersOf are the candidates of a module.
func (s *sources) handlersOf(file string) []candidate {
	var defined, bound []candidate
	seen := map[string]bool{}
	for _, b := range s.modules[file].Bindings {
		takes := b.Function != nil && takesEvent(b.Function.Parameters)
		usual := isUsualFunction(b.Name) && slices.Contains([]python.Kind{python.Defined, python.Class, python.Assigned, python.Imported}, b.Kind)
		if b.Guard&(python.Deferred|python.TypeOnly) != 0 || seen[b.Name] || !takes && !usual {
			continue
		}
		seen[b.Name] = true
		c := candidate{file: file, function: b.Name, handler: s.moduleName(file) + "." + b.Name, imported: b.Kind == python.Imported}
		if b.Kind == python.Defined {
			defined = append(defined, c)
		} else {
			bound = append(bound, c)
		}
	}
	if len(defined) > 0 {
		// `lambda_handler = handler` is another name of the same function.
		return defined
	}
	return bound
}

// takesEvent reports whether a function's first two parameters are an event and
// a context by name, and a call with these two is enough.
func takesEvent(parameters []python.Parameter) bool {
	positional := func(i int, name string) bool {
		return slices.Contains([]python.ParameterKind{python.Positional, python.PositionalOnly}, parameters[i].Kind) &&
			strings.Trim(parameters[i].Name, "_") == name
	}
	if len(parameters) < 2 || !positional(0, "event") || !positional(1, "context") {
		return false
	}
	return !slices.ContainsFunc(parameters[2:], func(p python.Parameter) bool {
		return !p.Default && p.Kind != python.Rest && p.Kind != python.KeywordRest
	})
}

// isUsualFunction reports whether a function's name is one that handlers
// usually have.
func isUsualFunction(name string) bool { return slices.Contains(handlerFunctions(), name) }

// withoutPackages leaves out the names of packages that have them from one of
// their own modules.
func withoutPackages(all []candidate) []candidate {
	return slices.DeleteFunc(slices.Clone(all), func(c candidate) bool {
		module, function := splitHandler(c.handler)
		return slices.ContainsFunc(all, func(other candidate) bool {
			return strings.HasPrefix(other.handler, module+".") && other.function == function && other.handler != c.handler
		})
	})
}

// withoutImported leaves out names that a module only imports from another
// candidate.
func withoutImported(all []candidate) []candidate {
	return slices.DeleteFunc(slices.Clone(all), func(c candidate) bool {
		return c.imported && slices.ContainsFunc(all, func(other candidate) bool {
			return !other.imported && other.function == c.function
		})
	})
}

// moduleName is how Python names a file of the project.
func (s *sources) moduleName(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".py"), "/__init__")
	if !s.srcIsPackage {
		name = strings.TrimPrefix(name, "src/")
	}
	return strings.ReplaceAll(name, "/", ".")
}

// fileOf is the file of a handler's module, empty when there is none.
func (s *sources) fileOf(handler string) string {
	for _, file := range planner.HandlerFiles([]string{handler}, planner.SourceRoots(".", nil)...) {
		if _, known := s.modules[file]; known {
			return file
		}
	}
	return ""
}

// applicationMade is where a module makes a web application that speaks ASGI.
var applicationMade = regexp.MustCompile(`(?m)^(\w+)(?:[ \t]*:[^=\n]+)?[ \t]*=[ \t]*(?:\w+\.)*(FastAPI|Starlette|Litestar|Quart|BlackSheep)\(`)

// application is a web application that has no handler.
type application struct {
	file, name, class string
}

// applications are the project's web applications at the top level of modules.
func (s *sources) applications() []application {
	var found []application
	for _, file := range s.files() {
		for _, match := range applicationMade.FindAllSubmatch(s.text[file], -1) {
			name := string(match[1])
			if slices.ContainsFunc(s.modules[file].Bindings, func(b python.Binding) bool { return b.Name == name && b.Kind == python.Assigned }) {
				found = append(found, application{file, name, string(match[2])})
			}
		}
	}
	return found
}

// top is the first part of a dotted name.
func top(module string) string {
	first, _, _ := strings.Cut(module, ".")
	return first
}
