package run

import (
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
	"strings"
	"unicode"

	bkllb "github.com/moby/buildkit/client/llb"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/archive"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/llb"
	"github.com/uvlambda/uvlambda/plan"
)

// part is one of the runs of entries that an archive is put together from: made
// by a step, or bytes of this process.
type part struct {
	entries []archive.Entry
	made    *llb.Part
	// report and content are the results of a step; content is there when this
	// process has to read it.
	report, content gwclient.Reference
	data            []byte
}

// archiveParts are the parts of one archive. A part that it lacks is nil.
type archiveParts struct {
	dependencies        []*part
	members, files, app *part
	// opt is a part of an archive of its own.
	opt *part
	// slimmed says as JSON what slimming the dependencies saved.
	slimmed []byte
}

// archiveParts makes the parts of an archive, side by side.
func (b *Builder) archiveParts(ctx context.Context, g *graph) (*archiveParts, error) {
	parts := &archiveParts{}
	eg, egCtx := gateway.NewGroup(ctx)
	a := g.result.Archive
	parts.dependencies = make([]*part, len(a.Dependencies))
	for i := range a.Dependencies {
		eg.Go(func() (err error) {
			parts.dependencies[i], err = b.packed(egCtx, g, func(a *llb.Archive) *llb.Part { return a.Dependencies[i] })
			return err
		})
	}
	for _, packed := range []struct {
		to *(*part)
		of func(*llb.Archive) *llb.Part
	}{
		{&parts.members, func(a *llb.Archive) *llb.Part { return a.Members }},
		{&parts.files, func(a *llb.Archive) *llb.Part { return a.Files }},
		{&parts.opt, func(a *llb.Archive) *llb.Part { return a.Opt }},
	} {
		if packed.of(a) == nil {
			continue
		}
		eg.Go(func() (err error) {
			*packed.to, err = b.packed(egCtx, g, packed.of)
			return err
		})
	}
	if a.App != nil {
		eg.Go(func() (err error) {
			parts.app, err = b.packedApp(egCtx, g)
			return err
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	installs := g.plan.Installs()
	if len(installs) == 0 || len(installs[0].Slim) == 0 || g.archive().Beside != "" {
		return parts, nil
	}
	return parts, parts.readSlimmed(ctx)
}

// readSlimmed adds up what slimming saved in each of the dependencies.
func (p *archiveParts) readSlimmed(ctx context.Context) error {
	all := map[string]int64{}
	for _, part := range p.dependencies {
		data, err := gateway.ReadAll(ctx, part.report, llb.SlimmedFile)
		if err != nil {
			return err
		}
		saved := map[string]int64{}
		if err := json.Unmarshal(data, &saved); err != nil {
			return fmt.Errorf("reading what slimming saved: %w", err)
		}
		for way, size := range saved {
			all[way] += size
		}
	}
	data, err := json.Marshal(all)
	p.slimmed = data
	return err
}

// packed makes a part in a step of the build.
func (b *Builder) packed(ctx context.Context, g *graph, of func(*llb.Archive) *llb.Part) (*part, error) {
	p := &part{made: of(g.result.Archive)}
	eg, ctx := gateway.NewGroup(ctx)
	eg.Go(func() (err error) {
		p.report, err = b.solve(ctx, g, func(r *llb.Result) bkllb.State { return of(r.Archive).Report })
		if err != nil {
			return err
		}
		described, err := gateway.ReadAll(ctx, p.report, llb.PartEntries)
		if err != nil {
			return err
		}
		p.entries, err = archive.ParseEntries(described)
		return err
	})
	if g.archive().ByClient {
		eg.Go(func() (err error) {
			p.content, err = b.solve(ctx, g, func(r *llb.Result) bkllb.State { return of(r.Archive).Data })
			return err
		})
	}
	return p, eg.Wait()
}

// packedApp compresses the application here when it is small, else in a step.
func (b *Builder) packedApp(ctx context.Context, g *graph) (*part, error) {
	ref, err := b.solve(ctx, g, func(r *llb.Result) bkllb.State { return *r.Archive.App })
	if err != nil {
		return nil, err
	}
	tree := &smallTree{ref: ref, limit: g.archive().Small}
	if err := tree.walk(ctx, "."); err != nil {
		return nil, err
	}
	if tree.unfit {
		return b.packed(ctx, g, func(a *llb.Archive) *llb.Part { return a.PackedApp })
	}
	files, err := tree.read(ctx, g.archive().Prefix)
	if err != nil {
		return nil, err
	}
	p := &part{}
	p.entries, p.data, err = archive.Pack(files)
	return p, err
}

// smallTree are the files of an application.
type smallTree struct {
	ref   gwclient.Reference
	limit plan.Small
	files []archive.File
	size  int64
	// unfit is set when this process should not, or cannot, compress them. The
	// step knows what to do with links, and what to say of names.
	unfit bool
}

// walk lists the files below dir, of the task root, until the tree is unfit.
func (t *smallTree) walk(ctx context.Context, dir string) error {
	entries, err := t.ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Join(plan.TaskRoot, dir)})
	if err != nil {
		return fmt.Errorf("listing the application: %w", err)
	}
	if len(entries) == 0 && dir != "." {
		t.files = append(t.files, archive.File{Name: dir + "/"})
	}
	for _, st := range entries {
		name, mode := path.Join(dir, path.Base(st.Path)), fs.FileMode(st.Mode)
		switch {
		case mode.IsDir():
			if err := t.walk(ctx, name); err != nil {
				return err
			}
		case mode.IsRegular():
			t.files = append(t.files, archive.File{Name: name, Executable: mode&0o100 != 0})
			t.size += st.Size
		default:
			t.unfit = true
		}
		t.unfit = t.unfit || len(t.files) > t.limit.Files || t.size > t.limit.Bytes || oddName(name)
		if t.unfit {
			return nil
		}
	}
	return nil
}

// oddName tells a name that cannot live in an archive.
func oddName(name string) bool {
	return strings.ContainsFunc(name, func(r rune) bool { return r == '\\' || unicode.IsControl(r) })
}

// read reads the files side by side and puts them below a folder.
func (t *smallTree) read(ctx context.Context, prefix string) ([]archive.File, error) {
	eg, ctx := gateway.NewGroup(ctx)
	for i := range t.files {
		f := &t.files[i]
		eg.Go(func() (err error) {
			if !strings.HasSuffix(f.Name, "/") {
				f.Data, err = gateway.ReadAll(ctx, t.ref, path.Join(plan.TaskRoot, f.Name))
			}
			if prefix != "" {
				f.Name = prefix + "/" + f.Name
			}
			return err
		})
	}
	return t.files, eg.Wait()
}

// inArchive are the parts of an archive, in the order of its data.
func (p *archiveParts) inArchive(a *plan.Archive) []*part {
	var all []*part
	if a.Beside == "" {
		all = append(all, p.dependencies...)
	}
	for _, own := range []*part{p.members, p.files, p.app} {
		if own != nil {
			all = append(all, own)
		}
	}
	return all
}

// layOut puts the parts together, if they are not too large.
func (p *archiveParts) layOut(a *plan.Archive) (*archive.Layout, error) {
	var entries [][]archive.Entry
	for _, part := range p.inArchive(a) {
		entries = append(entries, part.entries)
	}
	layout, err := archive.NewLayout(entries...)
	if err != nil {
		return nil, err
	}
	var layer []archive.Entry
	if a.Beside != "" {
		for _, part := range p.dependencies {
			layer = append(layer, part.entries...)
		}
	}
	if p.opt != nil {
		layer = append(layer, p.opt.entries...)
	}
	return layout, layout.Check(a.Limit, layer)
}

// layer is the archive with the files below plan.LayerRoot.
func (p *archiveParts) layer(a *plan.Archive) (*zipped, error) {
	layout, err := archive.NewLayout(p.opt.entries)
	if err != nil {
		return nil, err
	}
	facts := a.Facts
	facts.Handler = ""
	data, err := layout.Facts(facts, nil)
	return &zipped{name: a.Opt, layout: layout, parts: []*part{p.opt}, end: layout.Directory, facts: data}, err
}

// made are the parts that steps made.
func (p *archiveParts) made(a *plan.Archive) []*part {
	var made []*part
	for _, part := range p.inArchive(a) {
		if part.made != nil {
			made = append(made, part)
		}
	}
	return made
}

// end is what stands behind the parts that steps made.
func (p *archiveParts) end(l *archive.Layout) []byte {
	if p.app == nil {
		return l.Directory
	}
	return append(p.app.data, l.Directory...)
}
