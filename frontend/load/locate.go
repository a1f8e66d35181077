package load

import (
	"bytes"
	"context"
	"path"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/plan"
)

// place is where a build file stands in the context.
type place struct {
	dir string
	// read are the files of its project.
	read files.Set
	// lock is the uv.lock of the context's root, when it was parsed to find the
	// place.
	lock *project.Lock
}

// locate finds the folder of the build file in the context. Clients send the
// file on its own, by its base name, so the folder is found by content: at the
// root, where the root's lock has the project, or anywhere.
func locate(ctx context.Context, c contexts.Context, s *spec.Spec, handlers []string) (place, error) {
	name := path.Clean(s.Doc.Name)
	dir := path.Dir(name)
	read, err := readProject(ctx, c, dir, s, handlers)
	if err != nil {
		return place{}, err
	}
	if isBuildFile(read, name, s) {
		return place{dir: dir, read: read}, nil
	}
	candidates, lock, err := lockedFolders(read, s)
	if err != nil {
		return place{}, err
	}
	for _, d := range candidates {
		if read, err = readProject(ctx, c, d, s, handlers); err != nil {
			return place{}, err
		}
		if isBuildFile(read, path.Join(d, name), s) {
			return place{d, read, lock}, nil
		}
	}
	found, err := search(ctx, c, s, handlers, false)
	found.lock = lock
	return found, err
}

// search looks for the build file in the whole context. The second time it also
// looks at hidden files: the line that hides it can then be named.
func search(ctx context.Context, c contexts.Context, s *spec.Spec, handlers []string, hidden bool) (place, error) {
	base := path.Base(s.Doc.Name)
	find := func() ([]string, error) { return c.Find(ctx, base) }
	if hidden {
		find = func() ([]string, error) { return c.Glob(ctx, []string{"**/" + base}, true) }
	}
	paths, err := find()
	if err != nil {
		return place{}, err
	}
	read, err := c.Read(ctx, paths)
	if err != nil {
		return place{}, err
	}
	same := slices.DeleteFunc(paths, func(p string) bool { return !isBuildFile(read, p, s) })
	switch len(same) {
	case 1:
		dir := path.Dir(same[0])
		read, err := readProject(ctx, c, dir, s, handlers)
		return place{dir: dir, read: read}, err
	case 0:
		ignore, err := c.Ignore(ctx)
		if err != nil {
			return place{}, err
		}
		if !hidden && len(ignore.Patterns) > 0 {
			return search(ctx, c, s, handlers, true)
		}
		return place{}, source.Errorf(plan.Location{File: base}, "the build file is not in the build context: use the folder that holds it, or one above, as the context (and check that .dockerignore does not hide it)")
	default:
		return place{}, source.Errorf(plan.Location{File: base}, "%s have the same content, so the build file's folder is not known: use its folder as the context, or make them differ by a comment", suggest.And(same))
	}
}

// readProject reads the files of the project in dir.
func readProject(ctx context.Context, c contexts.Context, dir string, s *spec.Spec, handlers []string) (files.Set, error) {
	paths := append(planner.ProjectFiles(dir), path.Join(dir, path.Base(s.Doc.Name)))
	roots := planner.SourceRoots(dir, ownProject(s))
	paths = append(paths, planner.HandlerFiles(handlers, roots...)...)
	slices.Sort(paths)
	return c.Read(ctx, slices.Compact(paths))
}

// ownProject is the project that the build file describes. It is nil for another
// kind of file, and when the project has mistakes, which are reported later.
func ownProject(s *spec.Spec) *project.Pyproject {
	if path.Base(s.Doc.Name) != gateway.DefaultFilename {
		return nil
	}
	own, err := project.ParsePyproject(s.Doc)
	if err != nil {
		return nil
	}
	return own
}

// isBuildFile compares a file of the context with the build file.
func isBuildFile(read files.Set, name string, s *spec.Spec) bool {
	data, ok := read.Content(name)
	return ok && string(data) == string(s.Doc.Data)
}

// lockedFolders are the folders that the root's lock has for the build file's
// project, with that lock. It is nil when there is none, and for a build file that
// is no pyproject.toml: no lock names such a file.
func lockedFolders(read files.Set, s *spec.Spec) ([]string, *project.Lock, error) {
	data, ok := read.Content("uv.lock")
	if !ok || s.Doc.Name != gateway.DefaultFilename {
		return nil, nil, nil
	}
	own, err := project.ParsePyproject(s.Doc)
	if err != nil {
		return nil, nil, err
	}
	lock, err := project.ParseLock("uv.lock", data)
	if err != nil {
		return nil, nil, err
	}
	var dirs []string
	for _, p := range lock.Local() {
		if d, _ := p.Source.Local(); !planner.Outside(path.Clean(d)) && project.NormalizeName(p.Name) == project.NormalizeName(own.Name) {
			dirs = append(dirs, path.Clean(d))
		}
	}
	return dirs, lock, nil
}

// placed gives the mistakes of a build file under the name that it has in the
// context: clients send it by its base name. Where it is not found, or in more
// than one place, the mistakes stay as they are.
func placed(ctx context.Context, open OpenContext, buildFile *contexts.BuildFile, texts *contexts.Texts, mistakes error) error {
	c, err := open(plan.Location{})
	if err != nil {
		return mistakes
	}
	paths, err := c.Find(ctx, path.Base(buildFile.Name))
	if err != nil {
		return mistakes
	}
	found, err := c.Read(ctx, paths)
	if err != nil {
		return mistakes
	}
	same := slices.DeleteFunc(paths, func(name string) bool {
		data, ok := found.Data(name)
		return !ok || !bytes.Equal(data, buildFile.Text)
	})
	if len(same) != 1 {
		return mistakes
	}
	texts.Place(same[0])
	if _, err := Parse(same[0], buildFile); err != nil {
		return err
	}
	return mistakes
}
