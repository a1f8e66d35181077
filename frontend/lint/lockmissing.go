package lint

import "github.com/uvlambda/uvlambda/frontend/planner"

// lockMissing is found by the planner.
func lockMissing() Rule {
	return Rule{
		Name:        planner.RuleLockMissing,
		Description: "uv.lock has to be there, beside the project or its workspace's root",
		Mistake:     true,
		Why: "A build installs what `uv.lock` says and resolves nothing, so that the same input gives the same image. " +
			"Without the lock there is nothing to install from. A machine without uv writes it with `docker buildx build --target lock -o . -f pyproject.toml .`",
		Bad: Example{Files: `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[tool.uvlambda]
handler = "app.handler"
-- uv.lock --
`},
		Good: Example{Files: `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[tool.uvlambda]
handler = "app.handler"
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }
`},
	}
}
