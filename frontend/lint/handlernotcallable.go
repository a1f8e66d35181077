package lint

import (
	"fmt"
	"math"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/python"
	"github.com/uvlambda/uvlambda/plan"
)

// handlerNotCallable finds handlers that Lambda's runtime fails to call.
func handlerNotCallable() Rule {
	return Rule{
		Name:        planner.RuleHandlerNotCallable,
		Description: "The handler has to be a plain function of an event and a context",
		Why: "Lambda's runtime takes the handler's attribute from its module and calls it with two arguments, the event and the context, and does not await what comes back. " +
			"So a name that the module does not have, an `async def`, and a function that takes another number of arguments all fail at the first event. " +
			"Wrap a coroutine in a function that calls `asyncio.run`.\n\n" +
			"A name that the module surely does not have is an error, and so is a module that is not Python.\n\n" +
			"The module is read, not run: what it gets by `import *`, by a decorator or by other means at run time is taken to be right. `--target test` starts the function to be sure.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
async def handler(event, context):
    return "hello"
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
import asyncio


async def greet(event):
    return "hello"


def handler(event, context):
    return asyncio.run(greet(event))
`},
		find: findNotCallable,
	}
}

func findNotCallable(in *Input) []finding {
	if in.Module == nil || in.Handler == "" {
		return nil
	}
	name := in.Handler[strings.LastIndexByte(in.Handler, '.')+1:]
	bound := in.Module.Bound(name)
	if len(bound) != 1 {
		return nil
	}
	problem := misfit(bound[0])
	if problem == "" {
		return nil
	}
	return found(fmt.Sprintf("%s %s: define it as def %s(event, context)", name, problem, name),
		plan.Location{File: in.HandlerFile, Line: bound[0].At.Line, EndLine: bound[0].At.Line})
}

// misfit says why a name of a module cannot be called as Lambda does. A
// decorated function may have become anything.
func misfit(b python.Binding) string {
	f := b.Function
	if f == nil || f.Decorated || b.Guard != 0 {
		return ""
	}
	if f.Async {
		return "is a coroutine, which Lambda's runtime does not await"
	}
	least, most, keyword := positional(f.Parameters)
	switch {
	case keyword != "":
		return fmt.Sprintf("has to be given %s by name, and Lambda gives no names", keyword)
	case most < 2:
		return "takes fewer arguments than the two that Lambda passes"
	case least > 2:
		return "needs more arguments than the two that Lambda passes"
	}
	return ""
}

// positional counts how many arguments a call needs at least, and may have at
// most, when none is given by name; keyword is one that has to be.
func positional(parameters []python.Parameter) (least, most int, keyword string) {
	for _, p := range parameters {
		switch p.Kind {
		case python.Rest:
			most = math.MaxInt
		case python.KeywordOnly:
			if !p.Default {
				keyword = p.Name
			}
		case python.KeywordRest:
		default:
			most++
			if !p.Default {
				least++
			}
		}
	}
	return least, most, keyword
}
