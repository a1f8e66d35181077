package lint

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// moduleShadowed finds modules that hide modules of Python or of the runtime.
func moduleShadowed() Rule {
	return Rule{
		Name:        "ModuleShadowed",
		Description: "A module should not have the name of one of Python's or of Lambda's runtime",
		Why: "The task root comes first where Lambda's Python looks for modules, before the standard library and before the runtime's own. A module `logging.py`, or a package `email`, is what every other module gets instead of Python's, " +
			"the runtime's client included, and the function often fails before its first line. Old backports from PyPI, such as `typing` or `enum34`, do the same.\n\n" +
			"This looks at the application's modules at the task root, at the names of the repository's packages, and at third-party packages that have the name of a module of Python.",
		Bad: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
include = ["logging.py"]
-- logging.py --
LEVEL = "info"
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
include = ["log_settings.py"]
-- log_settings.py --
LEVEL = "info"
`},
		find: findShadowed,
	}
}

// findShadowed looks at what puts modules into the task root. Of the application
// the copies are known, of a package the name is.
func findShadowed(in *Input) []finding {
	var all []finding
	add := func(module, what string, at plan.Location, remedy string) {
		if whose := in.owner(module); whose != "" {
			all = append(all, finding{fmt.Sprintf("%s hides the module %s of %s: %s", what, module, whose, remedy), at})
		}
	}
	for _, app := range plan.All[plan.App](in.Plan) {
		for _, c := range app.Copies {
			if module := in.topModule(c); module != "" {
				add(module, c.From, c.Source, "rename it")
			}
		}
	}
	for st, m := range plan.Each[plan.Member](in.Plan) {
		if !m.IsFile {
			add(strings.ReplaceAll(project.NormalizeName(m.Name), "-", "_"), "the package "+m.Name, st.Source, "rename its module")
		}
	}
	for _, p := range in.thirdParty() {
		if module := backport(p.Name); module != "" {
			why, at := in.origin(p)
			add(module, why, at, "leave it out")
		}
	}
	return all
}

// owner says whose a module of that name is, "" when it is nobody's. The
// modules of the runtime are only known of AWS's base.
func (in *Input) owner(module string) string {
	switch {
	case project.IsStandardModule(module):
		return "Python's standard library"
	case in.Spec.Base == "" && project.IsRuntimeModule(module):
		return "Lambda's runtime"
	}
	return ""
}

// topModule is the module that a copy puts at the task root, "" for none: a
// folder is one only with an __init__.py, as far as its files are known.
func (in *Input) topModule(c plan.Copy) string {
	if name, ok := strings.CutSuffix(c.To, ".py"); ok && !strings.Contains(name, "/") {
		return name
	}
	if strings.Contains(c.To, "/") || c.To == "." {
		return ""
	}
	if initial := path.Join(c.From, "__init__.py"); !in.Workspace.Files.Exists(initial) && !in.sends(initial) {
		return ""
	}
	return c.To
}

// sends tells whether a file is known to be sent.
func (in *Input) sends(file string) bool {
	return in.Context != nil && slices.ContainsFunc(in.Context.Sent, func(s Sent) bool { return s.Path == file })
}

// backport is the module of Python's, or of the runtime's client, that a
// package from an index brings again; "" for none.
func backport(name string) string {
	switch name {
	case "enum34":
		return "enum"
	case "futures":
		return "concurrent"
	case "configparser":
		// Its current versions leave Python's alone.
		return ""
	case "awslambdaric":
		return name
	}
	module := strings.ReplaceAll(name, "-", "_")
	if project.IsStandardModule(module) {
		return module
	}
	return ""
}
