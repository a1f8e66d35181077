package run

import (
	"context"
	"encoding/csv"
	"fmt"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

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
	trees []overlaid

	mu sync.Mutex
	// replaced are the files that several trees have, without those with the
	// same content.
	replaced []replacedFile
	// stale are the compiled modules whose source a later tree replaces, by the
	// tree that has them.
	stale map[treeName][]string
}

// treeName tells the trees of a function apart: they are its parts, and each of
// the large packages.
type treeName struct {
	part plan.Part
	pkg  string
}

// String is the tree for people.
func (n treeName) String() string {
	if n.pkg != "" {
		return n.pkg
	}
	return n.part.String()
}

// overlaid is one of the trees, in the order in which they lie.
type overlaid struct {
	treeName
	// open gives the tree, which is made once.
	open func() (gwclient.Reference, error)
	// names are the entries of each folder of the application, by the folder:
	// true stands for a folder. The context's listing knows them, so that nothing
	// is asked of the daemon. They are nil for the other trees.
	names map[string]map[string]bool
}

// list gives the entries of a folder below the task root; true stands for a
// folder.
func (t overlaid) list(ctx context.Context, dir string) (map[string]bool, error) {
	if t.names != nil {
		return t.names[dir], nil
	}
	ref, err := t.open()
	if err != nil {
		return nil, err
	}
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Join(plan.TaskRoot, dir)})
	if err != nil {
		return nil, fmt.Errorf("listing %s: %w", t.treeName, err)
	}
	names := map[string]bool{}
	for _, st := range entries {
		names[path.Base(st.Path)] = fs.FileMode(st.Mode).IsDir()
	}
	return names, nil
}

// read reads a file below the task root.
func (t overlaid) read(ctx context.Context, file string) ([]byte, error) {
	ref, err := t.open()
	if err != nil {
		return nil, err
	}
	return gateway.ReadAll(ctx, ref, path.Join(plan.TaskRoot, file))
}

// byFolder gives the entries of each folder that paths lead through.
func byFolder(paths []string) map[string]map[string]bool {
	names := map[string]map[string]bool{".": {}}
	for _, p := range paths {
		for isDir := false; p != "."; p, isDir = path.Dir(p), true {
			dir := path.Dir(p)
			if names[dir] == nil {
				names[dir] = map[string]bool{}
			}
			names[dir][path.Base(p)] = isDir
		}
	}
	return names
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
func (b *Builder) compareTrees(ctx context.Context, g *graph) (*overlay, error) {
	o := &overlay{stale: map[treeName][]string{}}
	if len(g.result.Trees) < 2 {
		return o, nil
	}
	for i, tree := range g.result.Trees {
		t := overlaid{treeName: treeName{tree.Part, tree.Package}, open: sync.OnceValues(func() (gwclient.Reference, error) {
			return b.solve(ctx, g, func(r *llb.Result) bkllb.State { return r.Trees[i].State })
		})}
		if tree.Part == plan.PartApp {
			// Its files are copied from the context, so the plan tells their names.
			shipped, err := planner.Shipped(plan.First[plan.App](g.plan).Copies, g.decided.Input.Listing)
			if err != nil {
				return nil, err
			}
			t.names = byFolder(shipped)
		}
		o.trees = append(o.trees, t)
	}
	eg, ctx := gateway.NewGroup(ctx)
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
func (o *overlay) compare(ctx context.Context, eg gateway.Group, dir string, trees []overlaid) error {
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
			eg.Go(func() error {
				return o.replace(ctx, replacedFile{path: at, lower: withFile[i], upper: withFile[i+1]}, compiled)
			})
		}
	}
	return o.hide(ctx, dir, trees, listed)
}

// listAll lists a folder of several trees, side by side.
func listAll(ctx context.Context, dir string, trees []overlaid) ([]map[string]bool, error) {
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
func (o *overlay) replace(ctx context.Context, r replacedFile, compiled bool) error {
	same, err := sameContent(ctx, r)
	if err != nil || same {
		return err
	}
	var stale []string
	if compiled && strings.HasSuffix(r.path, ".py") {
		cache := path.Join(path.Dir(r.path), "__pycache__")
		entries, err := r.lower.list(ctx, cache)
		if err != nil {
			return err
		}
		for name := range entries {
			module := path.Join(cache, name)
			if source, ok := files.CompiledFrom(module); ok && source == r.path {
				stale = append(stale, module)
			}
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
	lower, err := r.lower.read(ctx, r.path)
	if err != nil {
		return false, err
	}
	upper, err := r.upper.read(ctx, r.path)
	return string(lower) == string(upper), err
}

// findings are what a person should know of the replaced files.
func (o *overlay) findings(ctx context.Context, p *plan.Plan) ([]lint.Replaced, error) {
	owners := map[treeName]map[string]string{}
	var all []lint.Replaced
	for _, r := range o.replaced {
		for _, tree := range []overlaid{r.lower, r.upper} {
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

// owners reads which distribution has which file of a tree
// (https://packaging.python.org/en/latest/specifications/recording-installed-packages/).
func (t overlaid) owners(ctx context.Context) (map[string]string, error) {
	folders, err := t.list(ctx, ".")
	if err != nil {
		return nil, err
	}
	owners := map[string]string{}
	for folder := range folders {
		distribution, ok := strings.CutSuffix(folder, ".dist-info")
		if !ok {
			continue
		}
		name, version, _ := strings.Cut(distribution, "-")
		record, err := t.read(ctx, path.Join(folder, "RECORD"))
		if err != nil {
			continue // slimmed away: the file then belongs to the tree
		}
		rows := csv.NewReader(strings.NewReader(string(record)))
		rows.FieldsPerRecord = -1
		for row, err := rows.Read(); err == nil; row, err = rows.Read() {
			owners[path.Clean(row[0])] = strings.ReplaceAll(name, "_", "-") + " " + version
		}
	}
	return owners, nil
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
