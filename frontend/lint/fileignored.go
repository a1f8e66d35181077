package lint

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
)

// fileIgnored finds files that a build backend needs and .dockerignore hides.
// That of a hidden uv.lock is found by the planner.
func fileIgnored() Rule {
	return Rule{
		Name:        planner.RuleFileIgnored,
		Description: ".dockerignore should not hide what a build needs",
		CheckOnly:   true,
		Why: "What `.dockerignore` names is not sent, and so is not there. A pattern such as `*.md` hides the readme, which the build backends of packaged projects insist on: " +
			"the wheel of the project is not built. This looks at the readme and the licence files that the `[project]` tables of packaged projects name.\n\n" +
			"A hidden `uv.lock` is an error, in a build too. Hidden modules, includes and events are errors as well, as any that are missing; " +
			"whether a file that a pattern hides would be there otherwise, a build cannot know.",
		Bad:  Example{Files: packagedExample("*.md\ndocs/\n")},
		Good: Example{Files: packagedExample("*.md\n!README.md\ndocs/\n")},
		find: findIgnored,
	}
}

func findIgnored(in *Input) []finding {
	local := slices.Clone(in.Origins.Closure.Members)
	if in.Origins.Closure.RootInstalled {
		local = append(local, in.Origins.Closure.Root)
	}
	var all []finding
	for _, p := range local {
		dir, _ := in.Workspace.PackageDir(p)
		py := in.Workspace.Members[dir]
		if py == nil {
			continue
		}
		for _, named := range namedFiles(py) {
			file := path.Join(dir, named.file)
			pattern, at, err := in.Context.Ignored.Hides(file)
			if err == nil && pattern != "" {
				all = append(all, finding{fmt.Sprintf("%q hides %s, which is the %s of %s, so that its build backend does not find it: add the line !%s",
					pattern, file, named.key, p.Name, file), at})
			}
		}
	}
	return all
}

// namedFile is a file that a key of [project] names.
type namedFile struct{ key, file string }

// namedFiles are the files that a build backend reads for the metadata:
// https://packaging.python.org/en/latest/specifications/pyproject-toml/
func namedFiles(py *project.Pyproject) []namedFile {
	var all []namedFile
	add := func(path ...string) {
		file, _ := py.Doc.Value(path...).(string)
		if file != "" && !strings.ContainsAny(file, "*?[") {
			all = append(all, namedFile{path[1], file})
		}
	}
	add("project", "readme")
	add("project", "readme", "file")
	add("project", "license", "file")
	files, _ := py.Doc.Value("project", "license-files").([]any)
	for i := range files {
		add("project", "license-files", strconv.Itoa(i))
	}
	return all
}

// packagedExample is a packaged project with a .dockerignore.
func packagedExample(ignored string) string {
	return `-- .dockerignore --
` + ignored + `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
readme = "README.md"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"

[tool.uvlambda]
handler = "greeting.handler"
-- src/greeting/__init__.py --
def handler(event, context):
    return "hello"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { editable = "." }
`
}
