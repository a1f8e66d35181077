package lint

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// devGroup is the group that uv installs by default, for developers.
const devGroup = "dev"

// devGroupInstalled finds the tools of developers that get into the function.
func devGroupInstalled() Rule {
	return Rule{
		Name:        "DevGroupInstalled",
		Description: "Development dependencies should not be installed into the function",
		Why: "uvlambda installs no dependency group that `groups` does not name, not even `dev`. It gets into a function by being named, by being included in a group that is, " +
			"or when a test runner, a linter or a like tool is among the dependencies themselves. It makes the function larger and slower to start, and its code is there for whoever gets in.",
		Bad:  Example{Files: devExample("dev")},
		Good: Example{Files: devExample("pdf")},
		find: findDevGroup,
	}
}

// devTools are packages that no function needs to run.
func devTools() []string {
	return []string{
		"bandit", "basedpyright", "black", "coverage", "debugpy", "flake8", "ipykernel", "ipython", "isort", "jupyter", "jupyterlab",
		"mkdocs", "moto", "mypy", "nox", "pdm", "poetry", "pre-commit", "pylint", "pyright", "pytest", "pytest-cov", "ruff", "sphinx", "tox", "twine", "ty",
	}
}

func findDevGroup(in *Input) []finding {
	var all []finding
	for i, group := range in.Spec.Groups {
		at := in.Spec.Locate("groups", strconv.Itoa(i))
		switch name := project.NormalizeName(group); {
		case name == devGroup:
			all = append(all, finding{fmt.Sprintf("group %q is what developers install: name a group of what the function needs", group), at})
		case in.includes(name, devGroup, nil):
			all = append(all, finding{fmt.Sprintf("group %q includes the group %q, which is what developers install: let %s include what both need instead", group, devGroup, devGroup), at})
		}
	}
	if len(all) > 0 {
		return all
	}
	for _, p := range in.thirdParty() {
		if slices.Contains(devTools(), p.Name) {
			why, at := in.origin(p)
			all = append(all, finding{fmt.Sprintf("%s is a tool for developers (%s): move it to the group %q", p.Name, why, devGroup), at})
		}
	}
	return all
}

// includes tells whether a group includes another, directly or through a third. It
// follows no group of the path so far again.
func (in *Input) includes(group, other string, path []string) bool {
	doc := in.Root.Doc
	for _, key := range doc.Keys("dependency-groups") {
		if project.NormalizeName(key) != group || slices.Contains(path, group) {
			continue
		}
		items, _ := doc.Value("dependency-groups", key).([]any)
		for _, item := range items {
			table, _ := item.(map[string]any)
			name, _ := table["include-group"].(string)
			name = project.NormalizeName(name)
			if name != "" && (name == other || in.includes(name, other, append(path, group))) {
				return true
			}
		}
	}
	return false
}

// devExample is a function that installs one of two groups.
func devExample(group string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"

[dependency-groups]
dev = ["pytest"]
pdf = ["pypdf"]

[tool.uvlambda]
handler = "app.handler"
groups = ["` + group + `"]
-- uv.lock --
version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "greeting"
version = "1.0.0"
source = { virtual = "." }

[package.dev-dependencies]
dev = [{ name = "pytest" }]
pdf = [{ name = "pypdf" }]

[package.metadata]

[package.metadata.requires-dev]
dev = [{ name = "pytest" }]
pdf = [{ name = "pypdf" }]

[[package]]
name = "pypdf"
version = "5.9.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [
    { url = "https://packages.example.com/pypdf-5.9.0-py3-none-any.whl", hash = "sha256:00", size = 313000 },
]

[[package]]
name = "pytest"
version = "8.4.0"
source = { registry = "https://packages.example.com/simple" }
wheels = [
    { url = "https://packages.example.com/pytest-8.4.0-py3-none-any.whl", hash = "sha256:00", size = 365000 },
]
`
}
