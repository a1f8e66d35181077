package files

import (
	"path"
	"strings"
)

// ImportedFirst gives the module, as the path of its source, that an import does
// not reach when a file stands beside it: Python takes a package a/__init__.py
// and an extension a.abi3.so before a module a.py
// (https://docs.python.org/3/reference/import.html#the-path-based-finder). It is
// false for any other file.
func ImportedFirst(p string) (module string, ok bool) {
	folder, name := path.Split(p)
	if name == "__init__.py" && folder != "" {
		return strings.TrimSuffix(folder, "/") + ".py", true
	}
	base, suffix, _ := strings.Cut(name, ".")
	if base != "" && (suffix == "so" || suffix == "abi3.so" || strings.HasPrefix(suffix, "cpython-") && strings.HasSuffix(suffix, ".so")) {
		return folder + base + ".py", true
	}
	return "", false
}

// CompiledFrom gives the source of a compiled module by the module's path, as
// Python names it: a/__pycache__/b.cpython-313.pyc is compiled from a/b.py
// (https://peps.python.org/pep-3147/). It is false for any other file.
func CompiledFrom(p string) (source string, ok bool) {
	folder, name := path.Split(p)
	folder = strings.TrimSuffix(folder, "/")
	if path.Base(folder) != "__pycache__" || !strings.HasSuffix(name, ".pyc") {
		return "", false
	}
	module, tag, _ := strings.Cut(name, ".")
	if tag == "pyc" {
		return "", false
	}
	return path.Join(path.Dir(folder), module+".py"), true
}
