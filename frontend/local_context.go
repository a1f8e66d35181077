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
)

// localContext reads a folder of this machine, which no path can leave.
type localContext struct{ root *os.Root }

// files is the folder as the loader sees it.
func (l localContext) files() files.Context {
	return files.Context{Read: l.Read, Stat: l.Stat, Find: l.Find, Glob: l.Glob}
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
