package initproject

import (
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/python"
)

// siblings are the values of `include` for the modules of the project that a
// handler's modules import, directly or by another, and that do not come with
// the handler's own top-level package or module. A module of installed, what the
// project is installed as, comes with its wheel.
func (s *sources) siblings(handler, installed string) []string {
	file := s.fileOf(handler)
	if file == "" {
		return nil
	}
	own := topLevel(handler)
	root := "."
	if strings.HasPrefix(file, "src/") && own != "src" {
		root = "src"
	}
	copied := map[string]string{}
	waiting := s.below(root, own)
	for len(waiting) > 0 {
		name := waiting[0]
		waiting = waiting[1:]
		for _, imported := range s.modules[name].Imports {
			for _, module := range topsOf(imported) {
				if module == own || module == installed || copied[module] != "" {
					continue
				}
				if found := s.place(root, module); found != "" {
					copied[module] = found
					waiting = append(waiting, s.below(root, module)...)
				}
			}
		}
	}
	var values []string
	for _, found := range copied {
		values = append(values, includeValue(found, strings.TrimPrefix(strings.TrimPrefix(found, root), "/")))
	}
	slices.Sort(values)
	return values
}

// below are the files of a top-level module or package.
func (s *sources) below(root, module string) []string {
	var found []string
	for _, file := range s.files() {
		if file == path.Join(root, module)+".py" || strings.HasPrefix(file, path.Join(root, module)+"/") {
			found = append(found, file)
		}
	}
	return found
}

// place is where a top-level module or package is, empty when the project has
// none of that name.
func (s *sources) place(root, module string) string {
	if file := path.Join(root, module) + ".py"; s.modules[file] != nil {
		return file
	}
	if len(s.below(root, module)) > 0 {
		return path.Join(root, module)
	}
	// A package may hold nothing that was read, but data.
	if _, err := fs.Stat(s.folder, path.Join(root, module, "__init__.py")); err == nil && isSourceFolder(s.folder, path.Join(root, module)) {
		return path.Join(root, module)
	}
	return ""
}

// topsOf are the top-level modules that an import at run time needs. A relative
// one stays in its own package.
func topsOf(i python.Import) []string {
	if i.Level > 0 || i.Guard&python.TypeOnly != 0 || i.Module == "" {
		return nil
	}
	return []string{top(i.Module)}
}

// includeValue is a value of `include` that puts a path at another.
func includeValue(from, to string) string {
	if from == to {
		return quoted(from)
	}
	return "{ from = " + quoted(from) + ", to = " + quoted(to) + " }"
}
