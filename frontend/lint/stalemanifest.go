package lint

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// stalePython compares requires-python by the releases of Python that it
// allows: uv writes the same range in another way.
func (in *Input) stalePython() []finding {
	w := in.Workspace
	var own []*project.Pyproject
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if py := w.Members[dir]; py != nil && py.RequiresPython != "" && in.isMember(pkg) {
			own = append(own, py)
		}
	}
	if len(own) == 0 || w.Lock.RequiresPython == "" {
		return nil
	}
	// A range that cannot be read allows everything: planner refuses it.
	locked, _ := project.ParseSpecifier(w.Lock.RequiresPython)
	var ranges []project.Specifier
	for _, py := range own {
		required, _ := project.ParseSpecifier(py.RequiresPython)
		ranges = append(ranges, required)
	}
	for _, release := range project.Releases(append(ranges, locked)) {
		locked := locked.Allows(release)
		refusing := slices.IndexFunc(ranges, func(s project.Specifier) bool { return !s.Allows(release) })
		switch {
		case locked && refusing >= 0:
			py := own[refusing]
			return []finding{in.stale(py.Doc.Locate("project", "requires-python"), "was made for Python %s, and requires-python of %s is %q", w.Lock.RequiresPython, py.Name, py.RequiresPython)}
		case !locked && refusing < 0:
			return []finding{in.stale(own[0].Doc.Locate("project", "requires-python"), "was made for Python %s, and requires-python allows %s too", w.Lock.RequiresPython, release)}
		}
	}
	return nil
}

// isMember tells a member of the workspace from a dependency by path, whose
// requires-python is not the workspace's.
func (in *Input) isMember(pkg *project.Package) bool {
	lock := in.Workspace.Lock
	if len(lock.Manifest.Members) > 0 {
		return slices.Contains(lock.Manifest.Members, pkg.Name)
	}
	dir, _ := in.Workspace.PackageDir(pkg)
	return dir == in.Workspace.Root
}

// staleOptions compares the settings of the resolution.
func (in *Input) staleOptions() []finding {
	top, locked := in.Workspace.Top, in.Workspace.Lock.Options
	var all []finding
	for _, option := range []struct{ key, usual, has string }{
		{"resolution", "highest", locked.ResolutionMode},
		{"prerelease", "if-necessary-or-explicit", locked.PrereleaseMode},
		{"fork-strategy", "requires-python", locked.ForkStrategy},
	} {
		asked, _ := top.UV[option.key].(string)
		asked, has := cmp.Or(asked, option.usual), cmp.Or(option.has, option.usual)
		if asked != has {
			all = append(all, in.stale(top.Doc.Locate("tool", "uv", option.key), "was made with %s = %q, and [tool.uv] has %q", option.key, has, asked))
		}
	}
	return append(all, in.staleCutoff()...)
}

// staleCutoff compares exclude-newer. A lock that was made under the variable
// UV_EXCLUDE_NEWER is stale wherever that is not set, as in a build.
func (in *Input) staleCutoff() []finding {
	w, locked := in.Workspace, in.Workspace.Lock.Options
	asked, declared := w.Top.UV["exclude-newer"]
	at := w.Top.Doc.Locate("tool", "uv", "exclude-newer")
	switch has := cmp.Or(locked.ExcludeNewerSpan, locked.ExcludeNewer); {
	case has != "" && !declared:
		return found(fmt.Sprintf("%s was made with exclude-newer = %q, which pyproject.toml does not have: set it in [tool.uv] when it came from UV_EXCLUDE_NEWER or --exclude-newer, or lock again without it", w.Lock.Name, has), w.Lock.LocateKey("exclude-newer"))
	case has == "" && declared:
		return []finding{in.stale(at, "was made without exclude-newer")}
	case has == "" || locked.ExcludeNewerSpan != "":
		return nil
	}
	if cutoff, ok := project.CutoffTime(asked); ok && cutoff != locked.ExcludeNewer && !strings.Contains(cutoff, "T") == !strings.Contains(locked.ExcludeNewer, "T") {
		return []finding{in.stale(at, "was made with exclude-newer = %q", locked.ExcludeNewer)}
	}
	return nil
}

// staleManifest compares what the workspace asks for as a whole. Of a lock
// without packages from elsewhere uv does not record what constrains them.
func (in *Input) staleManifest() []finding {
	w := in.Workspace
	var all []finding
	if len(w.Lock.Local()) == len(w.Lock.Packages) {
		return slices.Concat(in.staleConflicts(), in.staleMembers())
	}
	for _, each := range []struct {
		key    string
		locked []project.Requirement
	}{
		{"constraint-dependencies", w.Lock.Manifest.Constraints},
		{"override-dependencies", w.Lock.Manifest.Overrides},
		{"build-constraint-dependencies", w.Lock.Manifest.BuildConstraints},
	} {
		at := w.Top.Doc.Locate("tool", "uv", each.key)
		all = append(all, in.staleList(listed{what: each.key, at: at, sources: in.sourcesOf(w.Top)}, each.locked, readList(w.Top, "tool", "uv", each.key))...)
	}
	for _, each := range []struct {
		key    string
		locked []string
	}{{"environments", w.Lock.SupportedMarkers}, {"required-environments", w.Lock.RequiredMarkers}} {
		asked := textsOf(w.Top.UV[each.key])
		if (len(asked) == 0) != (len(each.locked) == 0) || otherMarkers(asked, each.locked) {
			all = append(all, in.stale(w.Top.Doc.Locate("tool", "uv", each.key), "was made for other %s", each.key))
		}
	}
	return slices.Concat(all, in.staleConflicts(), in.staleMembers())
}

// textsOf gives the strings of an array, and one string as such an array.
func textsOf(value any) []string {
	if text, ok := value.(string); ok {
		return []string{text}
	}
	items, _ := value.([]any)
	var texts []string
	for _, item := range items {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// otherMarkers tells markers that are not the same, when all are written in a
// way that can be compared.
func otherMarkers(asked, locked []string) bool {
	canonical := func(texts []string) ([]string, bool) {
		var all []string
		for _, text := range texts {
			marker, ok := canonicalMarker(text)
			if !ok {
				return nil, false
			}
			all = append(all, marker)
		}
		slices.Sort(all)
		return slices.Compact(all), true
	}
	want, ok := canonical(asked)
	has, known := canonical(locked)
	return ok && known && !slices.Equal(want, has)
}

// staleConflicts compares the extras and groups that exclude one another.
func (in *Input) staleConflicts() []finding {
	w := in.Workspace
	asked, at := map[string]bool{}, w.Top.Doc.Locate("tool", "uv", "conflicts")
	projects := map[string]*project.Pyproject{w.Root: w.Top}
	maps.Copy(projects, w.Members)
	for _, dir := range slices.Sorted(maps.Keys(projects)) {
		py := projects[dir]
		sets, _ := py.UV["conflicts"].([]any)
		if len(sets) > 0 {
			at = py.Doc.Locate("tool", "uv", "conflicts")
		}
		for _, set := range sets {
			asked[conflictKey(set, py)] = true
		}
	}
	locked := map[string]bool{}
	for _, set := range w.Lock.Conflicts {
		var names []string
		for _, c := range set {
			names = append(names, fmt.Sprintf("%s/%s/%s", c.Package, c.Extra, c.Group))
		}
		slices.Sort(names)
		locked[strings.Join(names, " ")] = true
	}
	if maps.Equal(asked, locked) {
		return nil
	}
	return []finding{in.stale(at, "was made for other conflicts")}
}

// conflictKey is equal for sets of the same extras and groups.
func conflictKey(set any, py *project.Pyproject) string {
	var names []string
	items, _ := set.([]any)
	for _, item := range items {
		table, _ := item.(map[string]any)
		text := func(key string) string {
			value, _ := table[key].(string)
			return project.NormalizeName(value)
		}
		names = append(names, fmt.Sprintf("%s/%s/%s", cmp.Or(text("package"), project.NormalizeName(py.Name)), text("extra"), text("group")))
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

// staleMembers finds members of the lock that the workspace has no more.
func (in *Input) staleMembers() []finding {
	w := in.Workspace
	var all []finding
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		rel, below := strings.CutPrefix(dir, w.Root+"/")
		if w.Root == "." {
			rel, below = dir, dir != "."
		}
		if !below || !slices.Contains(w.Lock.Manifest.Members, pkg.Name) {
			continue
		}
		if !w.Top.HasMember(rel) {
			all = append(all, in.stale(w.Top.Doc.Locate("tool", "uv", "workspace"), "has %s in %s as a member, which the workspace does not have", pkg.Name, dir))
		}
	}
	return all
}

// staleIndexes finds packages of an index that the projects do not name. That
// is only known where they name the default index: without, it may be any.
func (in *Input) staleIndexes() []finding {
	w := in.Workspace
	var addresses []string
	var at plan.Location
	projects := map[string]*project.Pyproject{w.Root: w.Top}
	maps.Copy(projects, w.Members)
	for _, dir := range slices.Sorted(maps.Keys(projects)) {
		for _, index := range projects[dir].AllIndexes() {
			addresses = append(addresses, strings.TrimSuffix(index.URL, "/"))
			if index.Default {
				at = index.Source
			}
		}
	}
	if at.Line == 0 {
		return nil
	}
	for _, index := range in.IndexesOfArgs() {
		addresses = append(addresses, strings.TrimSuffix(index.URL, "/"))
	}
	for i := range w.Lock.Packages {
		p := &w.Lock.Packages[i]
		registry := strings.TrimSuffix(p.Source.Registry, "/")
		if strings.HasPrefix(registry, "http") && !slices.Contains(addresses, registry) {
			return []finding{in.stale(at, "has %s from %s, which is none of the indexes of pyproject.toml", p.Name, registry)}
		}
	}
	return nil
}
