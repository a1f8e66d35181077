package lint

import (
	"fmt"
	"maps"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// lockStale finds what uv.lock was not made for.
func lockStale() Rule {
	return Rule{
		Name:        "LockStale",
		Description: "uv.lock should have been made for what pyproject.toml says",
		CheckOnly:   true,
		Why: "`uv.lock` records what each package of the repository asked for when it was locked: its version, requirements, extras and groups. Where `pyproject.toml` says something else by now, a build fails, since `uv lock --check` runs beside it.\n\n" +
			"A check runs nothing, so it compares the names, extras and version specifiers of requirements, the names of groups, and versions. Markers, `[tool.uv.sources]`, constraints, overrides, " +
			"the list of members, and packages whose dependencies only a build backend knows are left to the build. With `lock = \"unchecked\"` nothing is looked at.",
		Bad:  Example{Files: staleExample(`["httpx>=0.28", "tenacity"]`)},
		Good: Example{Files: staleExample(`["httpx>=0.28"]`)},
		find: findStale,
	}
}

func findStale(in *Input) []finding {
	if in.Spec.Lock == spec.LockUnchecked {
		return nil
	}
	w := in.Workspace
	all := in.stalePython()
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if py := w.Members[dir]; py != nil && py.HasProject {
			all = append(all, in.staleVersion(pkg, py)...)
			all = append(all, in.staleRequirements(pkg, py)...)
		}
	}
	return all
}

// remedy is how a stale lock is refreshed.
func (in *Input) remedy() string {
	return fmt.Sprintf("refresh it with `uv lock`, or without uv by `%s`", in.LockCommand())
}

// stalePython compares requires-python by the runtimes that it allows: uv
// writes the same range in another way.
func (in *Input) stalePython() []finding {
	w := in.Workspace
	var own []*project.Pyproject
	for _, dir := range slices.Sorted(maps.Keys(w.Members)) {
		own = append(own, w.Members[dir])
	}
	for _, rt := range project.Runtimes() {
		locked, err := project.Allows(w.Lock.RequiresPython, rt.Version)
		if err != nil {
			return nil
		}
		for _, py := range own {
			asked, err := project.Allows(py.RequiresPython, rt.Version)
			if err == nil && locked && !asked {
				return found(fmt.Sprintf("%s was made for Python %s, which requires-python of %s does not allow: %s", w.Lock.Name, rt.Version, py.Name, in.remedy()),
					py.Doc.Locate("project", "requires-python"))
			}
		}
		allows := func(py *project.Pyproject) bool {
			asked, err := project.Allows(py.RequiresPython, rt.Version)
			return err == nil && asked
		}
		if !locked && len(own) > 0 && !slices.ContainsFunc(own, func(py *project.Pyproject) bool { return !allows(py) }) {
			return found(fmt.Sprintf("%s was not made for Python %s, which requires-python allows: %s", w.Lock.Name, rt.Version, in.remedy()),
				own[0].Doc.Locate("project", "requires-python"))
		}
	}
	return nil
}

// staleVersion compares the version of a package.
func (in *Input) staleVersion(pkg *project.Package, py *project.Pyproject) []finding {
	if pkg.Version == "" || py.Version == "" || project.CompareVersions(pkg.Version, py.Version) == 0 {
		return nil
	}
	return found(fmt.Sprintf("%s has version %s of %s: %s", in.Workspace.Lock.Name, pkg.Version, pkg.Name, in.remedy()),
		py.Doc.Locate("project", "version"))
}

// staleRequirements compares the requirements of a package, list by list.
func (in *Input) staleRequirements(pkg *project.Package, py *project.Pyproject) []finding {
	if slices.Contains(py.Dynamic, "dependencies") || slices.Contains(py.Dynamic, "optional-dependencies") {
		return nil
	}
	if silent(pkg) {
		return nil
	}
	all := in.staleList(pkg, py, "the dependencies", pkg.Metadata.RequiresDist, requirementsOf(py))
	groups := groupsOf(py)
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		locked, known := pkg.Metadata.RequiresDev[name]
		if !known {
			all = append(all, finding{fmt.Sprintf("%s does not know the group %q of %s: %s", in.Workspace.Lock.Name, name, pkg.Name, in.remedy()), groups[name].at})
			continue
		}
		all = append(all, in.staleList(pkg, py, fmt.Sprintf("group %q", name), locked, groups[name].items)...)
	}
	for _, name := range slices.Sorted(maps.Keys(pkg.Metadata.RequiresDev)) {
		if _, there := groups[name]; !there {
			all = append(all, finding{fmt.Sprintf("%s has a group %q of %s that is not there any more: %s", in.Workspace.Lock.Name, name, pkg.Name, in.remedy()),
				py.Doc.Locate("dependency-groups")})
		}
	}
	return all
}

// silent tells a package whose lock is of an early uv, which did not record what
// was asked for: it has dependencies, and nothing that asks for them.
func silent(pkg *project.Package) bool {
	asked := len(pkg.Metadata.RequiresDist) + len(pkg.Metadata.RequiresDev)
	return asked == 0 && len(pkg.Dependencies)+len(pkg.OptionalDependencies)+len(pkg.DevDependencies) > 0
}

// staleList compares one list of requirements: what was asked for and is not
// locked, and what was locked and is not asked for.
func (in *Input) staleList(pkg *project.Package, py *project.Pyproject, list string, locked []project.Requirement, asked []requirement) []finding {
	var all []finding
	var keys []string
	elsewhere := sourced(locked)
	for _, r := range locked {
		keys = append(keys, keyOf(r.Name, r.Extras, r.Specifier, elsewhere))
	}
	var wanted []string
	for _, r := range asked {
		key := keyOf(r.name, r.extras, r.specifier, elsewhere)
		if wanted = append(wanted, key); !slices.Contains(keys, key) && r.name != pkg.Name {
			all = append(all, finding{fmt.Sprintf("%s was not made for %q in %s of %s: %s", in.Workspace.Lock.Name, r.text, list, pkg.Name, in.remedy()), r.at})
		}
	}
	if len(all) > 0 {
		// A changed requirement is both: once is enough.
		return all
	}
	for i, r := range locked {
		if !slices.Contains(wanted, keys[i]) && r.Name != pkg.Name {
			return found(fmt.Sprintf("%s was made for %s in %s of %s, which does not ask for it: %s", in.Workspace.Lock.Name, r.Name, list, pkg.Name, in.remedy()), in.listLocation(py))
		}
	}
	return nil
}

// listLocation is where a project's requirements stand.
func (in *Input) listLocation(py *project.Pyproject) plan.Location {
	return py.Doc.Locate("project", "dependencies")
}

// staleExample is a project that was locked with one dependency.
func staleExample(dependencies string) string {
	return `-- pyproject.toml --
[project]
name = "greeting"
version = "1.0.0"
requires-python = ">=3.13"
dependencies = ` + dependencies + `

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
dependencies = [{ name = "httpx" }]

[package.metadata]
requires-dist = [{ name = "httpx", specifier = ">=0.28" }]

[[package]]
name = "httpx"
version = "0.28.1"
source = { registry = "https://packages.example.com/simple" }
wheels = [
    { url = "https://packages.example.com/httpx-0.28.1-py3-none-any.whl", hash = "sha256:00", size = 73000 },
]
`
}
