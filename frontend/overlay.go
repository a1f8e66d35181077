package frontend

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// overlay compares the trees that lie over one another in the task root: what
// each brings to the same place. Trees are compared after they are made and
// beside the step that puts them together, which nearly always has nothing to
// change.
type overlay struct {
	trees []overlaid

	mu sync.Mutex
	// replaced are the files that several trees have, without those with the
	// same content.
	replaced []replacedFile
	// stale are the compiled modules whose source a later tree replaces, by the
	// tree that has them.
	stale map[plan.Part][]string
}

// overlaid is one of the trees, in the order in which they lie.
type overlaid struct {
	llb.Tree
	ref gwclient.Reference
}

// replacedFile is a file of a lower and of an upper tree.
type replacedFile struct {
	path         string
	lower, upper overlaid
	// hidden is set when the lower tree has something else at another path,
	// which Python imports in place of the upper tree's module.
	hidden bool
}

// compareTrees compares the trees of a solved plan.
func (b *build) compareTrees(ctx context.Context, done *solved) (*overlay, error) {
	o := &overlay{stale: map[plan.Part][]string{}}
	if len(done.graph.Trees) < 2 {
		return o, nil
	}
	o.trees = make([]overlaid, len(done.graph.Trees))
	eg, solveCtx := newGroup(ctx)
	for i, tree := range done.graph.Trees {
		eg.Go(func() error {
			ref, err := b.evaluate(solveCtx, done, func(g *llb.Result) bkllb.State { return g.Trees[i].State })
			o.trees[i] = overlaid{tree, ref}
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	eg, ctx = newGroup(ctx)
	eg.Go(func() error { return o.compare(ctx, eg, ".", o.trees) })
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
func (o *overlay) compare(ctx context.Context, eg group, dir string, trees []overlaid) error {
	listed := make([]map[string]bool, len(trees))
	all := map[string]bool{}
	for i, tree := range trees {
		entries, err := tree.ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Join(plan.TaskRoot, dir)})
		if err != nil {
			return fmt.Errorf("listing %s: %w", tree.Part, err)
		}
		listed[i] = map[string]bool{}
		for _, st := range entries {
			name := path.Base(st.Path)
			listed[i][name] = fs.FileMode(st.Mode).IsDir()
			all[name] = true
		}
	}
	for name := range all {
		if name == "__pycache__" || strings.HasSuffix(name, ".dist-info") {
			continue
		}
		var folders, withFile []overlaid
		var indices []int
		for i, tree := range trees {
			if isDir, has := listed[i][name]; has && isDir {
				folders = append(folders, tree)
			} else if has {
				withFile, indices = append(withFile, tree), append(indices, i)
			}
		}
		at := path.Join(dir, name)
		if len(folders) > 1 {
			eg.Go(func() error { return o.compare(ctx, eg, at, folders) })
		}
		for i := range len(withFile) - 1 {
			compiled := listed[indices[i]]["__pycache__"]
			eg.Go(func() error { return o.replace(ctx, replacedFile{path: at, lower: withFile[i], upper: withFile[i+1]}, compiled) })
		}
	}
	return o.hide(ctx, dir, trees, listed)
}

// hide notes the modules of a folder that Python does not import, since a lower
// tree has a package or an extension of their name.
func (o *overlay) hide(ctx context.Context, dir string, trees []overlaid, listed []map[string]bool) error {
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
				if _, err := lower.ref.StatFile(ctx, gwclient.StatRequest{Path: path.Join(plan.TaskRoot, at)}); err != nil {
					continue // a folder without the file is a package only when nothing else is
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
func (o *overlay) replace(ctx context.Context, r replacedFile, compiled bool) error {
	same, err := sameContent(ctx, r)
	if err != nil || same {
		return err
	}
	var stale []string
	if compiled && strings.HasSuffix(r.path, ".py") {
		cache := path.Join(path.Dir(r.path), "__pycache__")
		entries, err := r.lower.ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Join(plan.TaskRoot, cache)})
		if err != nil {
			return fmt.Errorf("listing %s: %w", r.lower.Part, err)
		}
		for _, st := range entries {
			module := path.Join(cache, path.Base(st.Path))
			if source, ok := files.CompiledFrom(module); ok && source == r.path {
				stale = append(stale, module)
			}
		}
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.replaced = append(o.replaced, r)
	if len(stale) > 0 {
		o.stale[r.lower.Part] = append(o.stale[r.lower.Part], stale...)
	}
	return nil
}

// sameContent compares the files of both trees.
func sameContent(ctx context.Context, r replacedFile) (bool, error) {
	name := path.Join(plan.TaskRoot, r.path)
	lower, err := readAll(ctx, r.lower.ref, name)
	if err != nil {
		return false, err
	}
	upper, err := readAll(ctx, r.upper.ref, name)
	return string(lower) == string(upper), err
}

// findings are what a person should know of the replaced files.
func (o *overlay) findings(ctx context.Context, p *plan.Plan) ([]lint.Replaced, error) {
	owners := map[plan.Part]map[string]string{}
	var all []lint.Replaced
	for _, r := range o.replaced {
		for _, tree := range []overlaid{r.lower, r.upper} {
			if owners[tree.Part] == nil && tree.Part != plan.PartApp {
				owned, err := readOwners(ctx, tree.ref)
				if err != nil {
					return nil, err
				}
				owners[tree.Part] = owned
			}
		}
		found := lint.Replaced{
			Path:   r.path,
			Owner:  ownerOf(owners, r.lower.Part, r.path),
			By:     ownerOf(owners, r.upper.Part, r.path),
			Hidden: r.hidden,
			At:     locateFile(p, r.path),
		}
		if r.hidden {
			found.Owner, found.By = found.By, ownerOf(owners, r.lower.Part, strings.TrimSuffix(r.path, ".py")+"/__init__.py")
		}
		all = append(all, found)
	}
	return all, nil
}

// ownerOf names who brings a file of a tree.
func ownerOf(owners map[plan.Part]map[string]string, part plan.Part, file string) string {
	if owner, ok := owners[part][file]; ok {
		return owner
	}
	return part.String()
}

// readOwners reads which distribution has which file of a tree
// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
func readOwners(ctx context.Context, ref gwclient.Reference) (map[string]string, error) {
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: plan.TaskRoot})
	if err != nil {
		return nil, fmt.Errorf("listing the packages: %w", err)
	}
	owners := map[string]string{}
	for _, st := range entries {
		folder := path.Base(st.Path)
		distribution, ok := strings.CutSuffix(folder, ".dist-info")
		if !ok {
			continue
		}
		name, version, _ := strings.Cut(distribution, "-")
		record, err := readAll(ctx, ref, path.Join(plan.TaskRoot, folder, "RECORD"))
		if err != nil {
			continue // slimmed away: the file then belongs to the part
		}
		rows := csv.NewReader(strings.NewReader(string(record)))
		rows.FieldsPerRecord = -1
		for row, err := rows.Read(); err == nil; row, err = rows.Read() {
			owners[path.Clean(row[0])] = strings.ReplaceAll(name, "_", "-") + " " + version
		}
	}
	return owners, nil
}

// locateFile gives the lines that bring a file of the application to a place,
// or those of the application as a whole.
func locateFile(p *plan.Plan, at string) plan.Location {
	if p.App == nil {
		return p.Base.Source
	}
	for _, c := range p.App.Copies {
		if files.Within(c.To, at) {
			return c.Source
		}
	}
	return p.App.Source
}
