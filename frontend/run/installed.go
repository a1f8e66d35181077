package run

import (
	"context"
	"errors"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// listNames gives the names in a folder of what is installed; there are none
// when the folder is not there.
type listNames func(dir string) ([]string, error)

// verify looks up in the trees of a function what no plan knows: whether the
// handler's module is in an installed package, and modules that are imported.
// It runs beside the step that puts the trees together, and only where the plan
// has left something open.
func (b *Builder) verify(ctx context.Context, g *graph, trees []*tree) error {
	if !g.decided.Unverified() {
		return nil
	}
	return b.lintInstalled(ctx, g, func(dir string) ([]string, error) { return namesInTrees(ctx, trees, dir) })
}

// namesInTrees gives the names that any of the trees has in a folder.
func namesInTrees(ctx context.Context, trees []*tree, dir string) ([]string, error) {
	var mu sync.Mutex
	var names []string
	eg, ctx := gateway.NewGroup(ctx)
	for _, t := range trees {
		eg.Go(func() error {
			if err := t.ready(); err != nil {
				return err
			}
			entries, err := t.list(ctx, dir)
			if err != nil {
				// That a tree does not have the folder is told in words only.
				return ctx.Err()
			}
			mu.Lock()
			defer mu.Unlock()
			for name, isDir := range entries {
				if isDir {
					name += "/"
				}
				names = append(names, name)
			}
			return nil
		})
	}
	return names, eg.Wait()
}

// namesInArchive gives the names of a folder of an archive, which has only
// files.
func namesInArchive(files []string) listNames {
	return func(dir string) ([]string, error) {
		var names []string
		for _, file := range files {
			rel := file
			if dir != "." {
				var below bool
				if rel, below = strings.CutPrefix(file, dir+"/"); !below {
					continue
				}
			}
			name, _, folder := strings.Cut(rel, "/")
			if folder {
				name += "/"
			}
			names = append(names, name)
		}
		slices.Sort(names)
		return slices.Compact(names), nil
	}
}

// lintInstalled refuses a function whose handler is in no package, and tells
// of the imports that none has.
func (b *Builder) lintInstalled(ctx context.Context, g *graph, list listNames) error {
	if module := g.decided.HandlerModule; module != "" {
		has, err := hasModule(list, module)
		if err != nil {
			return err
		}
		if !has {
			return g.decided.HandlerMissing()
		}
	}
	if len(g.decided.Open) == 0 || g.plan.Output == plan.OutputApp {
		return nil // the packages of an application's archive are in a layer
	}
	missing, err := missingImports(list, g.decided.Open)
	if err != nil || len(missing) == 0 {
		return err
	}
	told := *g.decided.Decided
	told.Unfound = slices.Concat(told.Unfound, missing)
	return b.lint(ctx, &decide.Decided{Decided: &told, Input: g.decided.Input}, decide.Found{})
}

// missingImports are the imports whose modules are not there. Its error are
// those that are surely needed.
func missingImports(list listNames, open []planner.Import) ([]planner.Import, error) {
	var missing []planner.Import
	var errs []error
	for _, i := range open {
		has, err := hasModule(list, i.Module)
		if err != nil {
			return nil, err
		}
		if has {
			continue
		}
		errs = append(errs, i.Err())
		missing = append(missing, i)
	}
	return missing, errors.Join(errs...)
}

// hasModule tells whether a module can be imported, a path without an ending: a
// folder, a source, a compiled module or an extension.
func hasModule(list listNames, module string) (bool, error) {
	names, err := list(path.Dir(module))
	base := path.Base(module)
	return slices.ContainsFunc(names, func(name string) bool {
		ending, ok := strings.CutPrefix(name, base)
		return ok && (ending == "/" || ending == ".py" || ending == ".pyc" || strings.HasPrefix(ending, ".") && strings.HasSuffix(ending, ".so"))
	}), err
}
