package frontend

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
)

// localContext reads a folder of this machine, which no path can leave.
type localContext struct{ root *os.Root }

// files is the folder as the loader sees it.
func (l localContext) files() files.Context {
	return files.Context{Read: l.Read, Stat: l.Stat, Find: l.Find, Glob: l.Glob, List: l.List}
}

// Read gives the entries of files, with their contents.
func (l localContext) Read(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		data, err := l.root.ReadFile(filepath.FromSlash(p))
		if err == nil {
			set[p] = files.Entry{Kind: files.Regular, Data: data}
			continue
		}
		set[p] = files.Entry{}
	}
	return set, nil
}

// Stat gives the entries of files and folders, without contents.
func (l localContext) Stat(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		set[p] = l.stat(filepath.FromSlash(p))
	}
	return set, nil
}

func (l localContext) stat(p string) files.Entry {
	info, err := l.root.Stat(p)
	if err == nil {
		if info.IsDir() {
			return files.Entry{Kind: files.Folder}
		}
		return files.Entry{Kind: files.Regular}
	}
	if link, linkErr := l.root.Readlink(p); linkErr == nil && !errors.Is(err, fs.ErrNotExist) {
		return files.Entry{Kind: files.Outside, Link: link}
	}
	return files.Entry{}
}

// Find gives the sorted paths of all files of that name.
func (l localContext) Find(_ context.Context, name string) ([]string, error) {
	return l.list(func(p string) (bool, error) { return path.Base(p) == name, nil })
}

// Glob gives the sorted paths of all files that one of the patterns matches.
func (l localContext) Glob(_ context.Context, patterns []string) ([]string, error) {
	return l.list(func(p string) (bool, error) { return files.Matches(patterns, p) })
}

// List lists what stands at paths and below them.
func (l localContext) List(_ context.Context, paths []string) (files.Listing, error) {
	listing := files.Listing{Roots: paths, Entries: files.Set{}}
	for _, root := range paths {
		l.listTo(listing.Entries, root)
		if listing.Entries[root].Kind != files.Folder && root != "." {
			continue
		}
		err := fs.WalkDir(l.root.FS(), root, func(p string, _ fs.DirEntry, err error) error {
			if err == nil {
				l.record(listing.Entries, p)
			}
			return err
		})
		if err != nil {
			return listing, fmt.Errorf("listing the build context: %w", err)
		}
	}
	return listing, nil
}

// listTo records a path and the folders on the way to it, as far as they are
// folders.
func (l localContext) listTo(entries files.Set, p string) {
	for _, at := range slices.Backward(planner.Ancestors(p)) {
		if at != "." && !l.record(entries, at) {
			return
		}
	}
}

// record keeps what stands at a path, and tells whether that is a folder.
func (l localContext) record(entries files.Set, p string) bool {
	name := filepath.FromSlash(p)
	info, err := l.root.Lstat(name)
	if err != nil {
		return false
	}
	// Links are read here only: what cannot be read leads nowhere.
	link, _ := l.root.Readlink(name)
	entries[p] = entryOf(info.Mode(), filepath.ToSlash(link))
	return info.IsDir()
}

// list gives the sorted paths of the files to keep.
func (l localContext) list(keep func(p string) (bool, error)) ([]string, error) {
	var kept []string
	err := fs.WalkDir(l.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && slices.Contains(notProjects, "**/"+path.Base(p)) {
			return fs.SkipDir
		}
		if d.IsDir() {
			return nil
		}
		wanted, err := keep(p)
		if wanted {
			kept = append(kept, p)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listing the build context: %w", err)
	}
	return kept, nil
}
