package lint

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// pythonVersionMismatch finds a .python-version that says something else.
func pythonVersionMismatch() Rule {
	return Rule{
		Name:        "PythonVersionMismatch",
		Description: "python and .python-version should agree",
		Why: "uv runs the project on the Python that `.python-version` names, on developers' machines and in tests. When `python` says another, the function runs on one that the code was not tested on. " +
			"Without `python`, a build takes the version of the file.\n\n" +
			"The file may name a patch release, such as 3.13.9. Lambda chooses that by itself, so a build warns when its base image has another one. A check asks no image, and does not look at patch releases.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
python = "3.14"
-- .python-version --
3.13
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- .python-version --
3.13
`},
		find: findOtherPython,
	}
}

func findOtherPython(in *Input) []finding {
	file := in.Workspace.PythonVersion
	if file == nil {
		return nil
	}
	if other := findOtherRelease(in, file); other != nil || in.Spec.Python == "" {
		return other
	}
	other, err := project.ParsePythonVersionFile(file.Data)
	if err != nil || other == in.Runtime.Version {
		return nil
	}
	return found(fmt.Sprintf("python = %q is used, although %s says %s: make them agree, so that the code is tested on what it runs on",
		in.Spec.Python, file.Name, other), in.Spec.Locate("python"))
}

// findOtherRelease finds a patch release that the base does not have. It is
// known in a build only.
func findOtherRelease(in *Input, file *planner.PythonVersionFile) []finding {
	python := in.Plan.Python
	pinned := project.PinnedRelease(file.Data)
	if python.FullVersion == "" || python.Assumed || pinned == python.FullVersion || !strings.HasPrefix(pinned, python.Version+".") {
		return nil
	}
	return found(fmt.Sprintf("%s says %s, but the base %s has Python %s: write %s there, since Lambda chooses the patch release",
		file.Name, pinned, in.Plan.Base.Ref, python.FullVersion, python.Version), plan.Location{File: file.Name, Line: 1, EndLine: 1})
}
