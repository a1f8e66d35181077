package lint

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// pythonVersionMismatch finds a .python-version that says something else.
func pythonVersionMismatch() Rule {
	return Rule{
		Name:        "PythonVersionMismatch",
		Description: "python and .python-version should agree",
		Why: "uv runs the project on the Python that `.python-version` names, on developers' machines and in tests. When `python` says another, the function runs on one that the code was not tested on. " +
			"Without `python`, a build takes the version of the file.",
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
	if in.Spec.Python == "" || file == nil {
		return nil
	}
	other, err := project.ParsePythonVersionFile(file.Data)
	if err != nil || other == in.Runtime.Version {
		return nil
	}
	return found(fmt.Sprintf("python = %q is used, although %s says %s: make them agree, so that the code is tested on what it runs on",
		in.Spec.Python, file.Name, other), in.Spec.Locate("python"))
}
