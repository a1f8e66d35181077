package run

import (
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync/atomic"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// mostInflated is how many times the size of their wheels packages are taken to
// have at most once they are installed and compiled. Wheels of native code come to
// three times their size.
const mostInflated = 10

// checkSize refuses a function whose third-party packages are together more than
// an image can hold. The step of each package knows its own size only. They are
// measured when their wheels are so large that it may be so.
func checkSize(ctx context.Context, g *graph, trees []*tree) error {
	installs := g.plan.Installs()
	if len(installs) < 2 || !mayExceed(plan.All[plan.Package](g.plan), installs[0].Limit) {
		return nil
	}
	trees = slices.DeleteFunc(slices.Clone(trees), func(t *tree) bool { return t.part != plan.PartDependencies })
	if fit, err := surelyFit(trees, installs[0].Limit); fit || err != nil {
		return err
	}
	var sized []sizedTree
	for _, t := range trees {
		ref, err := t.open()
		if err != nil {
			return err
		}
		size, err := sizeOf(ctx, ref)
		if err != nil {
			return err
		}
		sized = append(sized, sizedTree{cmp.Or(t.pkg, "all others"), size})
	}
	if err := refuseTooLarge(sized, installs[0].Limit); err != nil {
		return source.Errorf(g.plan.Step(plan.KindPackage).Source, "%w", err)
	}
	return nil
}

// surelyFit tells whether what is recorded of trees shows that their files are
// not over a limit in bytes, so that nothing has to be fetched to measure it.
func surelyFit(trees []*tree, limit int64) (bool, error) {
	for _, t := range trees {
		if t.contents == nil {
			return false, nil
		}
		known, err := t.contents()
		if err != nil {
			return false, err
		}
		limit -= known.most
	}
	return limit >= 0, nil
}

// mayExceed tells whether packages can come to more than a limit in bytes.
func mayExceed(packages []*plan.Package, limit int64) bool {
	var size int64
	for _, pkg := range packages {
		size += pkg.Size
	}
	return size > limit/mostInflated
}

// sizedTree is what packages are called, and their size in bytes.
type sizedTree struct {
	name string
	size int64
}

// refuseTooLarge is the error of trees that are together over a limit in bytes.
func refuseTooLarge(trees []sizedTree, limit int64) error {
	var sum int64
	for _, tree := range trees {
		sum += tree.size
	}
	if sum <= limit {
		return nil
	}
	slices.SortFunc(trees, func(a, b sizedTree) int { return cmp.Compare(b.size, a.size) })
	var largest []string
	for _, tree := range trees[:min(len(trees), 5)] {
		largest = append(largest, fmt.Sprintf("%s %.1f MB", tree.name, float64(tree.size)/1e6))
	}
	return fmt.Errorf("the installed files have %d bytes, over Lambda's limit of %d for images; the largest packages are %s: "+
		"leave some out, or have the function read large files from S3 or EFS", sum, limit, strings.Join(largest, ", "))
}

// sizeOf is the size in bytes of all files of a tree.
func sizeOf(ctx context.Context, ref gwclient.Reference) (int64, error) {
	var size atomic.Int64
	eg, ctx := gateway.NewGroup(ctx)
	var walk func(dir string) error
	walk = func(dir string) error {
		entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: dir})
		if err != nil {
			return fmt.Errorf("measuring what is installed: %w", err)
		}
		for _, st := range entries {
			if fs.FileMode(st.Mode).IsDir() {
				eg.Go(func() error { return walk(path.Join(dir, path.Base(st.Path))) })
				continue
			}
			size.Add(st.Size)
		}
		return nil
	}
	eg.Go(func() error { return walk(plan.TaskRoot) })
	err := eg.Wait()
	return size.Load(), err
}
