package initproject

import (
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/python"
)

// function is one that the table will have.
type function struct {
	// name is the function's, when there are several.
	name    string
	handler string
	// include are values of that key.
	include []string
	// python and architecture are empty when nothing says them.
	python, architecture string
}

// settings are the function's keys, less those that the table above has.
func (f function) settings(shared []setting) []setting {
	all := []setting{{"handler", quoted(f.handler)}}
	if f.python != "" {
		all = append(all, setting{"python", quoted(f.python)})
	}
	if f.architecture != "" {
		all = append(all, setting{"architecture", quoted(f.architecture)})
	}
	if len(f.include) > 0 {
		all = append(all, setting{"include", array(f.include)})
	}
	return slices.DeleteFunc(all, func(s setting) bool { return slices.Contains(shared, s) })
}

// shared are the settings that have the same value for all functions, without the
// settings that belong to a single function.
func shared(functions []function) []setting {
	var all []setting
	for _, s := range functions[0].settings(nil) {
		alike := !slices.ContainsFunc(functions, func(f function) bool { return !slices.Contains(f.settings(nil), s) })
		if alike && (s.key == "python" || s.key == "architecture") {
			all = append(all, s)
		}
	}
	return all
}

// functionOf is the function of a candidate. When the handler's module lies in a
// folder that is no package, and imports modules beside it, that folder is the task
// root.
func (s *sources) functionOf(c candidate) function {
	dir := path.Dir(c.file)
	if dir == "." || dir == "src" || s.isPackage(dir) || !s.importsBeside(c.file) {
		return function{name: nameOf(c), handler: c.handler}
	}
	module := strings.TrimSuffix(path.Base(c.file), ".py")
	return function{name: nameOf(c), handler: module + "." + c.function, include: []string{includeValue(dir, ".")}}
}

// isPackage reports whether a folder is a package that says so.
func (s *sources) isPackage(dir string) bool {
	return s.modules[path.Join(dir, "__init__.py")] != nil
}

// importsBeside reports whether a module imports another by a name that only
// its own folder has.
func (s *sources) importsBeside(file string) bool {
	return slices.ContainsFunc(s.modules[file].Imports, func(i python.Import) bool {
		return slices.ContainsFunc(topsOf(i), func(module string) bool {
			return s.place(path.Dir(file), module) != "" && s.place(".", module) == "" && s.place("src", module) == ""
		})
	})
}

// nameOf is what a function is called when there are several: after its module,
// or after itself when its own name says more.
func nameOf(c candidate) string {
	if name := strings.TrimSuffix(c.function, "_handler"); name != "lambda" && name != "handler" {
		return functionName(name)
	}
	module, _ := splitHandler(c.handler)
	parts := strings.Split(module, ".")
	last := parts[len(parts)-1]
	if len(parts) > 1 && slices.Contains([]string{"app", "main", "handler", "index", "lambda_function"}, last) {
		last = parts[len(parts)-2]
	}
	return functionName(last)
}

// otherLetters are what the name of a function cannot have.
var otherLetters = regexp.MustCompile(`[^a-z0-9]+`)

// capital is where a name in capitals and small letters has a new word.
var capital = regexp.MustCompile(`([a-z0-9])([A-Z])`)

// functionName makes a name one that images can have.
func functionName(name string) string {
	name = strings.ToLower(capital.ReplaceAllString(name, "$1-$2"))
	return strings.Trim(otherLetters.ReplaceAllString(name, "-"), "-")
}

// nameApart gives every function a name of its own.
func nameApart(functions []function) {
	seen := map[string]int{}
	for i := range functions {
		f := &functions[i]
		if f.name == "" || slices.Contains([]string{"image", "zip", "layer", "app", "dir", "lock"}, f.name) {
			f.name = strings.Trim(f.name+"-function", "-")
		}
		if seen[f.name]++; seen[f.name] > 1 {
			f.name = fmt.Sprintf("%s-%d", f.name, seen[f.name])
		}
	}
}

// findFunctions looks for the functions of a project: in what deploys them, in
// its modules, and in its web applications.
func (s *scaffolding) findFunctions() ([]function, error) {
	found, err := s.deployedFunctions()
	if err != nil || len(found) > 0 {
		return found, err
	}
	for _, c := range s.sources.handlers() {
		found = append(found, s.sources.functionOf(c))
	}
	if len(found) > 0 {
		return found, nil
	}
	pkg := packageOf(s.own.Name)
	if s.NewHandler {
		return []function{{handler: newHandlerName(s.folder, pkg)}}, nil
	}
	if adapted, ok := s.adapt(); ok {
		return []function{adapted}, nil
	}
	return nil, &NoHandlerError{File: newHandlerFile(s.folder, newHandlerName(s.folder, pkg))}
}

// adapt proposes a handler for the project's web application: Lambda has no
// server, and an adapter makes requests of events.
func (s *scaffolding) adapt() (function, bool) {
	found := s.sources.applications()
	if len(found) != 1 {
		return function{}, false
	}
	app := found[0]
	file := path.Join(path.Dir(app.file), "lambda_function.py")
	if _, there := s.sources.modules[file]; there {
		return function{}, false
	}
	module := s.sources.moduleName(app.file)
	text := fmt.Sprintf("from mangum import Mangum\n\nfrom %s import %s\n\nhandler = Mangum(%s)\n", module, app.name, app.name)
	s.add(File{Path: s.path(file), New: []byte(text)})
	s.remark("%s has the %s application %s and no handler: %s adapts it, with Mangum.", app.file, app.class, app.name, file)
	if _, declared := s.own.Declares("mangum", project.List{}, project.Environment{}); !declared {
		s.proposal.Requirements = append(s.proposal.Requirements, "mangum")
	}
	if err := s.sources.addModule(file, []byte(text)); err != nil {
		return function{}, false
	}
	return function{handler: s.sources.moduleName(file) + ".handler"}, true
}

// addModule adds a module that is going to be written.
func (s *sources) addModule(file string, data []byte) error {
	module, err := python.Parse(data)
	if err == nil {
		s.modules[file], s.text[file] = module, data
	}
	return err
}
