package scaffold

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
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

// findHandler looks for the handler of a project: under the usual names, under
// these below the project's own package, and in all its other modules.
func findHandler(folder fs.FS, pkg string) (string, error) {
	usual := planner.UsualHandlers()
	for _, prefix := range []string{"", pkg + "."} {
		for _, name := range usual {
			if definesHandler(folder, prefix+name) {
				return prefix + name, nil
			}
		}
	}
	found, err := otherHandlers(folder)
	if err != nil {
		return "", err
	}
	switch len(found) {
	case 0:
		return "", &NoHandlerError{File: newHandlerFile(folder, newHandlerName(folder, pkg))}
	case 1:
		return found[0], nil
	default:
		return "", fmt.Errorf("several functions could be the handler: name one with --handler: %s", strings.Join(found, ", "))
	}
}

// splitHandler splits a handler at its last dot.
func splitHandler(handler string) (module, function string) {
	i := strings.LastIndexByte(handler, '.')
	return handler[:i], handler[i+1:]
}

// definesHandler tells whether a file of the project has the handler.
func definesHandler(folder fs.FS, handler string) bool {
	_, function := splitHandler(handler)
	return slices.ContainsFunc(planner.HandlerFiles(handler, "."), func(file string) bool {
		module, err := fs.ReadFile(folder, file)
		return err == nil && planner.Defines(module, function)
	})
}

// otherHandlers are the functions of the project's modules that have the name
// that handlers usually have. A package that imports one of its own modules'
// does not count beside that module.
func otherHandlers(folder fs.FS) ([]string, error) {
	var found []string
	err := fs.WalkDir(folder, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && !isSourceFolder(folder, name) {
				return fs.SkipDir
			}
			return nil
		}
		if path.Ext(name) != ".py" {
			return nil
		}
		module, err := fs.ReadFile(folder, name)
		if err != nil {
			return fmt.Errorf("looking for the handler: %w", err)
		}
		for _, function := range handlerFunctions() {
			if planner.Defines(module, function) {
				found = append(found, moduleName(name)+"."+function)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(found, func(handler string) bool {
		module, function := splitHandler(handler)
		return slices.ContainsFunc(found, func(other string) bool {
			return strings.HasPrefix(other, module+".") && strings.HasSuffix(other, "."+function) && other != handler
		})
	}), nil
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

// moduleName is how Python names a file of the project.
func moduleName(file string) string {
	name := strings.TrimSuffix(strings.TrimSuffix(file, ".py"), "/__init__")
	return strings.ReplaceAll(strings.TrimPrefix(name, "src/"), "/", ".")
}

// newHandlerName is the handler that is written when nobody names one: the
// console's, in the project's package if it has one.
func newHandlerName(folder fs.FS, pkg string) string {
	if isFolder(folder, path.Join("src", pkg)) {
		return pkg + "." + planner.UsualHandlers()[0]
	}
	return planner.UsualHandlers()[0]
}

// newHandlerFile is the file of a new handler. It goes to the package that it
// names, if that is below src.
func newHandlerFile(folder fs.FS, handler string) string {
	root := "."
	if isFolder(folder, path.Join("src", topLevel(handler))) {
		root = "src"
	}
	return planner.HandlerFiles(handler, root)[0]
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
func newHandler(own *project.Pyproject, folder fs.FS, handler string) (file, text string) {
	for _, name := range planner.HandlerFiles(handler, ".") {
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
