package frontend

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// loadWorkspace reads what a plan needs from the context, in as few transfers
// as the shape of the repository allows: one for a project at the root of the
// context, and one more when uv.lock names members or the build file is below.
func loadWorkspace(ctx context.Context, c files.Context, s *spec.Spec) (*planner.Workspace, error) {
	dir, read, err := locate(ctx, c, s)
	if err != nil {
		return nil, err
	}
	w, err := planner.NewWorkspace(dir, read)
	if err != nil {
		return nil, err
	}
	if w.Ignored.Patterns, err = c.Ignored(ctx); err != nil {
		return nil, err
	}
	in := planner.Input{Spec: s, Workspace: w}
	more, stat := planner.IncludeFiles(in)
	more = append(more, w.MemberFiles()...)
	more = append(more, w.MemberHandlerFiles(s.Handler)...)
	more = append(more, planner.ImportFiles(in, c.Near)...)
	added, err := readMore(ctx, c, w.Files, more)
	if err != nil {
		return nil, err
	}
	if err := w.AddMembers(added); err != nil {
		return nil, err
	}
	if stat, err = loadBuilders(ctx, c, w, stat); err != nil {
		return nil, err
	}
	if err := followImports(ctx, c, in); err != nil {
		return nil, err
	}
	stat = append(stat, w.LocalArchives()...)
	if len(stat) > 0 {
		seen, err := c.Stat(ctx, stat)
		if err != nil {
			return nil, err
		}
		for p, e := range seen {
			if w.Files[p].Kind == files.Missing {
				w.Files[p] = e
			}
		}
	}
	if err := lookPastIgnored(ctx, c, s, w); err != nil {
		return nil, err
	}
	return w, explainIgnored(ctx, c, s, w)
}

// lookPastIgnored finds out whether what an ignore file hides of the sources is
// there.
func lookPastIgnored(ctx context.Context, c files.Context, s *spec.Spec, w *planner.Workspace) error {
	if len(w.Ignored.Patterns) == 0 {
		return nil
	}
	in := planner.Input{Spec: s, Workspace: w}
	if err := planner.MarkEmptied(in); err != nil {
		return err
	}
	unseen, err := planner.Unseen(in)
	if err != nil || len(unseen) == 0 {
		return err
	}
	seen, err := c.Look(ctx, unseen)
	if err != nil {
		return err
	}
	if err := hide(seen, w.Ignored.Patterns); err != nil {
		return err
	}
	maps.Copy(w.Files, seen)
	return nil
}

// explainIgnored reads the ignore file when it hides something that was looked
// for, so that its lines can be named.
func explainIgnored(ctx context.Context, c files.Context, s *spec.Spec, w *planner.Workspace) error {
	if w.Ignored.Name != "" || !slices.ContainsFunc(slices.Collect(maps.Keys(w.Files)), w.Files.Hidden) {
		return nil
	}
	names := planner.IgnoreFiles(path.Join(w.Dir, path.Base(s.Doc.Name)))
	read, err := c.IgnoreFiles(ctx, names)
	if err != nil {
		return err
	}
	for _, name := range names {
		if data, ok := read.Content(name); ok && w.Ignored.Name == "" {
			w.Ignored.Name, w.Ignored.Data = name, data
		}
	}
	return nil
}

// pastIgnored are the patterns of an ignore file with exceptions for the files
// that a lock is resolved from: without them uv would drop a hidden member, and
// the versions of a hidden lock.
func pastIgnored(ignored []string) []string {
	if len(ignored) == 0 {
		return nil
	}
	patterns := slices.Clone(ignored)
	for _, name := range append(planner.MetadataFiles(), "uv.lock") {
		patterns = append(patterns, "!**/"+name)
	}
	for _, folder := range notProjects {
		// A folder that was hidden before the exceptions needs more than its name.
		patterns = append(patterns, folder+"/**")
	}
	return patterns
}

// hide marks the entries that the patterns of an ignore file match.
func hide(set files.Set, patterns []string) error {
	ignore, err := files.NewIgnore(patterns)
	if err != nil {
		return contextError(err, ".dockerignore")
	}
	for p, e := range set {
		hidden, err := ignore.Hides(p)
		if err != nil {
			return contextError(err, ".dockerignore")
		}
		if hidden && e.Kind != files.Missing {
			set[p] = files.Entry{Kind: files.Hidden, Data: e.Data}
		}
	}
	return nil
}

// loadBuilders reads the packages that others are built with, as far as they
// are not in the lock, and adds the files that builds name to those to look at.
func loadBuilders(ctx context.Context, c files.Context, w *planner.Workspace, stat []string) ([]string, error) {
	for {
		more, named := w.BuildFiles()
		if len(more) == 0 {
			return append(stat, named...), nil
		}
		added, err := readMore(ctx, c, w.Files, more)
		if err != nil {
			return nil, err
		}
		if err := w.AddBuildFiles(added); err != nil {
			return nil, err
		}
	}
}

// followImports reads the modules that are only known to be wanted once others
// are read. Where each read is a transfer, it reads once, and only what the
// handler may be.
func followImports(ctx context.Context, c files.Context, in planner.Input) error {
	w := in.Workspace
	for {
		paths := w.MemberHandlerFiles(in.Spec.Handler)
		if c.Near {
			paths = append(paths, planner.ImportFiles(in, true)...)
		}
		added, err := readMore(ctx, c, w.Files, paths)
		if err != nil || len(added) == 0 {
			return err
		}
		maps.Copy(w.Files, added)
	}
}

// loadUnlocked reads the members of a workspace that its lock does not have, or
// that has no lock yet: credentials of the indexes that they name are needed to
// make it.
func loadUnlocked(ctx context.Context, c files.Context, w *planner.Workspace) error {
	if w.Top == nil || !w.Top.Workspace {
		return nil
	}
	paths, err := c.Find(ctx, DefaultFilename)
	if err != nil {
		return err
	}
	unread := w.UnlockedMembers(paths)
	if len(unread) == 0 {
		return nil
	}
	read, err := c.Read(ctx, unread)
	if err != nil {
		return err
	}
	return w.AddUnlocked(read)
}

// readMore reads the paths that are not known yet.
func readMore(ctx context.Context, c files.Context, known files.Set, paths []string) (files.Set, error) {
	paths = slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		_, ok := known[p]
		return ok || planner.Outside(p)
	})
	if len(paths) == 0 {
		return nil, nil
	}
	slices.Sort(paths)
	return c.Read(ctx, slices.Compact(paths))
}

// locate finds the folder of the build file in the context. Clients send the
// file on its own, by its base name, so the folder is found by content: at the
// root, where the root's lock has the project, or anywhere.
func locate(ctx context.Context, c files.Context, s *spec.Spec) (string, files.Set, error) {
	name := path.Clean(s.Doc.Name)
	dir := path.Dir(name)
	read, err := readProject(ctx, c, dir, s)
	if err != nil {
		return "", nil, err
	}
	if isBuildFile(read, name, s) {
		return dir, read, nil
	}
	candidates, err := lockedFolders(read, s)
	if err != nil {
		return "", nil, err
	}
	for _, d := range candidates {
		if read, err = readProject(ctx, c, d, s); err != nil {
			return "", nil, err
		}
		if isBuildFile(read, path.Join(d, name), s) {
			return d, read, nil
		}
	}
	return search(ctx, c, s, false)
}

// search looks for the build file in the whole context, the second time in what
// an ignore file hides too: the line that hides it can then be named.
func search(ctx context.Context, c files.Context, s *spec.Spec, hidden bool) (string, files.Set, error) {
	base := path.Base(s.Doc.Name)
	find := func() ([]string, error) { return c.Find(ctx, base) }
	if hidden {
		find = func() ([]string, error) { return c.Glob(ctx, []string{"**/" + base}, true) }
	}
	paths, err := find()
	if err != nil {
		return "", nil, err
	}
	read, err := c.Read(ctx, paths)
	if err != nil {
		return "", nil, err
	}
	same := slices.DeleteFunc(paths, func(p string) bool { return !isBuildFile(read, p, s) })
	switch len(same) {
	case 1:
		dir := path.Dir(same[0])
		read, err := readProject(ctx, c, dir, s)
		return dir, read, err
	case 0:
		if ignored, err := c.Ignored(ctx); !hidden && (err != nil || len(ignored) > 0) {
			if err != nil {
				return "", nil, err
			}
			return search(ctx, c, s, true)
		}
		return "", nil, source.Errorf(plan.Location{File: base}, "the build file is not in the build context: use the folder that holds it, or one above, as the context (and check that .dockerignore does not hide it)")
	default:
		return "", nil, source.Errorf(plan.Location{File: base}, "%s have the same content, so the build file's folder is not known: use its folder as the context, or make them differ by a comment", strings.Join(same, " and "))
	}
}

// readProject reads the files of the project in dir.
func readProject(ctx context.Context, c files.Context, dir string, s *spec.Spec) (files.Set, error) {
	paths := append(planner.ProjectFiles(dir), path.Join(dir, path.Base(s.Doc.Name)))
	paths = append(paths, planner.HandlerFiles(s.Handler, planner.SourceRoots(dir, ownProject(s))...)...)
	slices.Sort(paths)
	return c.Read(ctx, slices.Compact(paths))
}

// ownProject is the project that the build file describes, nil when it is of
// another kind or has mistakes, which are told later.
func ownProject(s *spec.Spec) *project.Pyproject {
	if path.Base(s.Doc.Name) != DefaultFilename {
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
// project.
func lockedFolders(read files.Set, s *spec.Spec) ([]string, error) {
	data, ok := read.Content("uv.lock")
	if !ok || s.Doc.Name != DefaultFilename {
		return nil, nil
	}
	own, err := project.ParsePyproject(s.Doc)
	if err != nil {
		return nil, err
	}
	lock, err := project.ParseLock("uv.lock", data)
	if err != nil {
		return nil, err
	}
	var dirs []string
	for _, p := range lock.Local() {
		if d, _ := p.Source.Local(); !planner.Outside(path.Clean(d)) && project.NormalizeName(p.Name) == project.NormalizeName(own.Name) {
			dirs = append(dirs, path.Clean(d))
		}
	}
	return dirs, nil
}

// contextError says in errors which context was read. Those of a file name it
// themselves.
func contextError(err error, what string) error {
	if _, located := errors.AsType[*source.Error](err); err == nil || located {
		return err
	}
	return fmt.Errorf("reading %s from the build context: %w", what, err)
}
