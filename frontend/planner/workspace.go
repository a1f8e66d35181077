package planner

import (
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Workspace is what was read of a repository: the build file's own project,
// the workspace it belongs to, and the lock. All folders are relative to the
// build context.
type Workspace struct {
	// Dir is the folder of the build file, Root the folder of uv.lock.
	Dir, Root string
	// Own is the pyproject.toml in Dir, Top the one in Root; often the same.
	Own, Top *project.Pyproject
	// Lock is nil when there is no uv.lock.
	Lock *project.Lock
	// Members are the pyproject.toml files of the lock's local packages, by
	// folder. A folder without one has no entry.
	Members map[string]*project.Pyproject
	// builders are the pyproject.toml files of the packages that others are
	// built with and that are not in the lock, by folder.
	builders map[string]*project.Pyproject
	// PythonVersion is the nearest .python-version, nil when there is none.
	PythonVersion *PythonVersionFile
	// Files are all entries read so far. Contents of hidden files count too, since
	// they describe the project.
	Files files.Set
	// Ignored is what the client does not send.
	Ignored IgnoreFile

	// modules has what module has read of files. Platforms are planned side by
	// side.
	modules sync.Map
}

// Fork gives a workspace that starts from what was read of this one. Each of them
// may be completed without the other.
func (w *Workspace) Fork() *Workspace {
	return &Workspace{
		Dir: w.Dir, Root: w.Root, Own: w.Own, Top: w.Top, Lock: w.Lock, PythonVersion: w.PythonVersion, Ignored: w.Ignored,
		Members: maps.Clone(w.Members), builders: maps.Clone(w.builders), Files: maps.Clone(w.Files),
	}
}

// HandlerFiles are the files to read to find the handler in the own project.
func (w *Workspace) HandlerFiles(handlers []string) []string {
	return HandlerFiles(handlers, SourceRoots(w.Dir, w.Own)...)
}

// PythonVersionFile is a .python-version and where it was found.
type PythonVersionFile struct {
	Name string
	project.PythonFile
}

// Locate gives a line of the file.
func (f *PythonVersionFile) Locate(line int) plan.Location {
	return plan.Location{File: f.Name, Line: line, EndLine: line}
}

// LockName is the path of uv.lock, whether it exists or not.
func (w *Workspace) LockName() string { return path.Join(w.Root, "uv.lock") }

// PackageDir is the folder of a local package of the lock.
func (w *Workspace) PackageDir(p *project.Package) (string, bool) {
	dir, ok := p.Source.Local()
	return w.fromRoot(dir), ok
}

// pyproject is the pyproject.toml of a folder, nil when it is not known.
func (w *Workspace) pyproject(dir string) *project.Pyproject {
	switch {
	case w.Members[dir] != nil:
		return w.Members[dir]
	case dir == w.Dir && w.Own != nil:
		return w.Own
	case dir == w.Root:
		return w.Top
	}
	return nil
}

// fromRoot gives a path of the lock relative to the context. An absolute one
// stays as it is, outside.
func (w *Workspace) fromRoot(p string) string {
	if path.IsAbs(p) {
		return path.Clean(p)
	}
	return path.Join(w.Root, p)
}

// Outside reports whether a path relative to the context leaves it.
func Outside(p string) bool {
	return p == ".." || strings.HasPrefix(p, "../") || path.IsAbs(p)
}

// Ancestors gives dir and the folders above it, nearest first, "." last.
func Ancestors(dir string) []string {
	all := []string{dir}
	for dir != "." {
		dir = path.Dir(dir)
		all = append(all, dir)
	}
	return all
}

// MetadataFiles are the names of the files that make a folder a project, or say
// how it is resolved and built.
func MetadataFiles() []string { return []string{"pyproject.toml", "setup.cfg", "setup.py"} }

// UVConfig is the file that uv reads in place of [tool.uv], beside pyproject.toml.
const UVConfig = "uv.toml"

// ProjectFiles are the files that a build reads first: those that say what the
// project in dir is, wherever above it its workspace begins.
func ProjectFiles(dir string) []string {
	var paths []string
	for _, d := range Ancestors(dir) {
		for _, name := range MetadataFiles() {
			paths = append(paths, path.Join(d, name))
		}
		paths = append(paths, path.Join(d, "uv.lock"), path.Join(d, UVConfig), path.Join(d, ".python-version"))
	}
	paths = append(paths, ignoreFilesOf(dir)...)
	slices.Sort(paths)
	return paths
}

// NewWorkspace finds the workspace of the project in dir among the files read.
// Members are not filled yet: their folders are only known from the lock, see
// MemberFiles. The lock of the context's root is parsed unless a caller has done
// so. A file that does not parse is an error of type *source.Error.
func NewWorkspace(dir string, read files.Set, rootLock *project.Lock) (*Workspace, error) {
	w := &Workspace{Dir: dir, Files: read, Members: map[string]*project.Pyproject{}, builders: map[string]*project.Pyproject{}}
	var err error
	projects := &projects{read: read, parsed: map[string]*project.Pyproject{}}
	if w.Own, err = projects.at(dir); err != nil {
		return nil, err
	}
	if w.Root, err = workspaceRoot(dir, projects); err != nil {
		return nil, err
	}
	if w.Top, err = projects.at(w.Root); err != nil {
		return nil, err
	}
	data, ok := read.Content(w.LockName())
	switch {
	case ok && w.Root == "." && rootLock != nil:
		w.Lock = rootLock
	case ok:
		if w.Lock, err = project.ParseLock(w.LockName(), data); err != nil {
			return nil, err
		}
	}
	for _, d := range Ancestors(dir) {
		name := path.Join(d, ".python-version")
		if data, ok := read.Data(name); ok {
			w.PythonVersion = &PythonVersionFile{Name: name, PythonFile: project.ReadPythonFile(data)}
			break
		}
		if d == w.Root {
			break
		}
	}
	return w, nil
}

// WorkspaceRoot is the folder of the project's uv.lock, whether it is there or
// not: beside the project, or, as uv chooses it, beside the nearest
// pyproject.toml above when its workspace has the project as a member. A build
// file without a project belongs to the nearest lock or workspace above it.
func WorkspaceRoot(dir string, read files.Set) (string, error) {
	return workspaceRoot(dir, &projects{read: read, parsed: map[string]*project.Pyproject{}})
}

func workspaceRoot(dir string, projects *projects) (string, error) {
	read := projects.read
	_, own := read.Content(pathOf(dir))
	for _, d := range Ancestors(dir) {
		if _, locked := read.Content(path.Join(d, "uv.lock")); locked && (d == dir || !own) {
			return d, nil
		}
		p, err := projects.at(d)
		if err != nil {
			return "", err
		}
		// A project in between, with no workspace of its own, ends uv's search.
		if p == nil || !p.Workspace && (d == dir || !own) {
			continue
		}
		if rel, _ := relative(d, dir); own && !p.HasMember(rel) {
			return dir, nil
		}
		return d, nil
	}
	return dir, nil
}

// projects parses the project files of those read, each once.
type projects struct {
	read   files.Set
	parsed map[string]*project.Pyproject
}

// at gives the pyproject.toml of a folder, nil when there is none.
func (p *projects) at(dir string) (*project.Pyproject, error) {
	if parsed, ok := p.parsed[dir]; ok {
		return parsed, nil
	}
	parsed, err := parsePyproject(p.read, dir)
	if err == nil {
		p.parsed[dir] = parsed
	}
	return parsed, err
}

// parsePyproject gives nil when there is no pyproject.toml in dir.
func parsePyproject(read files.Set, dir string) (*project.Pyproject, error) {
	name := path.Join(dir, "pyproject.toml")
	data, ok := read.Content(name)
	if !ok {
		return nil, nil
	}
	doc, err := source.Parse(name, data)
	if err != nil {
		return nil, err
	}
	return project.ParsePyproject(doc)
}

// MemberHandlerFiles are the files to read to find the handler in the lock's
// local packages. More of them are known once the packages are: see AddMembers.
func (w *Workspace) MemberHandlerFiles(handlers []string) []string {
	if w.Lock == nil {
		return nil
	}
	var paths []string
	for _, p := range w.Lock.Local() {
		if dir, _ := w.PackageDir(p); !Outside(dir) {
			paths = append(paths, HandlerFiles(handlers, w.sourceRoots(dir)...)...)
		}
	}
	return paths
}

// MemberFiles are the files of the lock's local packages that have yet to be
// read. A folder outside the context is left out: it is an error only when the
// build needs it.
func (w *Workspace) MemberFiles() []string {
	if w.Lock == nil {
		return nil
	}
	var paths []string
	for _, p := range w.Lock.Local() {
		dir, _ := w.PackageDir(p)
		if Outside(dir) {
			continue
		}
		for _, file := range w.readAt(dir) {
			if _, known := w.Files[file]; !known {
				paths = append(paths, file)
			}
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// AddMembers takes what was read for MemberFiles. A member that is known already
// is not parsed again: functions of one build file share it.
func (w *Workspace) AddMembers(read files.Set) error {
	for name, e := range read {
		w.Files[name] = e
	}
	if w.Lock == nil {
		return nil
	}
	for _, p := range w.Lock.Local() {
		dir, _ := w.PackageDir(p)
		member := w.pyproject(dir)
		if member == nil {
			var err error
			if member, err = parsePyproject(w.Files, dir); err != nil {
				return err
			}
		}
		if member != nil {
			w.Members[dir] = member
		}
	}
	return nil
}

// OtherVersion is a package of the repository with another version than in the
// lock.
type OtherVersion struct {
	Package *project.Package
	Project *project.Pyproject
}

// OtherVersions gives the packages of the repository with another version than in
// the lock. No package from elsewhere depends on these versions.
func (w *Workspace) OtherVersions() []OtherVersion {
	var others []OtherVersion
	for _, pkg := range w.Lock.Local() {
		dir, _ := w.PackageDir(pkg)
		py := w.Members[dir]
		if py == nil || !py.HasProject {
			continue
		}
		dynamic := slices.Contains(py.Dynamic, "version")
		if dynamic && pkg.Version != "" || py.Version != "" && (pkg.Version == "" || project.CompareVersions(pkg.Version, py.Version) != 0) {
			others = append(others, OtherVersion{pkg, py})
		}
	}
	return others
}

// others are the workspace's projects beside the one in its root, by folder.
func (w *Workspace) others() []*project.Pyproject {
	var others []*project.Pyproject
	for _, dir := range slices.Sorted(maps.Keys(w.Members)) {
		if dir != w.Root {
			others = append(others, w.Members[dir])
		}
	}
	if w.Own != nil && w.Dir != w.Root && w.Members[w.Dir] == nil {
		others = append(others, w.Own)
	}
	return others
}

// NamedIndexes are the indexes that credentials can be given for: the
// workspace's and then those that members name for their own sources. Of
// indexes with the same variables the first counts.
func (w *Workspace) NamedIndexes() []project.NamedIndex {
	var named []project.NamedIndex
	for _, py := range append([]*project.Pyproject{w.Top}, w.others()...) {
		for _, index := range py.NamedIndexes() {
			same := func(other project.NamedIndex) bool { return project.EnvName(other.Name) == project.EnvName(index.Name) }
			if !slices.ContainsFunc(named, same) {
				named = append(named, index)
			}
		}
	}
	return named
}

// UnlockedMembers are the pyproject.toml files, among the files of the context, of
// members that have yet to be read. Other builds know the members from the lock;
// this one makes the lock.
func (w *Workspace) UnlockedMembers(paths []string) []string {
	var unread []string
	for _, name := range paths {
		rel, below := relative(w.Root, path.Dir(name))
		if below && rel != "." && w.Top.HasMember(rel) && w.Members[path.Dir(name)] == nil {
			unread = append(unread, name)
		}
	}
	return unread
}

// AddUnlocked takes what was read for UnlockedMembers.
func (w *Workspace) AddUnlocked(read files.Set) error {
	for name := range read {
		dir := path.Dir(name)
		member, err := parsePyproject(read, dir)
		if err != nil {
			return err
		}
		if member != nil {
			w.Members[dir] = member
		}
	}
	return nil
}

// LocalFiles are the wheels and source distributions of the context that the
// lock names.
func (w *Workspace) LocalFiles() []string {
	if w.Lock == nil {
		return nil
	}
	var paths []string
	for i := range w.Lock.Packages {
		for _, local := range w.Lock.Packages[i].LocalFiles() {
			if file := w.fromRoot(local); !Outside(file) {
				paths = append(paths, file)
			}
		}
	}
	return paths
}
