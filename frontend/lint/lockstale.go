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
		Planned:     true,
		Why: "`uv.lock` records what each package of the repository asked for when it was locked: its requirements, extras and groups; and what the workspace asked for: its Pythons, constraints, overrides, environments, conflicts and the options of the resolution. " +
			"Where `pyproject.toml` says something else by now, a build fails, since `uv lock --check` runs beside it.\n\n" +
			"A check runs nothing. It compares what `uv.lock` has on record with the `pyproject.toml` files, and a build uses the same comparison to say why `uv lock --check` failed. `uvlambda plan` shows what it finds as warnings. " +
			"Markers that uv writes in another way, new members, and packages whose dependencies only a build backend knows are left to uv. With `lock = \"unchecked\"` nothing is compared.\n\n" +
			"A version of a package of the repository that is another by now is no reason for a build to fail: see [LockVersion](LockVersion.md).",
		Bad:  Example{Files: staleExample(`["httpx>=0.28", "tenacity"]`)},
		Good: Example{Files: staleExample(`["httpx>=0.28"]`)},
		find: findStale,
	}
}

// Stale gives the differences between uv.lock and the pyproject.toml files
// that make uv refuse the lock.
func Stale(in Input) []plan.Warning {
	var warnings []plan.Warning
	for _, f := range findStale(&in) {
		warnings = append(warnings, plan.Warning{Rule: "LockStale", Message: f.message, Source: f.at})
	}
	return warnings
}

func findStale(in *Input) []finding {
	if in.Spec.Lock == spec.LockUnchecked {
		return nil
	}
	w := in.Workspace
	all := slices.Concat(in.stalePython(), in.staleOptions(), in.staleManifest(), in.staleIndexes())
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if py := w.Members[dir]; py != nil && py.HasProject {
			all = append(all, in.staleKind(pkg, py)...)
			all = append(all, in.staleRequirements(pkg, py)...)
		}
	}
	return all
}

// stale is one difference. The text says what uv.lock has or lacks; the name of
// the lock stands before it and the remedy behind it.
func (in *Input) stale(at plan.Location, format string, args ...any) finding {
	return finding{fmt.Sprintf("%s %s: %s", in.Workspace.Lock.Name, fmt.Sprintf(format, args...), in.remedy()), at}
}

// remedy is how a stale lock is refreshed.
func (in *Input) remedy() string {
	return fmt.Sprintf("refresh it with `uv lock`, or without uv by `%s`", in.LockCommand())
}

// staleRequirements compares the requirements of a package, list by list.
func (in *Input) staleRequirements(pkg *project.Package, py *project.Pyproject) []finding {
	if slices.Contains(py.Dynamic, "dependencies") || slices.Contains(py.Dynamic, "optional-dependencies") {
		return nil
	}
	if silent(pkg) {
		return nil
	}
	sources := in.sourcesOf(py)
	list := listed{at: py.Doc.Locate("project", "dependencies"), own: pkg.Name, sources: sources}
	compare := func(what string, locked []project.Requirement, asked []requirement) []finding {
		list.what = what + " of " + pkg.Name
		return in.staleList(list, locked, asked)
	}
	all := compare("the dependencies", pkg.Metadata.RequiresDist, requirementsOf(py))
	all = append(all, in.staleExtras(pkg, py)...)
	groups := groupsOf(py)
	list.ownPythons = py.Doc.Has("tool", "uv", "dependency-groups")
	for _, name := range slices.Sorted(maps.Keys(groups)) {
		locked, known := pkg.Metadata.RequiresDev[name]
		if !known {
			all = append(all, in.stale(groups[name].at, "does not know the group %q of %s", name, pkg.Name))
			continue
		}
		all = append(all, compare(fmt.Sprintf("group %q", name), locked, groups[name].items)...)
	}
	for _, name := range slices.Sorted(maps.Keys(pkg.Metadata.RequiresDev)) {
		if _, there := groups[name]; !there {
			all = append(all, in.stale(py.Doc.Locate("dependency-groups"), "has a group %q of %s that is not there any more", name, pkg.Name))
		}
	}
	return all
}

// staleExtras compares the names of extras. Early versions of uv did not
// record them.
func (in *Input) staleExtras(pkg *project.Package, py *project.Pyproject) []finding {
	locked := pkg.Metadata.ProvidesExtras
	if len(locked) == 0 {
		return nil
	}
	var all []finding
	for _, key := range py.Doc.Keys("project", "optional-dependencies") {
		if !slices.Contains(locked, project.NormalizeName(key)) {
			all = append(all, in.stale(py.Doc.Locate("project", "optional-dependencies", key), "does not know the extra %q of %s", key, pkg.Name))
		}
	}
	for _, name := range locked {
		if _, there := py.OptionalDependencies[name]; !there {
			all = append(all, in.stale(py.Doc.Locate("project", "optional-dependencies"), "has an extra %q of %s that is not there any more", name, pkg.Name))
		}
	}
	return all
}

// silent reports whether the lock lacks the requirements of a package: it has
// dependencies, but nothing asks for them. Early versions of uv did not record
// requirements.
func silent(pkg *project.Package) bool {
	asked := len(pkg.Metadata.RequiresDist) + len(pkg.Metadata.RequiresDev)
	return asked == 0 && len(pkg.Dependencies)+len(pkg.OptionalDependencies)+len(pkg.DevDependencies) > 0
}

// listed is a list of requirements in pyproject.toml.
type listed struct {
	// what names the list and its project, at is where the list stands.
	what string
	at   plan.Location
	// own is the project's own name: its extras may require one another.
	own     string
	sources map[string]sourceEntry
	// ownPythons is set for a group of a project that has Pythons for its groups.
	ownPythons bool
}

// staleList compares one list of requirements: what was asked for and is not
// locked, and what was locked and is not asked for.
func (in *Input) staleList(list listed, locked []project.Requirement, asked []requirement) []finding {
	var all []finding
	var keys []string
	elsewhere := sourced(locked)
	for _, r := range locked {
		keys = append(keys, keyOf(r.Name, r.Extras, r.Specifier, elsewhere))
	}
	var wanted []string
	for _, r := range asked {
		key := keyOf(r.name, r.extras, r.specifier, elsewhere)
		wanted = append(wanted, key)
		if r.name == list.own {
			continue
		}
		if !slices.Contains(keys, key) {
			all = append(all, in.stale(r.at, "was not made for %q in %s", r.text, list.what))
			continue
		}
		var same []project.Requirement
		for i, other := range locked {
			if keys[i] == key {
				same = append(same, other)
			}
		}
		if difference := list.compareSource(r, same); difference != nil {
			all = append(all, in.stale(difference.at, "%s", difference.message))
		} else if !list.conditional(r) && otherMarker(r, same) {
			all = append(all, in.stale(r.at, "was made for another marker than %q has in %s", r.text, list.what))
		}
	}
	if len(all) > 0 {
		// A changed requirement is both: once is enough.
		return all
	}
	for i, r := range locked {
		if !slices.Contains(wanted, keys[i]) && r.Name != list.own {
			return []finding{in.stale(list.at, "was made for %s in %s, which does not ask for it", r.Name, list.what)}
		}
	}
	return nil
}

// conditional tells a requirement whose marker in the lock has conditions from
// elsewhere: of its source, or of a group that has its own Pythons.
func (l listed) conditional(asked requirement) bool {
	entry, declared := l.sources[asked.name]
	return declared && !entry.known || l.ownPythons
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
