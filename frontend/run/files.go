package run

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/archive"
	"github.com/uvlambda/uvlambda/frontend/decide"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/frontend/suggest"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// notInImages says which files of other images are not there. It is nil when all
// are, or when the images cannot be looked into. It is asked of a build that has
// failed, since whoever has the result in a cache needs no image.
func (b *Builder) notInImages(ctx context.Context, g *graph) error {
	var errs []error
	for _, f := range g.images.files {
		ref, err := b.client.Solve(ctx, f.image.State, true)
		if err != nil {
			return nil
		}
		for _, c := range f.work.Copies {
			if _, err := ref.StatFile(ctx, gwclient.StatRequest{Path: c.From}); err != nil {
				errs = append(errs, notInImage(ctx, ref, f.work.Image, c))
			}
		}
	}
	return errors.Join(errs...)
}

// notInImage is the error of a path that an image does not have. It names what is
// in the nearest folder that the image has.
func notInImage(ctx context.Context, ref gwclient.Reference, image string, c plan.Copy) error {
	for missing, dir := c.From, path.Dir(c.From); ; missing, dir = dir, path.Dir(dir) {
		entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: dir})
		if err != nil && dir != "/" {
			continue
		}
		var names []string
		for _, st := range entries {
			names = append(names, path.Join(dir, path.Base(st.Path)))
		}
		remedy := suggest.OneOf(missing, names, dir+" of the image has "+suggest.List(names))
		return source.Errorf(c.Source, "there is no %s in the image %s: %s", c.From, image, remedy)
	}
}

// lintExtensions tells of the extensions of other images that cannot be run.
func (b *Builder) lintExtensions(ctx context.Context, g *graph) error {
	var unfit []string
	for i := range g.result.Opt {
		ref, err := b.solve(ctx, g, func(r *llb.Result) bkllb.State { return r.Opt[i] })
		if err != nil {
			return err
		}
		entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: plan.Extensions})
		if err != nil {
			// That a tree does not have the folder is told in words only.
			if ctx.Err() != nil {
				return fmt.Errorf("listing the extensions: %w", err)
			}
			continue
		}
		for _, st := range entries {
			if mode := fs.FileMode(st.Mode); mode.IsRegular() && mode&0o111 == 0 {
				unfit = append(unfit, path.Join(plan.Extensions, path.Base(st.Path)))
			}
		}
	}
	return b.tellExtensions(ctx, g, unfit)
}

// lintArchivedExtensions tells of those in the layer beside an archive.
func (b *Builder) lintArchivedExtensions(ctx context.Context, g *graph, entries []archive.Entry) error {
	folder := strings.TrimPrefix(plan.Extensions, plan.LayerRoot+"/")
	var unfit []string
	for _, e := range entries {
		if path.Dir(e.Name) == folder && e.Mode&0o111 == 0 {
			unfit = append(unfit, path.Join(plan.LayerRoot, e.Name))
		}
	}
	return b.tellExtensions(ctx, g, unfit)
}

// tellExtensions tells of extensions that cannot be run. The decision knows the
// extensions of the context itself.
func (b *Builder) tellExtensions(ctx context.Context, g *graph, unfit []string) error {
	for _, e := range g.decided.LocalExtensions() {
		unfit = slices.DeleteFunc(unfit, func(to string) bool { return to == e.To })
	}
	if len(unfit) == 0 {
		return nil
	}
	slices.Sort(unfit)
	return b.lint(ctx, g.decided, decide.Found{Extensions: slices.Compact(unfit)})
}
