package run

import (
	"context"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"sync"

	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// havingReport are the trees of dependencies that have the report of missing
// libraries, by what the trees list.
func havingReport(trees []*tree, listed []map[string]bool) []*tree {
	var found []*tree
	for i, tree := range trees {
		if _, has := listed[i][llb.LackingFile]; has && tree.part == plan.PartDependencies {
			found = append(found, tree)
		}
	}
	return found
}

// lintLibraries tells of the libraries that packages load and that are nowhere: an
// installation knows its own packages and the base only. The reports are then
// among the files that are left out.
func (b *Builder) lintLibraries(ctx context.Context, g *graph, trees []*tree, found *overlay) error {
	if len(found.lacking) == 0 {
		return nil
	}
	var missing []lint.MissingLibrary
	for _, tree := range found.lacking {
		report, err := tree.lacking(ctx)
		if err != nil {
			return err
		}
		if missing, err = appendLacking(missing, report); err != nil {
			return err
		}
		found.stale[tree.treeName] = append(found.stale[tree.treeName], llb.LackingFile)
	}
	there, err := fileNames(ctx, trees)
	if err != nil {
		return err
	}
	return b.tellLibraries(ctx, g, missing, there)
}

// lintArchivedLibraries tells of the libraries that an archive lacks. The archive has
// all of these files.
func (b *Builder) lintArchivedLibraries(ctx context.Context, g *graph, parts *archiveParts, files []string) error {
	var missing []lint.MissingLibrary
	for _, part := range parts.dependencies {
		report, err := gateway.ReadAll(ctx, part.report, llb.LackingFile)
		if err != nil {
			return err
		}
		if missing, err = appendLacking(missing, report); err != nil {
			return err
		}
	}
	there := map[string]bool{}
	for _, file := range files {
		there[path.Base(file)] = true
	}
	return b.tellLibraries(ctx, g, missing, there)
}

// appendLacking reads what an installation reports.
func appendLacking(missing []lint.MissingLibrary, report []byte) ([]lint.MissingLibrary, error) {
	var more []lint.MissingLibrary
	if err := json.Unmarshal(report, &more); err != nil {
		return nil, fmt.Errorf("reading which libraries are missing: %w", err)
	}
	return append(missing, more...), nil
}

// tellLibraries tells of missing libraries, less those that the function has under
// their names.
func (b *Builder) tellLibraries(ctx context.Context, g *graph, missing []lint.MissingLibrary, there map[string]bool) error {
	missing = slices.DeleteFunc(missing, func(l lint.MissingLibrary) bool { return there[l.Library] })
	if len(missing) == 0 {
		return nil
	}
	return b.lint(ctx, g.decided, decide.Found{Libraries: missing})
}

// lacking is the report of a tree that has one.
func (t *tree) lacking(ctx context.Context) ([]byte, error) {
	if t.contents == nil {
		return t.read(ctx, llb.LackingFile)
	}
	known, err := t.contents()
	if err != nil {
		return nil, err
	}
	return known.lacking, nil
}

// fileNames are the names of all files in the trees, without their folders. The
// rule knows the files of the application.
func fileNames(ctx context.Context, trees []*tree) (map[string]bool, error) {
	var mu sync.Mutex
	there := map[string]bool{}
	eg, ctx := gateway.NewGroup(ctx)
	var walk func(t *tree, dir string) error
	walk = func(t *tree, dir string) error {
		names, err := t.list(ctx, dir)
		if err != nil {
			return err
		}
		for name, isDir := range names {
			if isDir {
				eg.Go(func() error { return walk(t, path.Join(dir, name)) })
				continue
			}
			mu.Lock()
			there[name] = true
			mu.Unlock()
		}
		return nil
	}
	for _, t := range trees {
		if t.part != plan.PartApp {
			eg.Go(func() error { return walk(t, ".") })
		}
	}
	return there, eg.Wait()
}
