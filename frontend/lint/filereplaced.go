package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// Replaced is a file that two parts of a function have. The function gets one of
// the two.
type Replaced struct {
	// Path is the file's place below the task root.
	Path string
	// Owner has the lost file and By the file that the function gets: "hij 0" and
	// "the application".
	Owner, By string
	// Hidden is set when the function has both, at two paths, and Python imports
	// By's in place of the module of Owner.
	Hidden bool
	// Installed is set when both are packages from an index, which nobody can
	// change.
	Installed bool
	// At are the lines that bring one of them.
	At plan.Location
}

// message says which file was replaced or hidden, and by which.
func (r Replaced) message() string {
	remedy := "rename one of them"
	if r.Installed {
		remedy = "depend on one of these packages only, or on versions without that file"
	}
	if r.Hidden {
		return fmt.Sprintf("%s of %s is never imported, since %s has a package or an extension of that name, which Python takes first: %s", r.Path, r.Owner, r.By, remedy)
	}
	if !r.Installed {
		remedy += ", or leave it out"
	}
	return fmt.Sprintf("%s is a file of %s and of %s, and the function gets the one of %s: %s", r.Path, r.Owner, r.By, r.By, remedy)
}

// fileReplaced finds files that two parts of a function bring.
func fileReplaced() Rule {
	return Rule{
		Name:        "FileReplaced",
		Description: "No two parts of a function should bring the same file",
		Why: "The application, the packages of the repository and the packages of an index all lie in the task root, one over the other: " +
			"where two of them have a file at the same path, the application's file wins over a file of the repository's packages, and both win over a file of a package from an index. " +
			"Of these, a large package, one that is built and one with a URL is a layer of its own: the file of the later name wins among them, and the file of any other package wins over theirs. " +
			"The package that lost its file finds the other's in its place, and fails when it is used. " +
			"Wheels bring such files by accident, as top-level modules with common names: `main.py`, `utils.py`, `config.py`, or a folder `tests`. " +
			"The compiled form of a replaced module is left out too, since Python would run it.\n\n" +
			"A build compares all parts, and these packages with the others; files with the same content are no finding. A check, which installs nothing, knows the modules of the repository's own packages only.",
		Bad:  Example{Files: replacedExample("main")},
		Good: Example{Files: replacedExample("hij")},
		find: findReplaced,
	}
}

func findReplaced(in *Input) []finding {
	replaced := in.Replaced
	if in.Context != nil {
		replaced = in.replacedOfMembers()
	}
	var all []finding
	for _, r := range replaced {
		all = append(all, finding{r.message(), r.At})
	}
	return all
}

// replacedOfMembers are the modules of the application that a package of the
// repository has too, by what its build backend's table says.
func (in *Input) replacedOfMembers() []Replaced {
	shipped, err := in.Shipped()
	if err != nil {
		return nil // the build says what is wrong with the patterns
	}
	var all []Replaced
	for _, m := range plan.All[plan.Member](in.Plan) {
		py := in.Workspace.Members[m.Path]
		if py == nil {
			continue
		}
		owner := strings.TrimSpace(m.Name + " " + py.Version)
		layout := py.Layout()
		for _, module := range layout.Modules {
			for _, file := range []string{module + ".py", module + "/__init__.py"} {
				at, copied := slices.BinarySearch(shipped, file)
				if !copied {
					continue
				}
				r := Replaced{Path: shipped[at], Owner: owner, By: plan.PartApp.String(), At: planner.CopyOf(in.Plan, file)}
				switch isPackage := in.hasPackage(m.Path, layout.Roots, module); {
				case isPackage && file == module+".py":
					r.Owner, r.By, r.Hidden = r.By, owner, true
				case isPackage != (file == module+"/__init__.py"):
					continue
				}
				all = append(all, r)
			}
		}
	}
	return all
}

// hasPackage reports whether a module of a package of the repository is a folder
// with an __init__.py.
func (in *Input) hasPackage(dir string, roots []string, module string) bool {
	return slices.ContainsFunc(roots, func(root string) bool {
		return in.sends(path.Join(dir, root, module, "__init__.py"))
	})
}

// replacedExample is a function main.py with a package that has one module.
func replacedExample(module string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = ["hij"]

[tool.uv.workspace]
members = ["hij"]

[tool.uv.sources]
hij = { workspace = true }

[tool.uvlambda]
handler = "main.handler"
-- app.py --
-- main.py --
def handler(event, context):
    return "hello"
-- hij/pyproject.toml --
[project]
name = "hij"
version = "1.0.0"
requires-python = ">=3.13"

[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"

[tool.setuptools]
py-modules = ["` + module + `"]
-- hij/` + module + `.py --
GREETING = "hello"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[manifest]
members = ["greeting", "hij"]

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
dependencies = [{ name = "hij" }]

[package.metadata]
requires-dist = [{ name = "hij", editable = "hij" }]

[[package]]
name = "hij"
version = "1.0.0"
source = { editable = "hij" }
`
}
