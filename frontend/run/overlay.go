package run

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// overlay compares the trees that lie over one another in the task root: what
// each brings to the same place. Trees are compared after they are made and
// beside the step that puts them together, which nearly always has nothing to
// change.
type overlay struct {
	mu sync.Mutex
	// replaced are the files that several trees have, without those with the
	// same content.
	replaced []replacedFile
	// stale are the compiled modules whose source a later tree replaces, by the
	// tree that has them.
	stale map[treeName][]string
	// lacking are the trees whose packages load libraries that the step has not found.
	lacking []*tree
}

// replacedFile is a file of a lower and of an upper tree.
type replacedFile struct {
	path         string
	lower, upper *tree
	// hidden is set when the lower tree has something else at another path,
	// which Python imports in place of the upper tree's module.
	hidden bool
}

// compareTrees compares trees, the lowest first.
func compareTrees(ctx context.Context, trees []*tree) (*overlay, error) {
	o := &overlay{stale: map[treeName][]string{}}
	eg, ctx := gateway.NewGroup(ctx)
	eg.Go(func() error { return o.compare(ctx, eg, ".", trees) })
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	slices.SortFunc(o.replaced, func(a, b replacedFile) int { return strings.Compare(a.path, b.path) })
	for _, paths := range o.stale {
		slices.Sort(paths)
	}
	return o, nil
}

// compare compares a folder that trees have in common, and what is below it.
func (o *overlay) compare(ctx context.Context, eg gateway.Group, dir string, trees []*tree) error {
	listed, err := listAll(ctx, dir, trees)
	if err != nil {
		return err
	}
	all := map[string]bool{}
	for _, names := range listed {
		maps.Copy(all, names)
	}
	for name := range all {
		if name == "__pycache__" || strings.HasSuffix(name, ".dist-info") {
			continue
		}
		if dir == "." && name == llb.LackingFile {
			o.lacking = havingReport(trees, listed)
			continue
		}
		var folders, withFile []*tree
		for i, tree := range trees {
			if isDir, has := listed[i][name]; has && isDir {
				folders = append(folders, tree)
			} else if has {
				withFile = append(withFile, tree)
			}
		}
		at := path.Join(dir, name)
		if len(folders) > 1 {
			eg.Go(func() error { return o.compare(ctx, eg, at, folders) })
		}
		for i := range len(withFile) - 1 {
			eg.Go(func() error { return o.replace(ctx, replacedFile{path: at, lower: withFile[i], upper: withFile[i+1]}) })
		}
	}
	return o.hide(ctx, dir, trees, listed)
}

// listAll lists a folder of several trees, side by side.
func listAll(ctx context.Context, dir string, trees []*tree) ([]map[string]bool, error) {
	listed := make([]map[string]bool, len(trees))
	eg, ctx := gateway.NewGroup(ctx)
	for i, tree := range trees {
		eg.Go(func() (err error) {
			listed[i], err = tree.list(ctx, dir)
			return err
		})
	}
	return listed, eg.Wait()
}

// hide notes the modules of a folder that Python does not import, since a lower
// tree has a package or an extension of their name.
func (o *overlay) hide(ctx context.Context, dir string, trees []*tree, listed []map[string]bool) error {
	for i, lower := range trees {
		for name, isDir := range listed[i] {
			at := path.Join(dir, name)
			if isDir {
				at = path.Join(at, "__init__.py")
			}
			module, first := files.ImportedFirst(at)
			if !first {
				continue
			}
			above := slices.IndexFunc(listed[i+1:], func(names map[string]bool) bool {
				isDir, has := names[path.Base(module)]
				return has && !isDir
			})
			if above < 0 {
				continue
			}
			if isDir {
				// A folder without the file is a package only when nothing else is.
				inside, err := lower.list(ctx, path.Dir(at))
				if err != nil {
					return err
				}
				if _, isPackage := inside["__init__.py"]; !isPackage {
					continue
				}
			}
			o.mu.Lock()
			o.replaced = append(o.replaced, replacedFile{path: module, lower: lower, upper: trees[i+1+above], hidden: true})
			o.mu.Unlock()
		}
	}
	return nil
}

// replace notes a file that an upper tree replaces, unless both are the same,
// and what the lower tree has compiled of it.
func (o *overlay) replace(ctx context.Context, r replacedFile) error {
	same, err := sameContent(ctx, r)
	if err != nil || same {
		return err
	}
	var stale []string
	if strings.HasSuffix(r.path, ".py") {
		if stale, err = r.lower.compiledFrom(ctx, r.path); err != nil {
			return err
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.replaced = append(o.replaced, r)
	if len(stale) > 0 {
		o.stale[r.lower.treeName] = append(o.stale[r.lower.treeName], stale...)
	}
	return nil
}

// sameContent compares the files of both trees.
func sameContent(ctx context.Context, r replacedFile) (bool, error) {
	lower, err := r.lower.sum(ctx, r.path)
	if err != nil {
		return false, err
	}
	upper, err := r.upper.sum(ctx, r.path)
	return lower == upper, err
}

// findings are what a person should know of the replaced files.
func (o *overlay) findings(ctx context.Context, p *plan.Plan) ([]lint.Replaced, error) {
	owners := map[treeName]map[string]string{}
	var all []lint.Replaced
	for _, r := range o.replaced {
		for _, tree := range []*tree{r.lower, r.upper} {
			if owners[tree.treeName] == nil && tree.part != plan.PartApp {
				owned, err := tree.owners(ctx)
				if err != nil {
					return nil, err
				}
				owners[tree.treeName] = owned
			}
		}
		found := lint.Replaced{
			Path:      r.path,
			Owner:     ownerOf(owners, r.lower.treeName, r.path),
			By:        ownerOf(owners, r.upper.treeName, r.path),
			Hidden:    r.hidden,
			Installed: r.upper.part == plan.PartDependencies,
			At:        planner.CopyOf(p, r.path),
		}
		if r.hidden {
			found.Owner, found.By = found.By, ownerOf(owners, r.lower.treeName, strings.TrimSuffix(r.path, ".py")+"/__init__.py")
		}
		all = append(all, found)
	}
	return all, nil
}

// ownerOf names who brings a file of a tree.
func ownerOf(owners map[treeName]map[string]string, tree treeName, file string) string {
	if owner, ok := owners[tree][file]; ok {
		return owner
	}
	return tree.String()
}

// lintReplaced tells of the files that several parts have.
func (b *Builder) lintReplaced(ctx context.Context, g *graph, found *overlay) error {
	if len(found.replaced) == 0 {
		return nil
	}
	replaced, err := found.findings(ctx, g.plan)
	if err != nil {
		return err
	}
	return b.lint(ctx, g.decided, decide.Found{Replaced: replaced})
}
