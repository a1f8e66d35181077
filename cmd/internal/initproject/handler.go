package initproject

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/python"
)

// NoHandlerError says that a project has no function that could be a handler.
type NoHandlerError struct {
	// File is where a minimal one would be written, below the project.
	File string
}

// Error names both remedies.
func (e *NoHandlerError) Error() string {
	return fmt.Sprintf("no handler was found: name it with --handler MODULE.FUNCTION, or write a minimal one to %s with --new-handler", e.File)
}

// packageOf is the package that a project is, as build backends name it.
func packageOf(name string) string {
	return strings.ReplaceAll(project.NormalizeName(name), "-", "_")
}

// splitHandler splits a handler at its last dot.
func splitHandler(handler string) (module, function string) {
	i := strings.LastIndexByte(handler, '.')
	return handler[:i], handler[i+1:]
}

// defines reports whether a file of the project has the handler. A module that may
// bind further names, such as by a star import, is taken to have it.
func (s *sources) defines(handler string) bool {
	module := s.modules[s.fileOf(handler)]
	_, function := splitHandler(handler)
	return module != nil && (module.Dynamic || slices.ContainsFunc(module.Bindings, func(b python.Binding) bool {
		return b.Name == function && b.Kind != python.Deleted && b.Kind != python.Declared
	}))
}

// handlerFunctions are the functions of the usual handlers.
func handlerFunctions() []string {
	var functions []string
	for _, handler := range planner.UsualHandlers() {
		_, function := splitHandler(handler)
		functions = append(functions, function)
	}
	slices.Sort(functions)
	return slices.Compact(functions)
}

// isSourceFolder leaves out what holds no modules of the function: hidden
// folders, environments, tests and other projects.
func isSourceFolder(folder fs.FS, dir string) bool {
	base := path.Base(dir)
	if strings.HasPrefix(base, ".") || slices.Contains([]string{"tests", "test", "docs", "build", "dist", "node_modules"}, base) {
		return false
	}
	for _, marker := range []string{"pyproject.toml", "pyvenv.cfg"} {
		if _, err := fs.Stat(folder, path.Join(dir, marker)); !errors.Is(err, fs.ErrNotExist) {
			return false
		}
	}
	return true
}

// newHandlerName is the handler that is written when nobody names one: the
// console's, in the project's package if it has one.
func newHandlerName(folder fs.FS, pkg string) string {
	if isFolder(folder, path.Join("src", pkg)) {
		return pkg + "." + planner.UsualHandlers()[0]
	}
	return planner.UsualHandlers()[0]
}

// newHandlerFile is the file of a new handler. The file goes below src when src has
// the handler's package.
func newHandlerFile(folder fs.FS, handler string) string {
	root := "."
	if isFolder(folder, path.Join("src", topLevel(handler))) {
		root = "src"
	}
	return planner.HandlerFiles([]string{handler}, root)[0]
}

// topLevel is the package or module that a handler's name begins with.
func topLevel(handler string) string {
	top, _, _ := strings.Cut(strings.ReplaceAll(handler, "/", "."), ".")
	return top
}

func isFolder(fsys fs.FS, name string) bool {
	info, err := fs.Stat(fsys, name)
	return err == nil && info.IsDir()
}

// newHandler gives the file of a handler whose module the project does not
// have, and a minimal handler for it. The file is empty when the module is
// there, or is one of a dependency.
func newHandler(own *project.Pyproject, sources *sources, folder fs.FS, handler string) (file, text string) {
	if sources.fileOf(handler) != "" {
		return "", ""
	}
	for _, name := range planner.HandlerFiles([]string{handler}, planner.SourceRoots(".", nil)...) {
		if _, err := fs.Stat(folder, name); err == nil {
			return "", ""
		}
	}
	if _, installed := own.Declares(topLevel(handler), project.List{}, project.Environment{}); installed {
		return "", ""
	}
	_, function := splitHandler(handler)
	return newHandlerFile(folder, handler), fmt.Sprintf(
		"def %s(event, context):\n    return {\"statusCode\": 200, \"body\": \"Hello from %s!\"}\n", function, own.Name)
}
