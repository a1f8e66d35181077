package planner

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/plan"
)

// ignoreNames are the files with patterns that build backends read, in the
// project's folder and in those above.
func ignoreNames() []string { return []string{".gitignore", ".hgignore"} }

// IsIgnoreFile tells the files that a build backend reads to know what is no
// source. .dockerignore does not keep them from it.
func IsIgnoreFile(name string) bool { return slices.Contains(ignoreNames(), path.Base(name)) }

// ignoreFilesOf are the ignore files of a folder and of all folders above it.
func ignoreFilesOf(dir string) []string {
	var paths []string
	for _, d := range Ancestors(dir) {
		for _, name := range ignoreNames() {
			paths = append(paths, path.Join(d, name))
		}
	}
	return paths
}

// buildTree is what a package is built from, beside its own folder.
type buildTree struct {
	beside  []plan.Folder
	written []plan.File
}

// buildTree finds what is read when the package in a folder is built: the files
// with ignored patterns, the files that its tables name, the packages of the
// repository that it is built with, and the workspace's sources of these packages.
// Files that the context does not hold are left out: the build says whether it
// needs them.
func (w *Workspace) buildTree(dir string) buildTree {
	var t buildTree
	py := w.at(dir)
	with := w.buildersOf(dir, py)
	for _, d := range append([]string{dir}, with.dirs...) {
		if d != dir && !w.isProject(d) {
			continue
		}
		t.addIgnoreFiles(w, d)
		for _, name := range w.namedOutside(d) {
			if w.Files.Exists(name) {
				t.beside = append(t.beside, plan.Folder{Path: name, Exclude: compiled()})
			}
		}
		if d != dir {
			t.beside = append(t.beside, plan.Folder{Path: d, Exclude: w.notSources(d)})
		}
	}
	for _, file := range with.files {
		if w.Files.Exists(file) {
			t.beside = append(t.beside, plan.Folder{Path: file})
		}
	}
	t.settle(dir)
	if dir != w.Root && with.root && !slices.Contains(with.dirs, w.Root) {
		if text, ok := w.Top.ForBuilds(with.names, w.membersAmong(append([]string{dir}, with.dirs...))); ok {
			t.written = append(t.written, plan.File{Path: pathOf(w.Root), Content: text})
		}
	}
	return t
}

// addIgnoreFiles adds the files with ignored patterns that the backend of a
// package reads and that are not in its folder, or are hidden there. Hatchling
// reads the nearest of each kind. An unknown backend may read any.
func (t *buildTree) addIgnoreFiles(w *Workspace, dir string) {
	backend := "setuptools"
	if py := w.at(dir); py != nil {
		backend = py.Backend()
	}
	if slices.Contains([]string{"flit_core", "pdm", "poetry", "setuptools", "uv_build"}, backend) {
		return
	}
	for _, name := range ignoreNames() {
		for _, d := range Ancestors(dir) {
			file := path.Join(d, name)
			entry := w.Files[file]
			switch {
			case entry.Kind == files.Hidden:
				t.written = append(t.written, plan.File{Path: file, Content: string(entry.Data)})
			case entry.Kind != files.Regular:
				continue
			case d != dir:
				t.beside = append(t.beside, plan.Folder{Path: file})
			}
			if backend == "hatchling" {
				break
			}
		}
	}
}

// settle sorts the tree, and takes out what stands in it twice.
func (t *buildTree) settle(dir string) {
	slices.SortFunc(t.beside, func(a, b plan.Folder) int { return strings.Compare(a.Path, b.Path) })
	t.beside = slices.CompactFunc(t.beside, func(a, b plan.Folder) bool { return a.Path == b.Path })
	t.beside = slices.DeleteFunc(t.beside, func(f plan.Folder) bool { return f.Path == dir })
	slices.SortFunc(t.written, func(a, b plan.File) int { return strings.Compare(a.Path, b.Path) })
	t.written = slices.CompactFunc(t.written, func(a, b plan.File) bool { return a.Path == b.Path })
}

// at is the pyproject.toml of a folder, nil when there is none or it was not
// read.
func (w *Workspace) at(dir string) *project.Pyproject {
	switch {
	case w.Members[dir] != nil:
		return w.Members[dir]
	case w.builders[dir] != nil:
		return w.builders[dir]
	case dir == w.Root:
		return w.Top
	}
	return nil
}

// isProject tells whether a folder was read and holds a project.
func (w *Workspace) isProject(dir string) bool {
	return slices.ContainsFunc(MetadataFiles(), func(name string) bool { return w.Files.Exists(path.Join(dir, name)) })
}

// builders are what a package is built with and the repository has.
type builders struct {
	// dirs are folders of packages, files are wheels and sdists.
	dirs, files []string
	// names are the packages whose place the workspace's root names, and root
	// is set when the place of any package depends on it.
	names []string
	root  bool
}

// buildersOf follows what a package is built with, as far as the files are read.
func (w *Workspace) buildersOf(dir string, py *project.Pyproject) builders {
	var b builders
	if py != nil {
		w.follow(&b, dir, py, append(py.BuildRequires(), w.Top.ExtraBuildRequires(py.Name)...))
	}
	b.dirs = slices.DeleteFunc(b.dirs, func(d string) bool { return d == dir })
	slices.Sort(b.names)
	b.names = slices.Compact(b.names)
	return b
}

// follow adds the places of packages that a project needs for a build.
func (w *Workspace) follow(b *builders, dir string, py *project.Pyproject, names []string) {
	below, within := relative(w.Root, dir)
	member := within && w.Top.HasMember(below)
	for _, name := range names {
		from, base := py, dir
		if !py.HasSource(name) && member && dir != w.Root && w.Top.HasSource(name) {
			from, base, b.root = w.Top, w.Root, true
			b.names = append(b.names, name)
		}
		for _, own := range from.OwnSources(name) {
			place := path.Join(base, own.Path)
			if own.Workspace {
				b.root = true
				if place = w.memberNamed(name); place == "" {
					continue
				}
			}
			w.follower(b, place)
		}
	}
}

// follower adds a package that is needed for a build, and what that needs
// itself: it is built and installed there.
func (w *Workspace) follower(b *builders, place string) {
	switch {
	case Outside(place) || slices.Contains(b.dirs, place) || slices.Contains(b.files, place):
		return
	case isWheelOrSdist(place):
		b.files = append(b.files, place)
		return
	}
	b.dirs = append(b.dirs, place)
	if py := w.at(place); py != nil {
		w.follow(b, place, py, slices.Concat(py.BuildRequires(), py.DependencyNames(), w.Top.ExtraBuildRequires(py.Name)))
	}
}

// isWheelOrSdist tells a wheel or an sdist from a folder by its name.
func isWheelOrSdist(name string) bool {
	return slices.ContainsFunc([]string{".whl", ".gz", ".zip", ".bz2", ".xz", ".tar"}, func(ending string) bool { return strings.HasSuffix(name, ending) })
}

// memberNamed is the folder of the workspace's member of a name.
func (w *Workspace) memberNamed(name string) string {
	if w.Lock == nil {
		return ""
	}
	for _, pkg := range w.Lock.Local() {
		if project.NormalizeName(pkg.Name) == name {
			dir, _ := w.PackageDir(pkg)
			return dir
		}
	}
	return ""
}

// membersAmong are the folders, relative to the workspace's root, that are
// members of the workspace.
func (w *Workspace) membersAmong(dirs []string) []string {
	var members []string
	for _, dir := range dirs {
		if rel := fromFolder(w.Root, dir); rel != "." && w.Top.HasMember(rel) {
			members = append(members, rel)
		}
	}
	slices.Sort(members)
	return members
}

// upwards are paths in the words of a setup.cfg or setup.py that lead up.
var upwards = regexp.MustCompile(`(?:\.\./)+[\w./@+-]*\w`)

// namedOutside are the paths of the context that the files of a project name
// for its build, out of its folder.
func (w *Workspace) namedOutside(dir string) []string {
	var named []string
	if py := w.at(dir); py != nil {
		named = py.NamedOutside()
		if py.Backend() != "setuptools" {
			return w.inContext(dir, named)
		}
	}
	for _, name := range []string{"setup.cfg", "setup.py"} {
		data, _ := w.Files.Data(path.Join(dir, name))
		for _, match := range upwards.FindAllString(string(data), -1) {
			named = append(named, path.Clean(match))
		}
	}
	return w.inContext(dir, named)
}

// inContext gives names relative to the context, less what is outside of it,
// what is the folder itself and what holds it.
func (w *Workspace) inContext(dir string, names []string) []string {
	var inside []string
	for _, name := range names {
		place := path.Join(dir, name)
		if _, within := relative(place, dir); !Outside(place) && !within {
			inside = append(inside, place)
		}
	}
	return inside
}

// BuildFiles are what has yet to be read, and to be looked at, of the packages
// that are built with others of the repository, or from files elsewhere in it.
func (w *Workspace) BuildFiles() (read, stat []string) {
	if w.Lock == nil || w.Top == nil {
		return nil, nil
	}
	unknown := func(name string) bool { _, known := w.Files[name]; return !known }
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		if Outside(dir) {
			continue
		}
		with := w.buildersOf(dir, w.at(dir))
		for _, d := range with.dirs {
			for _, name := range w.readAt(d) {
				if unknown(name) {
					read = append(read, name)
				}
			}
		}
		for _, d := range append([]string{dir}, with.dirs...) {
			stat = append(stat, w.namedOutside(d)...)
		}
		stat = append(stat, with.files...)
	}
	slices.Sort(read)
	slices.Sort(stat)
	return slices.Compact(read), slices.DeleteFunc(slices.Compact(stat), func(name string) bool { return !unknown(name) })
}

// readAt are the files that are read of the folder of a local package.
func (w *Workspace) readAt(dir string) []string {
	paths := ignoreFilesOf(dir)
	for _, name := range MetadataFiles() {
		paths = append(paths, path.Join(dir, name))
	}
	return paths
}

// AddBuildFiles takes what was read for BuildFiles.
func (w *Workspace) AddBuildFiles(read files.Set) error {
	for name, e := range read {
		w.Files[name] = e
	}
	for name := range read {
		dir := path.Dir(name)
		if path.Base(name) != "pyproject.toml" || w.at(dir) != nil {
			continue
		}
		py, err := parsePyproject(w.Files, dir)
		if err != nil {
			return err
		}
		if py != nil {
			w.builders[dir] = py
		}
	}
	return nil
}
