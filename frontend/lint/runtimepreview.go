package lint

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// runtimePreview finds runtimes that AWS does not support yet.
func runtimePreview() Rule {
	return Rule{
		Name:        "RuntimePreview",
		Description: "The function should run on a Python that Lambda supports already",
		Why: "A preview is for trying a function out before the release: AWS does not support it, and both the runtime and its base image may change. " +
			"It is chosen only when `python` or `.python-version` names it.",
		Bad: Example{Files: `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[tool.uvlambda]
handler = "app.handler"
python = "3.15"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
`},
		Good: Example{Files: `-- pyproject.toml --
[tool.uvlambda]
handler = "app.handler"
python = "3.14"
`},
		find: findPreview,
	}
}

func findPreview(in *Input) []finding {
	if !in.Runtime.Preview {
		return nil
	}
	supported := project.Supported()
	return found(fmt.Sprintf("Python %s is a preview of Lambda's, which AWS does not support yet: use %s for what people depend on",
		in.Runtime.Version, supported[len(supported)-1].Version), in.Spec.Locate("python"))
}
