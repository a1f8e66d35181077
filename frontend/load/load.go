// Package load reads a build file and what a plan needs of the context around
// it.
package load

import (
	"context"
	"maps"
	"path"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/spec"
	"github.com/uvlambda/uvlambda/plan"
)

// Loaded is all that one target is planned from.
type Loaded struct {
	Target string
	// Spec is the spec of the target's function, and Output what becomes of it.
	Spec      *spec.Spec
	Output    plan.Output
	Workspace *planner.Workspace
	Context   contexts.Context
}

// File is a build file with the workspace around it. Its targets share what is
// read for one of them.
type File struct {
	// Table is the whole table of the build file, under the file's place in the
	// context.
	Table *spec.Spec

	context contexts.Context
	// workspace has all that was read so far.
	workspace *planner.Workspace
}

// Parse reads the table of a build file, under that name.
func Parse(name string, buildFile *contexts.BuildFile) (*spec.Spec, error) {
	doc, err := source.Parse(name, buildFile.Text)
	if err != nil {
		return nil, err
	}
	return spec.Parse(doc)
}

// OpenContext gives the context of a build file, with the lines that ask for what
// is read of it. They are the zero Location when the file has mistakes.
type OpenContext func(lines plan.Location) (contexts.Context, error)

// Open reads a build file and its workspace. choose gives the targets that will be
// loaded: the files of all of them are read at once.
func Open(ctx context.Context, buildFile *contexts.BuildFile, texts *contexts.Texts, open OpenContext, choose func(*spec.Spec) []string) (*File, []string, error) {
	table, err := Parse(buildFile.Name, buildFile)
	if err != nil {
		return nil, nil, placed(ctx, open, buildFile, texts, err)
	}
	targets := choose(table)
	handlers, err := handlersOf(table, targets)
	if err != nil {
		return nil, nil, placed(ctx, open, buildFile, texts, err)
	}
	c, err := open(table.Locate())
	if err != nil {
		return nil, nil, err
	}
	f := &File{Table: table, context: c}
	return f, targets, f.open(ctx, buildFile, texts, handlers)
}

// handlersOf are the handlers of targets.
func handlersOf(table *spec.Spec, targets []string) ([]string, error) {
	var handlers []string
	for _, target := range targets {
		s, _, err := planner.ParseTarget(target, table)
		if err != nil {
			return nil, err
		}
		handlers = append(handlers, planner.Handlers(s)...)
	}
	return handlers, nil
}

// open finds the workspace of the build file, and reads it.
func (f *File) open(ctx context.Context, buildFile *contexts.BuildFile, texts *contexts.Texts, handlers []string) error {
	at, err := locate(ctx, f.context, f.Table, handlers)
	if err != nil {
		return err
	}
	// The file gets the place that it turned out to have, so that a member's lines
	// are not taken for the root's.
	if name := path.Join(at.dir, path.Base(buildFile.Name)); name != f.Table.Doc.Name {
		texts.Place(name)
		if f.Table, err = Parse(name, buildFile); err != nil {
			return err
		}
	}
	if f.workspace, err = planner.NewWorkspace(at.dir, at.read, at.lock); err != nil {
		return err
	}
	ignore, err := f.context.Ignore(ctx)
	if err != nil {
		return err
	}
	f.workspace.Ignored = ignored(at.dir, ignore)
	texts.Add(f.workspace.Ignored.Name, ignore.Data)
	return nil
}

// ignored gives an ignore file its place in the context: a build file's own stands
// beside it.
func ignored(dir string, ignore planner.IgnoreFile) planner.IgnoreFile {
	if ignore.Name != ".dockerignore" && ignore.Name != "" {
		ignore.Name = path.Join(dir, ignore.Name)
	}
	return ignore
}

// Load reads what one target is planned from, in as few transfers as the shape
// of the repository allows: none for a project at the root of the context, and
// one when uv.lock names members or the build file is below.
func (f *File) Load(ctx context.Context, target string) (*Loaded, error) {
	s, output, err := planner.ParseTarget(target, f.Table)
	if err != nil {
		return nil, err
	}
	c, w := f.context, f.workspace.Fork()
	if err := loadWorkspace(ctx, c, s, w); err != nil {
		return nil, err
	}
	if output == plan.OutputLock {
		if err := loadUnlocked(ctx, c, w); err != nil {
			return nil, err
		}
	}
	if err := loadEvents(ctx, c, s, output, w); err != nil {
		return nil, err
	}
	f.workspace = w
	return &Loaded{Target: target, Spec: s, Output: output, Workspace: w, Context: c}, nil
}

// loadWorkspace reads what a function needs of the workspace.
func loadWorkspace(ctx context.Context, c contexts.Context, s *spec.Spec, w *planner.Workspace) error {
	in := planner.Input{Spec: s, Workspace: w}
	more, stat := planner.IncludeFiles(in)
	more = append(more, w.HandlerFiles(planner.Handlers(s))...)
	more = append(more, w.MemberFiles()...)
	more = append(more, w.MemberHandlerFiles(planner.Handlers(s))...)
	more = append(more, planner.ImportFiles(in, c.Near())...)
	added, err := readMore(ctx, c, w.Files, more)
	if err != nil {
		return err
	}
	if err := w.AddMembers(added); err != nil {
		return err
	}
	if stat, err = loadBuilders(ctx, c, w, stat); err != nil {
		return err
	}
	if err := followImports(ctx, c, in); err != nil {
		return err
	}
	stat = append(stat, w.LocalFiles()...)
	if len(stat) > 0 {
		seen, err := c.Stat(ctx, stat)
		if err != nil {
			return err
		}
		for p, e := range seen {
			if w.Files[p].Kind == files.Missing {
				w.Files[p] = e
			}
		}
	}
	return lookPastIgnored(ctx, c, s, w)
}

// lookPastIgnored finds out whether what an ignore file hides of the sources is
// there.
func lookPastIgnored(ctx context.Context, c contexts.Context, s *spec.Spec, w *planner.Workspace) error {
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
	ignore, err := c.Ignore(ctx)
	if err != nil {
		return err
	}
	if err := contexts.Hide(seen, ignore); err != nil {
		return err
	}
	maps.Copy(w.Files, seen)
	return nil
}

// loadBuilders reads packages that other packages are built with, if they are not
// in the lock. It adds the files that builds name to the files to look at.
func loadBuilders(ctx context.Context, c contexts.Context, w *planner.Workspace, stat []string) ([]string, error) {
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

// followImports reads modules that only the imports of other modules name. Where
// each read is a transfer, it reads once, and only what the handler may be.
func followImports(ctx context.Context, c contexts.Context, in planner.Input) error {
	w := in.Workspace
	for {
		paths := w.MemberHandlerFiles(planner.Handlers(in.Spec))
		if c.Near() {
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
func loadUnlocked(ctx context.Context, c contexts.Context, w *planner.Workspace) error {
	if w.Top == nil || !w.Top.Workspace {
		return nil
	}
	paths, err := c.Find(ctx, gateway.DefaultFilename)
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
func readMore(ctx context.Context, c contexts.Context, known files.Set, paths []string) (files.Set, error) {
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

// loadEvents reads the events of a build that tests the function.
func loadEvents(ctx context.Context, c contexts.Context, s *spec.Spec, output plan.Output, w *planner.Workspace) error {
	if !planner.Tested(s, output) || len(s.Test.Events) == 0 {
		return nil
	}
	patterns, err := planner.EventPatterns(s, w)
	if err != nil {
		return err
	}
	matched, err := c.Glob(ctx, patterns, false)
	if err != nil {
		return err
	}
	if len(w.Ignored.Patterns) > 0 {
		unpaired, err := planner.Unpaired(patterns, matched)
		if err != nil {
			return err
		}
		if len(unpaired) > 0 {
			hidden, err := c.Glob(ctx, unpaired, true)
			if err != nil {
				return err
			}
			matched = append(matched, hidden...)
		}
	}
	read, err := readMore(ctx, c, w.Files, planner.EventFiles(matched))
	if err != nil {
		return err
	}
	maps.Copy(w.Files, read)
	return nil
}
