package lint

import (
	"fmt"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
)

// pythonVersionMismatch finds a .python-version that says something else.
func pythonVersionMismatch() Rule {
	return Rule{
		Name:        "PythonVersionMismatch",
		Description: "python and .python-version should agree",
		Why: "uv runs the project on the Python that `.python-version` names, on developers' machines and in tests. When `python` says another, the function runs on one that the code was not tested on. " +
			"Without `python`, a build takes the version of the file, or the newest runtime that the file allows, as with `>=3.12` or `3`. " +
			"Lines are read as uv reads them: the first that asks for a Python counts, and names that uv cannot read, such as the names of pyenv's environments, are passed over with a warning. " +
			"So is a request for a Python that Lambda does not have: PyPy, or one at a path.\n\n" +
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
	switch {
	case file == nil:
		return nil
	case in.Spec.Python == "" && len(file.Passed) > 0:
		return findPassedLines(in, file)
	case file.Request == nil:
		return nil
	}
	if other := findOtherRelease(in, file); other != nil || in.Spec.Python == "" {
		return other
	}
	if file.Request.Allows(in.Runtime.Version) {
		return nil
	}
	return found(fmt.Sprintf("python = %q is used, although %s says %s: make them agree, so that the code is tested on what it runs on",
		in.Spec.Python, file.Name, file.Request.Text), in.Spec.Locate("python"))
}

// findPassedLines finds lines that a build passes over.
func findPassedLines(in *Input, file *planner.PythonVersionFile) []finding {
	var all []finding
	for _, line := range file.Passed {
		message := "%q is passed over, as uv does with what it cannot read, and the function runs on Python %s: write a version such as %s alone on its line"
		if line.Other {
			message = "%q makes uv run a Python that Lambda does not have, and the function runs on Python %s: write %s instead, so that the code is tested on what it runs on"
		}
		all = append(all, finding{fmt.Sprintf(message, line.Text, in.Runtime.Version, in.Runtime.Version), file.Locate(line.Line)})
	}
	return all
}

// findOtherRelease finds a patch release that the base does not have. It is
// known in a build only.
func findOtherRelease(in *Input, file *planner.PythonVersionFile) []finding {
	python := in.Plan.Python
	pinned := file.Request.Release()
	if python.FullVersion == "" || python.Assumed || pinned == python.FullVersion || !strings.HasPrefix(pinned, python.Version+".") {
		return nil
	}
	return found(fmt.Sprintf("%s says %s, but the base %s has Python %s: write %s there, since Lambda chooses the patch release",
		file.Name, pinned, in.Plan.Base.Ref, python.FullVersion, python.Version), file.Locate(file.Request.Line))
}
