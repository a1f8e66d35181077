package project

import (
	"path"
	"slices"
	"strings"
)

// Contents are what a project promises of its wheel.
type Contents struct {
	// Modules are files and folders that it has to hold, without the endings of
	// modules. The build backend itself refuses to go without most others.
	Modules []string
	// Some is set when it has to hold a module, whatever its name.
	Some bool
	// Found is set when it has to hold a module if the project's folder has one:
	// the backend looks for them itself, and takes none for an answer.
	Found bool
}

// Contents reads what the table of the build backend promises.
func (p *Pyproject) Contents() Contents {
	switch p.Backend() {
	case "hatchling":
		return p.hatchContents()
	case "setuptools":
		return p.setuptoolsContents()
	case "pdm":
		return Contents{Some: len(p.strings("tool", "pdm", "build", "includes")) > 0, Found: true}
	default:
		return Contents{}
	}
}

// hatchContents reads the options of https://hatch.pypa.io/latest/config/build/.
func (p *Pyproject) hatchContents() Contents {
	target, all := []string{"tool", "hatch", "build", "targets", "wheel"}, []string{"tool", "hatch", "build"}
	for _, table := range [][]string{target, all} {
		for _, chosen := range []string{"bypass-selection", "sources", "only-include", "include", "force-include"} {
			if p.Doc.Has(append(slices.Clone(table), chosen)...) {
				return Contents{}
			}
		}
	}
	c := Contents{Found: true}
	for _, table := range [][]string{target, all} {
		for _, name := range p.strings(append(slices.Clone(table), "packages")...) {
			c.Modules = append(c.Modules, strings.TrimSuffix(path.Base(path.Clean(name)), ".py"))
		}
		if len(c.Modules) > 0 {
			break
		}
	}
	return c
}

// setuptoolsContents reads the options of
// https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html.
func (p *Pyproject) setuptoolsContents() Contents {
	packages, modules := p.Doc.Value("tool", "setuptools", "packages"), p.Doc.Value("tool", "setuptools", "py-modules")
	c := Contents{}
	listed := false
	for _, list := range []any{packages, modules} {
		names, ok := list.([]any)
		listed = listed || ok
		for _, name := range names {
			if name, _ := name.(string); name != "" {
				c.Modules = append(c.Modules, strings.ReplaceAll(name, ".", "/"))
			}
		}
	}
	if listed {
		return c
	}
	find := []string{"tool", "setuptools", "packages", "find"}
	include, exclude := p.Doc.Value(append(slices.Clone(find), "include")...), p.strings(append(slices.Clone(find), "exclude")...)
	if list, ok := include.([]any); ok && len(list) == 0 || slices.Contains(exclude, "*") {
		return Contents{}
	}
	return Contents{Some: p.Doc.Has(append(slices.Clone(find), "where")...), Found: true}
}

// strings gives the strings of an array.
func (p *Pyproject) strings(at ...string) []string {
	list, _ := p.Doc.Value(at...).([]any)
	var texts []string
	for _, item := range list {
		if text, ok := item.(string); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// ModulePlaces are where the modules of a project usually are, relative to its
// folder, and where its table says.
func (p *Pyproject) ModulePlaces() []string {
	module := strings.ReplaceAll(NormalizeName(p.Name), "-", "_")
	places := []string{
		"src", path.Join("src", module), path.Join("src", module, "__init__.py"),
		module, path.Join(module, "__init__.py"), module + ".py",
	}
	for _, list := range [][]string{
		{"tool", "hatch", "build", "targets", "wheel", "packages"},
		{"tool", "hatch", "build", "packages"},
		{"tool", "setuptools", "packages", "find", "where"},
	} {
		for _, place := range p.strings(list...) {
			places = append(places, path.Clean(place))
		}
	}
	if root, ok := p.Doc.Value("tool", "uv", "build-backend", "module-root").(string); ok {
		places = append(places, path.Clean(root))
	}
	return places
}
