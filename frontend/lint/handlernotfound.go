package lint

import "github.com/uvlambda/uvlambda/frontend/planner"

// handlerNotFound is found by the planner.
func handlerNotFound() Rule {
	return Rule{
		Name:        planner.RuleHandlerNotFound,
		Description: "The handler's module has to be in the context, in an include, or in a package",
		Mistake:     true,
		Why: "Lambda imports the module before the last dot of the handler when the function starts. A module that is in no file of the context, " +
			"in none that `include` copies and in no installed package fails there, with `Runtime.ImportModuleError`. " +
			"It is looked for in the folder of the project, in its `src/` and in the folder that its build backend takes modules from, and in the same folders of the members that it is built with.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "api.handler"
-- app.py --
def handler(event, context):
    return "hello"
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
def handler(event, context):
    return "hello"
`},
	}
}
