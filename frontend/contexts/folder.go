package contexts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	confined "github.com/containerd/continuity/fs"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// Folder is a folder of this machine. No path can leave it: links lead to the same
// files as for the daemon, where the folder is the root of all paths.
type Folder struct{ root *os.Root }

// OpenFolder opens a folder, which is to be closed.
func OpenFolder(dir string) (*Folder, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("opening the build context: %w", err)
	}
	return &Folder{root}, nil
}

// Close closes the folder.
func (f *Folder) Close() error { return f.root.Close() }

// resolve gives the place that a path leads to, in the folder.
func (f *Folder) resolve(p string) (string, error) {
	at, err := confined.RootPath(f.root.Name(), filepath.FromSlash(p))
	if err != nil {
		return "", err
	}
	return filepath.Rel(f.root.Name(), at)
}

// readFile reads a file, of a large one only the first part.
func (f *Folder) readFile(p string) ([]byte, error) {
	name, err := f.resolve(p)
	if err != nil {
		return nil, err
	}
	info, err := f.root.Lstat(name)
	if err != nil {
		return nil, err
	}
	if err := checkFile(info.Mode()); err != nil {
		return nil, err
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(readLimit(p))))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	return data, nil
}

// Local is a build context that is a folder of this machine, less what an ignore
// file hides: what a client sends of it.
type Local struct {
	folder *Folder
	texts  *Texts
	ignore planner.IgnoreFile
	hides  *files.Ignore

	mu   sync.Mutex
	read []string
}

// NewLocal reads the ignore file that counts for a build file.
func NewLocal(folder *Folder, texts *Texts) (*Local, error) {
	l := &Local{folder: folder, texts: texts}
	if own := texts.buildFile.ignore; own != nil {
		l.ignore = *own
	} else {
		data, err := folder.readFile(dockerignore)
		switch {
		case err == nil:
			texts.Add(dockerignore, data)
			if l.ignore, err = parseIgnore(dockerignore, data); err != nil {
				return nil, err
			}
		case errors.As(err, new(*notAFileError)):
			return nil, source.Errorf(plan.Location{File: dockerignore}, "%w", err)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, Reading(err, dockerignore)
		}
	}
	var err error
	l.hides, err = files.NewIgnore(l.ignore.Patterns)
	return l, Reading(err, dockerignore)
}

// Near is set: a read is no transfer.
func (*Local) Near() bool { return true }

// Ignore gives the ignore file that counts.
func (l *Local) Ignore(context.Context) (planner.IgnoreFile, error) { return l.ignore, nil }

// Paths are the sorted paths of all files that were read so far.
func (l *Local) Paths() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return slices.Clone(l.read)
}

// Read gives the entries of files, with their contents.
func (l *Local) Read(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		data, err := l.folder.readFile(p)
		if errors.Is(err, fs.ErrPermission) {
			return nil, source.Errorf(plan.Location{File: p}, "the file cannot be read (permission denied): make it readable with `chmod u+r`, or remove it")
		}
		set[p] = contentOf(data, err)
	}
	l.mu.Lock()
	l.read = append(l.read, paths...)
	slices.Sort(l.read)
	l.read = slices.Compact(l.read)
	l.mu.Unlock()
	if err := Hide(set, l.ignore); err != nil {
		return nil, err
	}
	l.texts.AddAll(set)
	return set, checkReadable(set)
}

// Stat gives the entries of files and folders, without contents.
func (l *Local) Stat(_ context.Context, paths []string) (files.Set, error) {
	set := files.Set{}
	for _, p := range paths {
		sent, err := l.sends(p)
		if err != nil {
			return nil, err
		}
		set[p] = files.Entry{}
		if sent {
			if set[p], err = l.stat(p, l.sends); err != nil {
				return nil, err
			}
		}
	}
	return set, nil
}

// Look gives the entries of files and folders, whatever is hidden.
func (l *Local) Look(_ context.Context, paths []string) (_ files.Set, err error) {
	set := files.Set{}
	for _, p := range paths {
		if set[p], err = l.stat(p, func(string) (bool, error) { return true, nil }); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// sends reports whether a client sends a path, or something below it.
func (l *Local) sends(p string) (bool, error) {
	hidden, err := l.hides.Hides(p)
	if err != nil || !hidden {
		return true, err
	}
	if !l.hides.MayTakeBack(p) {
		return false, nil
	}
	below, err := l.list(true, func(q string) (bool, error) { return strings.HasPrefix(q, p+"/"), nil })
	if err != nil {
		return false, err
	}
	for _, q := range below {
		if hidden, err := l.hides.Hides(q); err != nil || !hidden {
			return true, err
		}
	}
	return false, nil
}

// stat looks at a path, which may lead to a file that is not sent.
func (l *Local) stat(p string, sends func(string) (bool, error)) (files.Entry, error) {
	name, err := l.folder.resolve(p)
	if err == nil {
		sent, err := sends(filepath.ToSlash(name))
		if err != nil {
			return files.Entry{}, err
		}
		if info, err := l.folder.root.Lstat(name); sent && err == nil {
			if info.IsDir() {
				return files.Entry{Kind: files.Folder}, nil
			}
			return files.Entry{Kind: files.Regular}, nil
		}
	}
	if link, err := l.folder.root.Readlink(filepath.FromSlash(p)); err == nil {
		return brokenLink(p, filepath.ToSlash(link)), nil
	}
	return files.Entry{}, nil
}

// Find gives the sorted paths of all files of that name.
func (l *Local) Find(_ context.Context, name string) ([]string, error) {
	return l.list(false, func(p string) (bool, error) { return path.Base(p) == name, nil })
}

// Glob gives the sorted paths of all files that one of the patterns matches.
func (l *Local) Glob(_ context.Context, patterns []string, hidden bool) ([]string, error) {
	return l.list(hidden, func(p string) (bool, error) { return files.Matches(patterns, p) })
}

// List lists what stands at paths and below them.
func (l *Local) List(_ context.Context, paths []string) (files.Listing, error) {
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
		err := fs.WalkDir(l.folder.root.FS(), root, func(p string, d fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			hidden, err := l.hides.Hides(p)
			switch {
			case err != nil:
				return err
			case !hidden:
				l.listTo(listing.Entries, p)
			case d.IsDir() && !l.hides.MayTakeBack(p):
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
func (l *Local) listTo(entries files.Set, p string) {
	for _, at := range slices.Backward(planner.Ancestors(p)) {
		if at != "." && !l.record(entries, at) {
			return
		}
	}
}

// record keeps what stands at a path, and tells whether that is a folder.
func (l *Local) record(entries files.Set, p string) bool {
	name := filepath.FromSlash(p)
	info, err := l.folder.root.Lstat(name)
	if err != nil {
		return false
	}
	// Links are read here only: what cannot be read leads nowhere.
	link, _ := l.folder.root.Readlink(name)
	entries[p] = entryOf(info.Mode(), filepath.ToSlash(link))
	return info.IsDir()
}

// list gives the sorted paths of the files to keep, hidden ones among them or
// not.
func (l *Local) list(all bool, keep func(p string) (bool, error)) ([]string, error) {
	var kept []string
	err := fs.WalkDir(l.folder.root.FS(), ".", func(p string, d fs.DirEntry, err error) error {
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
			hidden, err = l.hides.Hides(p)
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

// Sizes gives the files that a client sends, with their sizes.
func (l *Local) Sizes(context.Context) ([]lint.Sent, error) {
	paths, err := l.list(false, func(string) (bool, error) { return true, nil })
	if err != nil {
		return nil, err
	}
	var sent []lint.Sent
	for _, p := range paths {
		// A file that is gone by now is not sent.
		if info, err := l.folder.root.Lstat(filepath.FromSlash(p)); err == nil && info.Mode().IsRegular() {
			sent = append(sent, lint.Sent{Path: p, Size: info.Size()})
		}
	}
	return sent, nil
}
