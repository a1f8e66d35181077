package lint

import (
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// sourceEntry is an entry of [tool.uv.sources] that holds for all platforms and
// extras.
type sourceEntry struct {
	value map[string]any
	at    plan.Location
	// index is the address of the index that the entry names.
	index string
	// known is false for an entry with conditions, which the lock has in parts.
	known bool
}

// sourcesOf are the sources of a project's requirements by normalized name: its
// own, and the workspace's for other names.
func (in *Input) sourcesOf(py *project.Pyproject) map[string]sourceEntry {
	all := map[string]sourceEntry{}
	for _, from := range []*project.Pyproject{in.Workspace.Top, py} {
		for _, key := range from.Doc.Keys("tool", "uv", "sources") {
			entry := sourceEntry{at: from.Doc.Locate("tool", "uv", "sources", key)}
			entry.value, entry.known = from.Doc.Value("tool", "uv", "sources", key).(map[string]any)
			for _, condition := range []string{"marker", "extra", "group"} {
				if _, has := entry.value[condition]; has {
					entry.known = false
				}
			}
			name, _ := entry.value["index"].(string)
			for _, index := range slices.Concat(in.Workspace.Top.NamedIndexes(), from.NamedIndexes()) {
				if index.Name == name {
					entry.index = index.URL
				}
			}
			all[project.NormalizeName(key)] = entry
		}
	}
	maps.DeleteFunc(all, func(name string, _ sourceEntry) bool { return in.Workspace.Top.WithoutSource(name) })
	return all
}

// compareSource compares the source of a requirement, or its index, with the lock.
// It gives nil when they are equal, or cannot be compared.
func (l listed) compareSource(asked requirement, locked []project.Requirement) *finding {
	if len(locked) != 1 || strings.Contains(asked.text, "@") {
		return nil
	}
	has := kindOf(locked[0])
	entry, declared := l.sources[asked.name]
	switch {
	case !declared && has != "":
		return &finding{fmt.Sprintf("has %s from %s, and [tool.uv.sources] names no source for it", asked.name, has), asked.at}
	case !declared || !entry.known:
		return nil
	}
	want := entry.kind()
	if want != "" && !slices.Contains(strings.Split(want, "|"), has) {
		if has == "" {
			has = "an index"
		}
		return &finding{fmt.Sprintf("has %s from %s, which is not its source any more", asked.name, has), entry.at}
	}
	if entry.moved(locked[0]) {
		return &finding{fmt.Sprintf("was made for another source of %s", asked.name), entry.at}
	}
	return nil
}

// kindOf names the kind of place that a locked requirement comes from; it is
// empty for one that any index may have.
func kindOf(r project.Requirement) string {
	switch _, local := r.Local(); {
	case local:
		return "a folder"
	case r.Path != "":
		return "a file"
	case r.Git != "":
		return "git"
	case r.URL != "":
		return "a URL"
	case r.Index != "":
		return "an index of its own"
	}
	return ""
}

// kind gives the kinds of source that the entry may lead to, with | between them. It
// is empty when the entry does not say.
func (s sourceEntry) kind() string {
	for key, kind := range map[string]string{
		"workspace": "a folder", "path": "a folder|a file", "git": "git", "url": "a URL", "index": "an index of its own",
	} {
		if value, has := s.value[key]; has && value != false {
			return kind
		}
	}
	return ""
}

// moved tells a source of the same kind at another place.
func (s sourceEntry) moved(r project.Requirement) bool {
	text := func(key string) string {
		value, _ := s.value[key].(string)
		return value
	}
	switch {
	case r.URL != "":
		return text("url") != "" && text("url") != r.URL
	case r.Git != "":
		at, query, _ := strings.Cut(r.Git, "?")
		if strings.TrimSuffix(strings.TrimPrefix(text("git"), "git+"), "/") != strings.TrimSuffix(at, "/") {
			return !strings.HasPrefix(text("git"), "git@")
		}
		query, _, _ = strings.Cut(query, "#")
		has, err := url.ParseQuery(query)
		for _, key := range []string{"rev", "tag", "branch"} {
			if err == nil && text(key) != has.Get(key) {
				return true
			}
		}
	case r.Index != "":
		return s.index != "" && !sameIndex(s.index, r.Index)
	case r.Path != "":
		return text("path") != "" && path.Base(text("path")) != path.Base(r.Path)
	}
	return false
}

// sameIndex tells an index of pyproject.toml in the lock, which has a folder by its
// place on the machine that locked.
func sameIndex(asked, locked string) bool {
	place, isFile := strings.CutPrefix(locked, "file://")
	if !isFile {
		return strings.TrimSuffix(asked, "/") == strings.TrimSuffix(locked, "/")
	}
	place, err := url.PathUnescape(place)
	folder := strings.TrimLeft(path.Clean(strings.TrimPrefix(asked, "file://")), "./")
	return err == nil && strings.HasSuffix(path.Clean("/"+place), "/"+folder)
}

// staleKind compares whether a member of the workspace is a package, which gets
// built and installed, or only a list of dependencies.
func (in *Input) staleKind(pkg *project.Package, py *project.Pyproject) []finding {
	isPackage, declared := py.UV["package"].(bool)
	at := py.Doc.Locate("tool", "uv", "package")
	switch {
	case pkg.Source.Virtual != "" && isPackage:
		return []finding{in.stale(at, "has %s as no package, and `package = true` makes it one", pkg.Name)}
	case pkg.Source.Virtual != "" && !declared && py.BuildSystem:
		return []finding{in.stale(py.Doc.Locate("build-system"), "has %s as no package, and its [build-system] makes it one", pkg.Name)}
	case pkg.Source.Editable != "" && declared && !isPackage:
		return []finding{in.stale(at, "has %s as a package, and `package = false` makes it none", pkg.Name)}
	case pkg.Source.Editable != "" && !declared && !py.BuildSystem && !in.required(pkg.Name):
		return []finding{in.stale(py.Doc.Locate("project"), "has %s as a package, and without [build-system] it is none", pkg.Name)}
	}
	return nil
}

// required tells a package that another one of the lock depends on: uv takes
// such a member for a package whatever it declares.
func (in *Input) required(name string) bool {
	for i := range in.Workspace.Lock.Packages {
		p := &in.Workspace.Lock.Packages[i]
		if slices.ContainsFunc(p.AllDependencies(), func(d project.Dependency) bool { return d.Name == name }) {
			return true
		}
	}
	return false
}
