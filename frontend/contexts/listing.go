package contexts

import (
	"context"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
)

// listingCalls is how many folders are listed at once.
const listingCalls = 8

// List lists what stands at paths of the context and below them.
func (g *Gateway) List(ctx context.Context, paths []string) (files.Listing, error) {
	ref, err := g.solve(ctx, "sources", "sources", only(slices.Concat(paths, g.Paths())))
	if err != nil {
		return files.Listing{}, err
	}
	return ListTree(ctx, ref, paths)
}

// ListTree lists what stands at roots of a solved context and below them.
func ListTree(ctx context.Context, ref gwclient.Reference, roots []string) (files.Listing, error) {
	eg, ctx := gateway.NewGroup(ctx)
	l := &lister{ref: ref, group: eg, calls: make(chan struct{}, listingCalls), entries: files.Set{}}
	for _, root := range roots {
		eg.Go(func() error { return l.root(ctx, root) })
	}
	err := Reading(eg.Wait(), "the list of files")
	return files.Listing{Roots: roots, Entries: l.entries}, err
}

// lister collects the entries of folders, several at a time.
type lister struct {
	ref   gwclient.Reference
	group gateway.Group
	// calls bounds the calls to the daemon.
	calls chan struct{}

	mu      sync.Mutex
	entries files.Set
}

// root lists the folders on the way to a root, the root, and what is below it.
func (l *lister) root(ctx context.Context, root string) error {
	kind := files.Folder
	if root != "." {
		at := "."
		for name := range strings.SplitSeq(root, "/") {
			var err error
			if kind, err = l.entry(ctx, at, name); err != nil || kind != files.Folder {
				return err
			}
			at = path.Join(at, name)
		}
	}
	if kind != files.Folder {
		return nil
	}
	return l.below(ctx, root)
}

// entry records one entry of a folder, and gives its kind.
func (l *lister) entry(ctx context.Context, dir, name string) (files.Kind, error) {
	stats, err := l.readDir(ctx, gwclient.ReadDirRequest{Path: dir, IncludePattern: files.Exactly(name)})
	if err != nil {
		return files.Missing, err
	}
	for _, st := range stats {
		if path.Base(st.Path) == name {
			return l.record(path.Join(dir, name), st), nil
		}
	}
	return files.Missing, nil
}

// below records what is in a folder, each folder in it side by side.
func (l *lister) below(ctx context.Context, dir string) error {
	stats, err := l.readDir(ctx, gwclient.ReadDirRequest{Path: dir})
	if err != nil {
		return err
	}
	for _, st := range stats {
		at := path.Join(dir, path.Base(st.Path))
		if l.record(at, st) == files.Folder {
			l.group.Go(func() error { return l.below(ctx, at) })
		}
	}
	return nil
}

func (l *lister) readDir(ctx context.Context, req gwclient.ReadDirRequest) ([]*fstypes.Stat, error) {
	l.calls <- struct{}{}
	defer func() { <-l.calls }()
	return l.ref.ReadDir(ctx, req)
}

// record keeps an entry, and gives its kind.
func (l *lister) record(at string, st *fstypes.Stat) files.Kind {
	e := entryOf(fs.FileMode(st.Mode), st.Linkname)
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries[at] = e
	return e.Kind
}

// entryOf is what stands at a place, by its mode and where it links to.
func entryOf(mode fs.FileMode, link string) files.Entry {
	switch {
	case mode.IsDir():
		return files.Entry{Kind: files.Folder}
	case mode.IsRegular():
		return files.Entry{Kind: files.Regular, Executable: mode&0o111 != 0}
	case mode&fs.ModeSymlink != 0:
		return files.Entry{Kind: files.Link, Link: link}
	default:
		return files.Entry{Kind: files.Special}
	}
}
