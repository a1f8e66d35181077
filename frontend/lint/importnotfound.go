package lint

import "github.com/uvlambda/uvlambda/frontend/planner"

// importNotFound finds imports of modules that the function does not have. What
// is in the repository and not in the function is found by the planner.
func importNotFound() Rule {
	return Rule{
		Name:        planner.RuleImportNotFound,
		Description: "Modules that the handler's modules import have to be in the function",
		Why: "Lambda imports the handler's module when the function starts, and this module imports others. One that neither `include`, nor the handler's own package, nor an installed package brings fails there, with `Runtime.ImportModuleError`.\n\n" +
			"The imports are followed from the handler's module through the repository's own modules. Those in functions, in `try` with a handler of their error, under `TYPE_CHECKING` and in other conditions are left alone, " +
			"and all are when a module changes `sys.path`. A module that is a file of the repository and is not copied is an error, in a build too, and so is one that only an extra or a group that is not chosen has; " +
			"for archives the latter is a warning, since a layer may have it. One that is nowhere is a warning. Whether an installed package has it is looked up in a build, after installing.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
import nowhere


def handler(event, context):
    return nowhere.answer(event)
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
include = ["helpers.py"]
-- app.py --
import helpers


def handler(event, context):
    return helpers.answer(event)
-- helpers.py --
def answer(event):
    return "hello"
`},
		find: findUnfound,
	}
}

func findUnfound(in *Input) []finding {
	var all []finding
	for _, i := range in.Unfound {
		all = append(all, finding{i.String(), i.At})
	}
	return all
}
