package lint

import (
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/spec"
)

// lockVersion finds packages of the repository that have another version than
// when they were locked.
func lockVersion() Rule {
	return Rule{
		Name:        "LockVersion",
		Description: "uv.lock should have the versions that the repository's packages have",
		Why: "`uv.lock` records the version of each package of the repository. A new version changes nothing of what gets installed from elsewhere, so a build goes on, and its packages have the new version. " +
			"But `uv lock --check` and `uv sync --locked` of others fail until the lock is written again. With `lock = \"unchecked\"` nothing is compared.",
		Bad:  Example{Files: versionExample("1.1.0")},
		Good: Example{Files: versionExample("1.0.0")},
		find: findVersions,
	}
}

func findVersions(in *Input) []finding {
	if in.Spec.Lock == spec.LockUnchecked {
		return nil
	}
	var all []finding
	for _, d := range in.Workspace.OtherVersions() {
		locked := "version " + d.Package.Version
		if d.Package.Version == "" {
			locked = "a dynamic version"
		}
		all = append(all, in.stale(d.Project.Doc.Locate("project", "version"), "has %s of %s", locked, d.Package.Name))
	}
	return all
}

// versionExample is a project of a version that was locked as 1.0.0.
func versionExample(version string) string {
	return fmt.Sprintf(`-- pyproject.toml --
[project]
name = "greeting"
version = %q
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
`, version)
}
