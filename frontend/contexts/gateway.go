package contexts

import (
	"context"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"sync"

	bkllb "github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/frontend/dockerui"
	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Gateway is the build context of a client that is read through the daemon.
type Gateway struct {
	client *gateway.Client
	texts  *Texts
	// lines are the lines that ask for the transfers.
	lines bkllb.ConstraintsOpt
	// folder is set when the context is a folder of the client.
	folder bool

	mu sync.Mutex
	// read are all paths read so far: each transfer asks for them all, so the
	// newest state holds them all and the client sends only what is new.
	read []string
	// rounds counts the transfers. Each has its own key on the daemon, so that
	// the same round of the next build finds its files and sends changes only.
	rounds int
	// ignore is the ignore file, once it was read.
	ignore *planner.IgnoreFile
}

// NewGateway is the context of a client, with the lines that ask for it.
func NewGateway(ctx context.Context, c *gateway.Client, texts *Texts, lines bkllb.ConstraintsOpt) (*Gateway, error) {
	folder, err := IsFolder(ctx, c)
	return &Gateway{client: c, texts: texts, lines: lines, folder: folder}, err
}

// Near is not set: each read is a transfer.
func (*Gateway) Near() bool { return false }

// Paths are the sorted paths of all files that were read so far.
func (g *Gateway) Paths() []string {
	g.mu.Lock()
	defer g.mu.Unlock()
	return slices.Clone(g.read)
}

// projectFiles is what Read transfers, for people.
const projectFiles = "project files"

// Read gives the entries of files, with their contents. They are read from a
// transfer of all that was read so far.
func (g *Gateway) Read(ctx context.Context, paths []string) (files.Set, error) {
	g.mu.Lock()
	g.read = append(g.read, paths...)
	slices.Sort(g.read)
	g.read = slices.Compact(g.read)
	g.rounds++
	all, hint := slices.Clone(g.read), fmt.Sprintf("files-%d", g.rounds)
	g.mu.Unlock()
	read := g.readElsewhere
	if g.folder {
		read = g.readFolder
	}
	set, err := read(ctx, paths, all, hint)
	if err != nil {
		return nil, Reading(err, projectFiles)
	}
	g.texts.AddAll(set)
	return set, checkReadable(set)
}

// readElsewhere reads paths of a context that is no folder of the client.
func (g *Gateway) readElsewhere(ctx context.Context, paths, all []string, hint string) (files.Set, error) {
	ref, err := g.solve(ctx, projectFiles, hint, only(all))
	if err != nil {
		return nil, err
	}
	return readPaths(ctx, ref, paths)
}

// readFolder reads paths of the client's folder, whatever the ignore file says. The
// ignore file comes in the same transfer, and the files that it matches are marked
// as hidden. Reading it first would take one more round trip in every build.
func (g *Gateway) readFolder(ctx context.Context, paths, all []string, hint string) (set files.Set, err error) {
	ref, err := g.solvePast(ctx, projectFiles, hint, only(append(all, dockerignore)))
	if err != nil {
		return nil, err
	}
	var ignore planner.IgnoreFile
	eg, ctx := gateway.NewGroup(ctx)
	eg.Go(func() (err error) {
		ignore, err = g.readIgnore(ctx, ref)
		return err
	})
	eg.Go(func() (err error) {
		set, err = readListed(ctx, ref, paths)
		return err
	})
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	return set, Hide(set, ignore)
}

// Ignore gives the ignore file that counts. A context that is no folder of the
// client has none: BuildKit reads a named one with its own.
func (g *Gateway) Ignore(ctx context.Context) (planner.IgnoreFile, error) {
	if !g.folder {
		if g.client.Option("context:"+mainName) != "" {
			return planner.IgnoreFile{}, nil
		}
		patterns, err := g.client.DockerIgnorePatterns(ctx)
		return planner.IgnoreFile{Patterns: patterns}, Reading(err, dockerignore)
	}
	g.mu.Lock()
	known := g.ignore
	g.mu.Unlock()
	if known != nil {
		return *known, nil
	}
	ref, err := g.solvePast(ctx, dockerignore, "ignore", only([]string{dockerignore}))
	if err != nil {
		return planner.IgnoreFile{}, Reading(err, dockerignore)
	}
	return g.readIgnore(ctx, ref)
}

// readIgnore reads the ignore file from a transfer that brought it, the first
// time that it is asked.
func (g *Gateway) readIgnore(ctx context.Context, ref gwclient.Reference) (planner.IgnoreFile, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.ignore != nil {
		return *g.ignore, nil
	}
	ignore, err := g.findIgnore(ctx, ref)
	if err != nil {
		return planner.IgnoreFile{}, err
	}
	g.ignore = &ignore
	return ignore, nil
}

// findIgnore gives the ignore file of the build file's own, else the context's.
func (g *Gateway) findIgnore(ctx context.Context, ref gwclient.Reference) (planner.IgnoreFile, error) {
	if own := g.texts.buildFile.ignore; own != nil {
		return *own, nil
	}
	switch e := readFile(ctx, ref, dockerignore, maxRead); e.Kind {
	case files.Regular:
		g.texts.Add(dockerignore, e.Data)
		return parseIgnore(dockerignore, e.Data)
	case files.Missing:
		return planner.IgnoreFile{}, nil
	default:
		return planner.IgnoreFile{}, source.Errorf(plan.Location{File: dockerignore}, "%w", &notAFileError{e.Kind})
	}
}

// Look gives the entries of files and folders, whatever the ignore file hides of
// them. Of a folder nothing is transferred but the folder itself.
func (g *Gateway) Look(ctx context.Context, paths []string) (files.Set, error) {
	if !g.folder {
		return nil, nil
	}
	var below []string
	for _, p := range slices.Sorted(slices.Values(paths)) {
		below = append(below, "!"+files.Exactly(p), files.Exactly(p)+"/*")
	}
	ref, err := g.solvePast(ctx, "hidden files", "hidden", only(paths), bkllb.ExcludePatterns(below))
	if err != nil {
		return nil, Reading(err, "hidden files")
	}
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return statPath(ctx, ref, p) })
}

// Stat gives the entries of files and folders, without contents. It transfers
// them, which the build would do next anyway.
func (g *Gateway) Stat(ctx context.Context, paths []string) (files.Set, error) {
	ref, err := g.solve(ctx, "included files", "include", only(paths))
	if err != nil {
		return nil, err
	}
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return statPath(ctx, ref, p) })
}

// Find gives the sorted paths of all files of that name.
func (g *Gateway) Find(ctx context.Context, name string) ([]string, error) {
	found, err := g.match(ctx, "every "+name, "find", []string{"**/" + files.Exactly(name)})
	return slices.DeleteFunc(found, func(p string) bool { return path.Base(p) != name }), err
}

// Glob gives the sorted paths of all files that one of the patterns matches.
func (g *Gateway) Glob(ctx context.Context, patterns []string, hidden bool) ([]string, error) {
	if !hidden {
		return g.match(ctx, "events", "events", patterns)
	}
	if !g.folder {
		return nil, nil
	}
	ref, err := g.solvePast(ctx, "hidden events", "hidden-events",
		bkllb.IncludePatterns(patterns), bkllb.ExcludePatterns(notProjects), bkllb.Differ(bkllb.DiffNone, false))
	if err != nil {
		return nil, Reading(err, "hidden events")
	}
	return allFiles(ctx, ref)
}

// match gives the sorted paths of all files that are sent and that a pattern
// matches.
func (g *Gateway) match(ctx context.Context, what, hint string, patterns []string) ([]string, error) {
	ignore, err := g.Ignore(ctx)
	if err != nil {
		return nil, err
	}
	ref, err := g.solve(ctx, what, hint,
		bkllb.IncludePatterns(patterns),
		bkllb.ExcludePatterns(slices.Concat(ignore.Patterns, notProjects)),
		bkllb.Differ(bkllb.DiffNone, false))
	if err != nil {
		return nil, err
	}
	return allFiles(ctx, ref)
}

// solve transfers a part of the context, less what the ignore file hides.
func (g *Gateway) solve(ctx context.Context, what, hint string, opts ...bkllb.LocalOption) (gwclient.Reference, error) {
	var ignore planner.IgnoreFile
	var err error
	if g.folder {
		if ignore, err = g.Ignore(ctx); err != nil {
			return nil, err
		}
	}
	st, err := part(ctx, g.client, g.folder, ignore.Patterns, append(transfer(what, hint, g.lines), opts...)...)
	if err != nil {
		return nil, Reading(err, what)
	}
	ref, err := g.client.Solve(ctx, *st, false)
	return ref, Reading(err, what)
}

// solvePast transfers a part of the client's folder, past the ignore file.
func (g *Gateway) solvePast(ctx context.Context, what, hint string, opts ...bkllb.LocalOption) (gwclient.Reference, error) {
	st, err := part(ctx, g.client, true, nil, append(transfer(what, hint, g.lines), opts...)...)
	if err != nil {
		return nil, err
	}
	return g.client.Solve(ctx, *st, false)
}

// transfer names a transfer for people, and for the daemon, which keeps what it
// has of each.
func transfer(what, hint string, lines bkllb.ConstraintsOpt) []bkllb.LocalOption {
	return []bkllb.LocalOption{bkllb.SharedKeyHint("uvlambda-" + hint), dockerui.WithInternalName("load " + what), lines}
}

// readPaths reads files of a transfer.
func readPaths(ctx context.Context, ref gwclient.Reference, paths []string) (files.Set, error) {
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry { return readFile(ctx, ref, p, readLimit(p)) })
}

// readListed reads files of a transfer that has no other files. Most of the places
// where a project may have a file are empty, and each is a call to the daemon, or
// two: so the transfer is listed first.
func readListed(ctx context.Context, ref gwclient.Reference, paths []string) (files.Set, error) {
	listing, err := ListTree(ctx, ref, []string{"."})
	if err != nil {
		return nil, err
	}
	return eachPath(ctx, paths, func(ctx context.Context, p string) files.Entry {
		switch e := listing.Entries[p]; {
		case e.Kind == files.Regular:
			return contentOf(readChunks(ctx, ref, p, readLimit(p)))
		case e.Kind == files.Link || linked(listing.Entries, p):
			return readFile(ctx, ref, p, readLimit(p))
		default:
			return e
		}
	})
}

// linked reports whether a link is on the way to a path, which may lead anywhere.
func linked(entries files.Set, p string) bool {
	return slices.ContainsFunc(planner.Ancestors(path.Dir(p)), func(at string) bool { return entries[at].Kind == files.Link })
}

// eachPath asks for entries side by side: each is a call to the daemon.
func eachPath(ctx context.Context, paths []string, entry func(context.Context, string) files.Entry) (files.Set, error) {
	entries := make([]files.Entry, len(paths))
	eg, ctx := gateway.NewGroup(ctx)
	for i, p := range paths {
		eg.Go(func() error {
			entries[i] = entry(ctx, p)
			return nil
		})
	}
	if err := eg.Wait(); err != nil {
		return nil, err
	}
	set := files.Set{}
	for i, p := range paths {
		set[p] = entries[i]
	}
	return set, nil
}

// allFiles gives the sorted paths of all files of a reference.
func allFiles(ctx context.Context, ref gwclient.Reference) ([]string, error) {
	var found []string
	err := walk(ctx, ref, ".", func(p string) { found = append(found, p) })
	slices.Sort(found)
	return found, err
}

// statPath looks at a path; what is missing may be a link that leads out.
func statPath(ctx context.Context, ref gwclient.Reference, p string) files.Entry {
	if st, err := ref.StatFile(ctx, gwclient.StatRequest{Path: p}); err == nil && !isLink(st) {
		if st.IsDir() {
			return files.Entry{Kind: files.Folder}
		}
		return files.Entry{Kind: files.Regular}
	}
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: path.Dir(p), IncludePattern: files.Exactly(path.Base(p))})
	if err != nil {
		return files.Entry{}
	}
	for _, st := range entries {
		if st.Path == path.Base(p) && isLink(st) {
			return brokenLink(p, st.Linkname)
		}
	}
	return files.Entry{}
}

// brokenLink is a link that leads to nothing of the context: out of it, or to what
// is not there.
func brokenLink(p, link string) files.Entry {
	if path.IsAbs(link) || planner.Outside(path.Join(path.Dir(p), link)) {
		return files.Entry{Kind: files.Outside, Link: link}
	}
	return files.Entry{}
}

func isLink(st *fstypes.Stat) bool { return fs.FileMode(st.Mode)&fs.ModeSymlink != 0 }

// walk visits the files below dir.
func walk(ctx context.Context, ref gwclient.Reference, dir string, visit func(string)) error {
	entries, err := ref.ReadDir(ctx, gwclient.ReadDirRequest{Path: dir})
	if err != nil {
		return fmt.Errorf("listing %s: %w", dir, err)
	}
	for _, st := range entries {
		p := path.Join(dir, st.Path)
		if st.IsDir() {
			if err := walk(ctx, ref, p, visit); err != nil {
				return err
			}
			continue
		}
		visit(p)
	}
	return nil
}
