package lint

import "github.com/uvlambda/uvlambda/frontend/planner"

// fileIgnored describes files that a build needs and .dockerignore hides, which
// the planner finds.
func fileIgnored() Rule {
	return Rule{
		Name:        planner.RuleFileIgnored,
		Description: ".dockerignore must not hide what a build needs",
		Mistake:     true,
		Why: "Files that `.dockerignore` names are not sent, so the build does not have them. A line such as `lib/`, as usual lists of ignored files have it, hides a package of the repository; " +
			"a line such as `*.md` hides the readme, without which most build backends make no wheel: all but setuptools.\n\n" +
			"This is about `uv.lock`, the project's `pyproject.toml`, the handler's module, what `include` names, the events of a test and the responses to them, " +
			"and of the packages that the function needs their folders, their modules, and the readme and licence files that their `[project]` tables name. " +
			"The message names the line, and a line that takes back what is needed; it has to come after the lines that hide it, since the last that matches counts.\n\n" +
			"A package of the workspace that the function does not need may be hidden: only its `pyproject.toml` is read, to check that `uv.lock` is up to date. " +
			"Where `pyproject.toml.dockerignore` lies beside the build file, it counts in place of `.dockerignore`.",
		Bad:  Example{Files: packagedExample("*.md\ndocs/\n")},
		Good: Example{Files: packagedExample("*.md\ndocs/\n!README.md\n")},
	}
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
-- README.md --
A function that says hello.
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
