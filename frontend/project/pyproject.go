// Package project knows what a uv project is: its pyproject.toml, its uv.lock,
// the packages that one member needs on one target, and the Pythons of AWS
// Lambda.
package project

import (
	"slices"
	"strconv"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// Pyproject is what a build needs to know of a pyproject.toml
// (https://packaging.python.org/en/latest/specifications/pyproject-toml/).
type Pyproject struct {
	Doc *source.Document

	// HasProject is set when there is a [project] table.
	HasProject bool
	// Name is [project] name as written; compare it by NormalizeName.
	Name string
	// Version is empty when the build backend finds it out.
	Version     string
	Description string
	// License is an SPDX expression, or the text of the older table form.
	License        string
	URLs           map[string]string
	RequiresPython string
	Dependencies   []string
	// Dynamic are the fields of [project] that the build backend finds out.
	Dynamic []string
	// OptionalDependencies are the requirements of each extra, by normalized
	// name.
	OptionalDependencies map[string][]string
	// Groups are the sorted normalized names of [dependency-groups], with "dev"
	// for uv's older [tool.uv] dev-dependencies.
	Groups []string
	// BuildSystem is set when there is a [build-system] table.
	BuildSystem bool

	// Workspace is set when there is a [tool.uv.workspace] table.
	Workspace bool
	// WorkspaceMembers and WorkspaceExclude are glob patterns.
	WorkspaceMembers []string
	WorkspaceExclude []string
	// RequiredVersion is [tool.uv] required-version, a checked specifier.
	RequiredVersion string
	// UV is the raw [tool.uv] table.
	UV map[string]any
}

// ParsePyproject reads a pyproject.toml. Its error joins all mistakes in the
// parts that are read, each a *source.Error.
func ParsePyproject(doc *source.Document) (*Pyproject, error) {
	t := doc.Table()
	p := &Pyproject{Doc: doc, BuildSystem: doc.Has("build-system")}
	p.readProject(t)
	p.readGroups(t)
	p.readUV(t)
	if err := t.Err(); err != nil {
		return nil, err
	}
	return p, nil
}

func (p *Pyproject) readProject(t *source.Table) {
	if t.Map("project") == nil {
		return
	}
	p.HasProject = true
	p.Name = t.String("project", "name")
	switch {
	case p.Name == "" && t.Value("project", "name") == nil:
		t.Add([]string{"project"}, "[project] has no name: add one")
	case p.Name != "" && !ValidName(p.Name):
		t.Add([]string{"project", "name"},
			"%q is not a name for a project: use letters, digits and -, _ or . between them", p.Name)
	}
	p.Version = t.String("project", "version")
	p.Description = t.String("project", "description")
	p.URLs = t.StringMap("project", "urls")
	p.Dependencies = t.Strings("project", "dependencies")
	p.Dynamic = t.Strings("project", "dynamic")
	p.RequiresPython = readSpecifier(t, "project", "requires-python")
	p.License = readLicense(t)
	p.OptionalDependencies = map[string][]string{}
	t.Map("project", "optional-dependencies")
	for _, name := range t.Keys("project", "optional-dependencies") {
		p.OptionalDependencies[NormalizeName(name)] = t.Strings("project", "optional-dependencies", name)
	}
}

// readLicense reads both forms: the expression of PEP 639 and the table of
// PEP 621, whose text counts; a file is not read.
func readLicense(t *source.Table) string {
	if _, isTable := t.Value("project", "license").(map[string]any); isTable {
		return t.String("project", "license", "text")
	}
	return t.String("project", "license")
}

// readSpecifier reads a version specifier and checks it.
func readSpecifier(t *source.Table, path ...string) string {
	text := t.String(path...)
	if _, err := ParseSpecifier(text); err != nil {
		t.Add(path, "%s: %w", path[len(path)-1], err)
	}
	return text
}

func (p *Pyproject) readGroups(t *source.Table) {
	t.Map("dependency-groups")
	for _, name := range t.Keys("dependency-groups") {
		p.Groups = append(p.Groups, NormalizeName(name))
	}
	if t.Value("tool", "uv", "dev-dependencies") != nil {
		p.Groups = append(p.Groups, "dev")
	}
	slices.Sort(p.Groups)
	p.Groups = slices.Compact(p.Groups)
}

func (p *Pyproject) readUV(t *source.Table) {
	t.Map("tool")
	p.UV = t.Map("tool", "uv")
	p.Workspace = t.Map("tool", "uv", "workspace") != nil
	p.WorkspaceMembers = t.Strings("tool", "uv", "workspace", "members")
	p.WorkspaceExclude = t.Strings("tool", "uv", "workspace", "exclude")
	p.RequiredVersion = t.String("tool", "uv", "required-version")
	if _, err := MatchUV(p.RequiredVersion, "0"); err != nil {
		t.Add([]string{"tool", "uv", "required-version"}, "required-version: %w", err)
	}
	for i := range t.Array("tool", "uv", "index") {
		t.String("tool", "uv", "index", strconv.Itoa(i), "name")
		t.String("tool", "uv", "index", strconv.Itoa(i), "url")
	}
}

// BuildSettings gives the entries of [tool.uv] that allow or forbid building.
func (p *Pyproject) BuildSettings() BuildSettings {
	flag := func(key string) bool {
		value, _ := p.UV[key].(bool)
		return value
	}
	return BuildSettings{
		NoBuild:         flag("no-build"),
		NoBuildPackage:  normalized(p.uvStrings("no-build-package")),
		NoBinary:        flag("no-binary"),
		NoBinaryPackage: normalized(p.uvStrings("no-binary-package")),
	}
}

// WorkspaceSources are the sorted names of [tool.uv.sources] that come from the
// workspace.
func (p *Pyproject) WorkspaceSources() []string {
	sources, _ := p.UV["sources"].(map[string]any)
	var names []string
	for name, value := range sources {
		// A list has one source for each marker.
		choices, isList := value.([]any)
		if !isList {
			choices = []any{value}
		}
		if slices.ContainsFunc(choices, func(choice any) bool {
			table, _ := choice.(map[string]any)
			return table["workspace"] == true
		}) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// uvStrings gives the strings of an array in [tool.uv].
func (p *Pyproject) uvStrings(key string) []string {
	list, _ := p.UV[key].([]any)
	var texts []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}
