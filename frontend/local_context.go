package frontend

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/patternmatcher/ignorefile"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// localContext reads a folder of this machine, which no path can leave, less
// what an ignore file hides: as a client sends it.
type localContext struct {
	root *os.Root
	// patterns are the lines of the ignore file that counts.
	patterns []string
	ignore   *files.Ignore
}

// openLocal reads the ignore file of a build file, which is relative to the
// folder.
func openLocal(root *os.Root, buildFile string) (*localContext, error) {
	l := &localContext{root: root}
	for _, name := range planner.IgnoreFiles(buildFile) {
		data, err := readLocal(root, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			l.patterns, err = ignorefile.ReadAll(bytes.NewReader(data))
		}
		if errors.As(err, new(*notAFileError)) {
			return nil, source.Errorf(plan.Location{File: name}, "%w", err)
		}
		if err != nil {
			return nil, contextError(err, name)
		}
		break
	}
	var err error
	l.ignore, err = files.NewIgnore(l.patterns)
	return l, contextError(err, ".dockerignore")
}

// files is the folder as the loader sees it.
func (l *localContext) files() files.Context {
	return files.Context{
		Near: true,
		Read: l.Read, Stat: l.Stat, Find: l.Find, Glob: l.Glob, List: l.List,
		Look: l.Look, Ignored: l.Ignored, IgnoreFiles: l.readAll,
	}
}

// Ignored gives the patterns of the ignore file that counts.
func (l *localContext) Ignored(context.Context) ([]string, error) { return l.patterns, nil }

// Read gives the entries of files, with their contents.
func (l *localContext) Read(ctx context.Context, paths []string) (files.Set, error) {
	set, err := l.readAll(ctx, paths)
	if err != nil {
		return nil, err
	}
	if err := hide(set, l.patterns); err != nil {
		return nil, err
	}
	return set, checkReadable(set)
}

// readAll gives the entries of files, with their contents, whatever is hidden.
func (l *localContext) readAll(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		set[p] = contentOf(readLocal(l.root, p))
	}
	return set, nil
}

// Stat gives the entries of files and folders, without contents.
func (l *localContext) Stat(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		sent, err := l.sends(p)
		if err != nil {
			return nil, err
		}
		set[p] = files.Entry{}
		if sent {
			set[p] = l.stat(filepath.FromSlash(p))
		}
	}
	return set, nil
}

// Look gives the entries of files and folders, whatever is hidden.
func (l *localContext) Look(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		set[p] = l.stat(filepath.FromSlash(p))
	}
	return set, nil
}

// sends reports whether a client sends a path, or something below it.
func (l *localContext) sends(p string) (bool, error) {
	hidden, err := l.ignore.Hides(p)
	if err != nil || !hidden {
		return true, err
	}
	if !l.ignore.MayTakeBack(p) {
		return false, nil
	}
	below, err := l.list(true, func(q string) (bool, error) { return strings.HasPrefix(q, p+"/"), nil })
	if err != nil {
		return false, err
	}
	for _, q := range below {
		if hidden, err := l.ignore.Hides(q); err != nil || !hidden {
			return true, err
		}
	}
	return false, nil
}

func (l *localContext) stat(p string) files.Entry {
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
func (l *localContext) Find(_ context.Context, name string) ([]string, error) {
	return l.list(false, func(p string) (bool, error) { return path.Base(p) == name, nil })
}

// Glob gives the sorted paths of all files that one of the patterns matches.
func (l *localContext) Glob(_ context.Context, patterns []string, hidden bool) ([]string, error) {
	return l.list(hidden, func(p string) (bool, error) { return files.Matches(patterns, p) })
}

// List lists what stands at paths and below them.
func (l *localContext) List(_ context.Context, paths []string) (files.Listing, error) {
	listing := files.Listing{Roots: paths, Entries: files.Set{}}
	for _, root := range paths {
		if sent, err := l.sends(root); err != nil || !sent {
			if err != nil {
				return listing, err
			}
			continue
		}
		l.listTo(listing.Entries, root)
		if listing.Entries[root].Kind != files.Folder && root != "." {
			continue
		}
		err := fs.WalkDir(l.root.FS(), root, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			hidden, err := l.ignore.Hides(p)
			switch {
			case err != nil:
				return err
			case !hidden:
				l.listTo(listing.Entries, p)
			case d.IsDir() && !l.ignore.MayTakeBack(p):
				return fs.SkipDir
			}
			return nil
		})
		if err != nil {
			return listing, fmt.Errorf("listing the build context: %w", err)
		}
	}
	return listing, nil
}

// listTo records a path and the folders on the way to it, as far as they are
// folders.
func (l *localContext) listTo(entries files.Set, p string) {
	for _, at := range slices.Backward(planner.Ancestors(p)) {
		if at != "." && !l.record(entries, at) {
			return
		}
	}
}

// record keeps what stands at a path, and tells whether that is a folder.
func (l *localContext) record(entries files.Set, p string) bool {
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

// list gives the sorted paths of the files to keep, hidden ones among them or
// not.
func (l *localContext) list(all bool, keep func(p string) (bool, error)) ([]string, error) {
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
		if err == nil && wanted && !all {
			var hidden bool
			hidden, err = l.ignore.Hides(p)
			wanted = !hidden
		}
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
