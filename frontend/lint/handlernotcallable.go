package lint

import (
	"bytes"
	"fmt"
	"math"
	"regexp"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// handlerNotCallable finds handlers that Lambda's runtime fails to call.
func handlerNotCallable() Rule {
	return Rule{
		Name:        "HandlerNotCallable",
		Description: "The handler has to be a plain function of an event and a context",
		Why: "Lambda's runtime takes the handler's attribute from its module and calls it with two arguments, the event and the context, and does not await what comes back. " +
			"So a name that the module does not have, an `async def`, and a function that takes another number of arguments all fail at the first event. " +
			"Wrap a coroutine in a function that calls `asyncio.run`.\n\n" +
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

// dynamic matches what can give a module names that are not written in it.
var dynamic = regexp.MustCompile(`import\s+\*|\b(globals|exec|eval|setattr|__getattr__)\b`)

func findNotCallable(in *Input) []finding {
	data, ok := in.Workspace.Files.Data(in.HandlerFile)
	if !ok || in.Plan.Config == nil {
		return nil
	}
	handler := in.Plan.Config.Cmd[0]
	name := handler[strings.LastIndexByte(handler, '.')+1:]
	module := bytes.ReplaceAll(data, []byte("\r"), nil)
	bound := bindings(module, name)
	if len(bound) == 0 && !dynamic.Match(module) {
		return found(fmt.Sprintf("%s does not define %s: define it there, or correct the handler", in.HandlerFile, name), in.Spec.Locate("handler"))
	}
	problem, offset := misfit(module, name)
	if problem == "" || len(bound) > 1 {
		return nil
	}
	line := 1 + bytes.Count(module[:offset], []byte("\n"))
	return found(fmt.Sprintf("%s %s: define it as def %s(event, context)", name, problem, name),
		plan.Location{File: in.HandlerFile, Line: line, EndLine: line})
}

// bindings are the places where a module gives something a name: definitions,
// assignments and imports, however deep.
func bindings(module []byte, name string) [][]int {
	quoted := regexp.QuoteMeta(name)
	return regexp.MustCompile(
		`\b(def|class|as)\s+`+quoted+`\b`+
			`|(?m:^[ \t]*([\w.]+\s*,\s*)*`+quoted+`\b\s*(,|:?=[^=]|:[^=\n]*=))`+
			`|\bimport\s[^\n(]*\b`+quoted+`\b`+
			`|\bimport\s*\([^)]*\b`+quoted+`\b`).FindAllIndex(module, -1)
}

// misfit says why a function at a module's top level cannot be called as Lambda
// does, and where it stands; a decorated one may have become anything.
func misfit(module []byte, name string) (problem string, offset int) {
	def := regexp.MustCompile(`(?m)^(async[ \t]+)?def[ \t]+` + regexp.QuoteMeta(name) + `[ \t]*\(`).FindSubmatchIndex(module)
	if def == nil || decorated(module[:def[0]]) {
		return "", 0
	}
	if def[2] >= 0 {
		return "is a coroutine, which Lambda's runtime does not await", def[0]
	}
	least, most, keyword := positional(parameters(string(module[def[1]:])))
	switch {
	case keyword != "":
		return fmt.Sprintf("has to be given %s by name, and Lambda gives no names", keyword), def[0]
	case most < 2:
		return "takes fewer arguments than the two that Lambda passes", def[0]
	case least > 2:
		return "needs more arguments than the two that Lambda passes", def[0]
	}
	return "", 0
}

// decorated tells whether what precedes a definition ends with a decorator,
// which may go over several lines.
func decorated(before []byte) bool {
	lines := strings.Split(strings.TrimRight(string(before), "\n"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		line := lines[i]
		if line != "" && !strings.ContainsAny(line[:1], " \t)]}#") {
			return strings.HasPrefix(line, "@")
		}
	}
	return false
}

// parameters splits what follows the opening parenthesis of a definition at
// its commas, up to the closing one.
func parameters(text string) []string {
	var all []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '(', '[', '{':
			depth++
		case ')', ']', '}':
			if depth--; depth < 0 {
				return append(all, strings.TrimSpace(text[start:i]))
			}
		case '#':
			// A comment may hold anything; it is blanked up to its line's end.
			end := strings.IndexByte(text[i:], '\n')
			if end < 0 {
				return all
			}
			text = text[:i] + strings.Repeat(" ", end) + text[i+end:]
		case '"', '\'':
			end := strings.IndexByte(text[i+1:], text[i])
			if end < 0 {
				return all
			}
			i += end + 1
		case ',':
			if depth == 0 {
				all = append(all, strings.TrimSpace(text[start:i]))
				start = i + 1
			}
		}
	}
	return all
}

// positional counts how many arguments a call needs at least, and may have at
// most, when none is given by name; keyword is one that has to be.
func positional(parameters []string) (least, most int, keyword string) {
	named := false
	for _, p := range parameters {
		switch {
		case p == "" || p == "/" || strings.HasPrefix(p, "**"):
		case p == "*":
			named = true
		case strings.HasPrefix(p, "*"):
			most, named = math.MaxInt, true
		case named:
			if !strings.Contains(p, "=") {
				keyword, _, _ = strings.Cut(p, ":")
			}
		default:
			most++
			if !strings.Contains(p, "=") {
				least++
			}
		}
	}
	return least, most, keyword
}
