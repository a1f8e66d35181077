package project

import (
	"path"
	"slices"
	"strings"
)

// Layout is where a project keeps its modules, and which of them its wheel
// holds, as far as its build backend's table says.
type Layout struct {
	// Roots are folders that names of modules start from, relative to the
	// project's.
	Roots []string
	// Modules are the modules and packages that the wheel holds, as paths
	// without an ending: "api", "acme/api". They are all of them only when Known
	// is set.
	Modules []string
	Known   bool
}

// Holds tells whether the wheel holds a module, which is a path without an
// ending.
func (l Layout) Holds(module string) bool {
	return slices.ContainsFunc(l.Modules, func(held string) bool {
		return module == held || strings.HasPrefix(module, held+"/")
	})
}

// Layout reads the tables of the common build backends. The folder itself and
// its src are roots of every project; nil is a project without a pyproject.toml.
func (p *Pyproject) Layout() Layout {
	l := Layout{Roots: []string{".", "src"}}
	if p == nil {
		return l
	}
	switch backend, _ := p.Doc.Value("build-system", "build-backend").(string); backend {
	case "uv_build":
		l.uv(p)
	case "hatchling.build":
		l.hatch(p)
	case "poetry.core.masonry.api":
		l.poetry(p)
	case "flit_core.buildapi":
		l.flit(p)
	case "maturin":
		l.root(p.text("tool", "maturin", "python-source"))
	case "pdm.backend":
		l.root(p.text("tool", "pdm", "build", "package-dir"))
	case "", "setuptools.build_meta", "setuptools.build_meta:__legacy__":
		l.setuptools(p)
	}
	return l
}

// root adds a root. One outside of the project is none.
func (l *Layout) root(dir string) {
	if dir == "" || path.IsAbs(dir) {
		return
	}
	if dir = path.Clean(dir); dir != ".." && !strings.HasPrefix(dir, "../") && !slices.Contains(l.Roots, dir) {
		l.Roots = append(l.Roots, dir)
	}
}

// uv reads the table of uv's backend
// (https://docs.astral.sh/uv/reference/settings/#build-backend).
func (l *Layout) uv(p *Pyproject) {
	table := []string{"tool", "uv", "build-backend"}
	l.root(p.text(append(table, "module-root")...))
	l.Modules = modulePaths(p.texts(append(table, "module-name")...))
	if len(l.Modules) == 0 {
		l.Modules = []string{p.moduleName()}
	}
	l.Known = true
}

// hatch reads the table of hatchling's wheels
// (https://hatch.pypa.io/latest/config/build/#file-selection).
func (l *Layout) hatch(p *Pyproject) {
	wheel := []string{"tool", "hatch", "build", "targets", "wheel"}
	of := func(key string) []string { return append(slices.Clone(wheel), key) }
	strip := p.texts(of("sources")...)
	for _, dir := range strip {
		l.root(dir)
	}
	for _, dir := range p.texts(of("packages")...) {
		dir = path.Clean(dir)
		l.root(path.Dir(dir))
		l.Modules = append(l.Modules, strings.TrimSuffix(path.Base(dir), ".py"))
	}
	for _, file := range p.texts(of("only-include")...) {
		file = path.Clean(file)
		for _, prefix := range strip {
			file = strings.TrimPrefix(file, path.Clean(prefix)+"/")
		}
		l.Modules = append(l.Modules, strings.TrimSuffix(file, ".py"))
	}
	if len(l.Modules) == 0 {
		l.Modules = []string{p.moduleName()}
	}
	for _, file := range p.texts(of("include")...) {
		if module, isFile := strings.CutSuffix(strings.TrimPrefix(file, "/"), ".py"); isFile && !strings.ContainsAny(module, "*?[") {
			l.Modules = append(l.Modules, module)
		}
	}
	l.Known = true
	for _, table := range [][]string{wheel, wheel[:3]} {
		for _, key := range []string{"include", "force-include", "artifacts", "hooks"} {
			l.Known = l.Known && !p.Doc.Has(append(slices.Clone(table), key)...)
		}
	}
	_, renames := p.Doc.Value(of("sources")...).(map[string]any)
	l.Known = l.Known && !renames && !p.Doc.Has("tool", "hatch", "build", "sources")
}

// poetry reads the table of poetry-core
// (https://python-poetry.org/docs/pyproject/#packages).
func (l *Layout) poetry(p *Pyproject) {
	packages, _ := p.Doc.Value("tool", "poetry", "packages").([]any)
	var tables []map[string]any
	for _, item := range packages {
		if table, ok := item.(map[string]any); ok {
			tables = append(tables, table)
		}
	}
	l.Known = !p.Doc.Has("tool", "poetry", "include") && !p.Doc.Has("tool", "poetry", "build")
	if len(tables) == 0 {
		l.Modules = []string{p.moduleName()}
	}
	for _, table := range tables {
		include, _ := table["include"].(string)
		from, _ := table["from"].(string)
		to, _ := table["to"].(string)
		l.root(from)
		l.Modules = append(l.Modules, path.Join(to, strings.TrimSuffix(include, ".py")))
		l.Known = l.Known && !strings.ContainsAny(include, "*?[")
	}
}

// flit reads the table of flit
// (https://flit.pypa.io/en/stable/pyproject_toml.html#module-section).
func (l *Layout) flit(p *Pyproject) {
	l.Modules = modulePaths(p.texts("tool", "flit", "module", "name"))
	if len(l.Modules) == 0 {
		l.Modules = []string{p.moduleName()}
	}
	l.Known = true
}

// setuptools reads the table of setuptools, whose setup.py and setup.cfg may
// say more
// (https://setuptools.pypa.io/en/latest/userguide/pyproject_config.html).
func (l *Layout) setuptools(p *Pyproject) {
	l.root(p.text("tool", "setuptools", "package-dir", ""))
	for _, dir := range p.texts("tool", "setuptools", "packages", "find", "where") {
		l.root(dir)
	}
	l.Modules = append(modulePaths(p.texts("tool", "setuptools", "packages")), modulePaths(p.texts("tool", "setuptools", "py-modules"))...)
}

// text is a string of a pyproject.toml, "" when there is none.
func (p *Pyproject) text(path ...string) string {
	text, _ := p.Doc.Value(path...).(string)
	return text
}

// texts are the strings of a list of a pyproject.toml; a string is a list of
// one.
func (p *Pyproject) texts(path ...string) []string {
	switch value := p.Doc.Value(path...).(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, item := range value {
			if text, ok := item.(string); ok {
				texts = append(texts, text)
			}
		}
		return texts
	}
	return nil
}

// moduleName is the module that a project has unless its tables say otherwise.
func (p *Pyproject) moduleName() string {
	return strings.ReplaceAll(NormalizeName(p.Name), "-", "_")
}

// modulePaths gives dotted names as paths.
func modulePaths(names []string) []string {
	var paths []string
	for _, name := range names {
		paths = append(paths, strings.ReplaceAll(name, ".", "/"))
	}
	return paths
}
