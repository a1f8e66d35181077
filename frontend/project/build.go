package project

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"

	"deps.dev/util/pypi"
	"github.com/pelletier/go-toml/v2"
)

// Backend is the top-level module of the build backend. It is empty for a
// backend that is part of the project itself, and "setuptools" for a project
// that names none: https://peps.python.org/pep-0517/#source-trees.
func (p *Pyproject) Backend() string {
	if p.Doc.Has("build-system", "backend-path") {
		return ""
	}
	backend, _ := p.Doc.Value("build-system", "build-backend").(string)
	if backend == "" {
		return "setuptools"
	}
	backend, _, _ = strings.Cut(backend, ":")
	backend, _, _ = strings.Cut(backend, ".")
	return backend
}

// BuildRequires are the normalized names of the packages that the project is
// built with.
func (p *Pyproject) BuildRequires() []string {
	list, _ := p.Doc.Value("build-system", "requires").([]any)
	return requirementNames(list)
}

// DependencyNames are the normalized names of the project's dependencies, without
// its extras.
func (p *Pyproject) DependencyNames() []string {
	list, _ := p.Doc.Value("project", "dependencies").([]any)
	return requirementNames(list)
}

// ExtraBuildRequires are the names that [tool.uv] extra-build-dependencies adds
// for the build of a package.
func (p *Pyproject) ExtraBuildRequires(name string) []string {
	extra, _ := p.UV["extra-build-dependencies"].(map[string]any)
	var names []string
	for key, list := range extra {
		if list, ok := list.([]any); ok && NormalizeName(key) == NormalizeName(name) {
			names = append(names, requirementNames(list)...)
		}
	}
	slices.Sort(names)
	return names
}

// requirementNames reads the names of requirements, which stand in strings or,
// as uv has them too, in tables.
func requirementNames(list []any) []string {
	var names []string
	for _, item := range list {
		text, _ := item.(string)
		if table, ok := item.(map[string]any); ok {
			text, _ = table["requirement"].(string)
		}
		// The parser wants a space before the URL, PEP 508 does not.
		if requirement, err := pypi.ParseDependency(strings.Replace(text, "@", " @", 1)); err == nil {
			names = append(names, NormalizeName(requirement.Name))
		}
	}
	return names
}

// OwnSource is where a project has a package from, if that is the repository:
// the workspace, or a path relative to the project's folder.
type OwnSource struct {
	Workspace bool
	Path      string
}

// sources gives the key of a package in [tool.uv.sources], and its entries. There
// are several when they have markers.
func (p *Pyproject) sources(name string) (key string, entries []any) {
	all, _ := p.UV["sources"].(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(all)) {
		if NormalizeName(key) != name {
			continue
		}
		if list, ok := all[key].([]any); ok {
			return key, list
		}
		return key, []any{all[key]}
	}
	return "", nil
}

// WithoutSource tells whether no-sources or no-sources-package keeps uv from the source
// of a package.
func (p *Pyproject) WithoutSource(name string) bool {
	named := slices.ContainsFunc(p.uvStrings("no-sources-package"), func(other string) bool { return NormalizeName(other) == name })
	return named || p.UV["no-sources"] == true
}

// HasSource tells whether [tool.uv.sources] has an entry for a package.
func (p *Pyproject) HasSource(name string) bool {
	key, _ := p.sources(name)
	return key != ""
}

// OwnSources are the places in the repository that [tool.uv.sources] names for
// a package.
func (p *Pyproject) OwnSources(name string) []OwnSource {
	var own []OwnSource
	_, entries := p.sources(name)
	for _, entry := range entries {
		table, _ := entry.(map[string]any)
		workspace, _ := table["workspace"].(bool)
		place, _ := table["path"].(string)
		if workspace || place != "" {
			own = append(own, OwnSource{Workspace: workspace, Path: place})
		}
	}
	return own
}

// ForBuilds gives the pyproject.toml of a workspace's root with only what uv
// reads of it to build a member: where the named packages come from, and which
// folders are members. It is not ok when the text would say something else.
func (p *Pyproject) ForBuilds(names, members []string) (text string, ok bool) {
	sources := map[string]any{}
	for _, name := range names {
		if key, _ := p.sources(name); key != "" {
			sources[key] = p.UV["sources"].(map[string]any)[key]
		}
	}
	literal := make([]any, 0, len(members))
	for _, dir := range members {
		literal = append(literal, globMeta.Replace(dir))
	}
	uv := map[string]any{"sources": sources, "workspace": map[string]any{"members": literal}}
	if index, ok := p.UV["index"]; ok {
		uv["index"] = index
	}
	kept := map[string]any{"tool": map[string]any{"uv": uv}}
	data, err := toml.Marshal(kept)
	if err != nil {
		return "", false
	}
	var read map[string]any
	if err := toml.Unmarshal(data, &read); err != nil {
		return "", false
	}
	return string(data), reflect.DeepEqual(read, kept)
}

// globMeta makes a path a pattern that matches nothing else.
var globMeta = strings.NewReplacer("[", "[[]", "*", "[*]", "?", "[?]")

// NamedOutside are the paths outside of the project's folder, relative to it, that
// the project's metadata and the table of its build backend name. A folder above
// the project's folder does not count: its name says where to search.
func (p *Pyproject) NamedOutside() []string {
	var named []string
	add := func(text string) {
		if place, ok := leadsOut(text); ok {
			named = append(named, place)
		}
	}
	for _, key := range []string{"readme", "license", "license-files"} {
		eachString(p.Doc.Value("project", key), add)
	}
	for _, table := range p.Doc.Keys("tool") {
		switch {
		case table == "uv":
			eachString(p.Doc.Value("tool", "uv", "build-backend"), add)
		case p.buildsWith(table):
			eachString(p.Doc.Value("tool", table), add)
		}
	}
	slices.Sort(named)
	return slices.Compact(named)
}

// buildsWith tells whether a table below [tool] is for something that the
// project is built with: names of such tables begin the names of packages, as
// "hatch" stands for hatchling and "flit" for flit-core.
func (p *Pyproject) buildsWith(table string) bool {
	table = NormalizeName(table)
	isFor := func(name string) bool { return strings.HasPrefix(name, table) }
	return isFor(strings.ReplaceAll(p.Backend(), "_", "-")) || slices.ContainsFunc(p.BuildRequires(), isFor)
}

// eachString visits the strings of a value, the keys of tables among them.
func eachString(value any, visit func(string)) {
	switch value := value.(type) {
	case string:
		visit(value)
	case []any:
		for _, item := range value {
			eachString(item, visit)
		}
	case map[string]any:
		for key, item := range value {
			visit(key)
			eachString(item, visit)
		}
	}
}

// leadsOut gives the path that a text names, up to the first pattern in it,
// when that leads out of the folder that it is relative to.
func leadsOut(text string) (string, bool) {
	if !strings.Contains(text, "..") || strings.ContainsAny(text, "\n\x00") {
		return "", false
	}
	before, _, isPattern := cutAny(text, "*?[{")
	if isPattern {
		before = before[:strings.LastIndexByte(before, '/')+1]
	}
	place := path.Clean(before)
	if !strings.HasPrefix(place, "../") || path.Base(place) == ".." {
		return "", false
	}
	return place, true
}

// cutAny cuts a text at the first of some characters.
func cutAny(text, chars string) (before, after string, found bool) {
	i := strings.IndexAny(text, chars)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i:], true
}
