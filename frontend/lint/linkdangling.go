package lint

import "fmt"

// linkDangling finds symbolic links of the application that lead to nothing.
func linkDangling() Rule {
	return Rule{
		Name:        "LinkDangling",
		Description: "A symbolic link of the application should lead to a file",
		Why: "A build follows the symbolic links of what it copies: a link to a file or folder elsewhere in the build context becomes a copy of it, and a link between two files of the task root stays a link. " +
			"A link to something that is not in the context has nothing to follow, and is left out: editors make such links as locks (`.#main.py`), and build tools that were cleaned up leave them. " +
			"Files that `.dockerignore` hides are not in the context either. A link that leads out of the context is an error.",
		Bad: Example{Links: map[string]string{"app/settings.toml": "../config/prod.toml"}, Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
-- app/__init__.py --
def handler(event, context):
    return "hello"
`},
		Good: Example{Links: map[string]string{"app/settings.toml": "../config/prod.toml"}, Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
-- app.py --
-- app/__init__.py --
def handler(event, context):
    return "hello"
-- config/prod.toml --
greeting = "hello"
`},
		find: findDangling,
	}
}

func findDangling(in *Input) []finding {
	var all []finding
	for _, link := range in.LeftOut {
		why, remedy := "which is not in the build context, so it is left out", "remove the link, or leave it out with `exclude`"
		if h, err := in.Workspace.Ignored.Hides(link.Target); err == nil && h != nil {
			why, remedy = fmt.Sprintf("which the line %q of .dockerignore hides, so that the link is left out", h.Pattern), h.Remedy(link.Target)
		}
		all = append(all, finding{fmt.Sprintf("%s is a symbolic link to %s, %s: %s", link.Path, link.Link, why, remedy), link.Source})
	}
	return all
}
