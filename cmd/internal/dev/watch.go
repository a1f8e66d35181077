package dev

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"github.com/fsnotify/fsnotify"
)

// quiet is how long nothing may change before a change counts as complete: what
// editors and version control write at once comes as several events.
const quiet = 60 * time.Millisecond

// Change is what was changed at once.
type Change struct {
	// Saved is when the first of it was noticed.
	Saved time.Time
	// Paths are sorted, slash-separated and relative to the build context.
	Paths []string
}

// watcher notices changes of the inputs of a build.
type watcher struct {
	// root is the build context.
	root string
	// now is the clock.
	now func() time.Time
	// begun is called with the first event of a change, and vanished when there
	// was none after all.
	begun, vanished func()

	events *fsnotify.Watcher
	mu     sync.Mutex
	inputs *Inputs
}

// newWatcher makes a watcher that watches nothing yet. Its resources are given
// back when run ends.
func newWatcher(root string, now func() time.Time, begun, vanished func()) (*watcher, error) {
	root, err := filepath.Abs(root)
	if err != nil {
		return nil, fmt.Errorf("looking for the build context: %w", err)
	}
	events, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, watchError(err)
	}
	return &watcher{root: root, now: now, begun: begun, vanished: vanished, events: events, inputs: &Inputs{}}, nil
}

// watch replaces the watched files and folders.
func (w *watcher) watch(inputs *Inputs) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.inputs = inputs
	folders, err := w.folders()
	if err != nil {
		return err
	}
	for _, folder := range w.events.WatchList() {
		if !slices.Contains(folders, folder) {
			// A folder that is gone is not watched any more by itself.
			_ = w.events.Remove(folder)
		}
	}
	return w.add(folders)
}

// add watches folders. One that has gone in the meantime needs no watching.
func (w *watcher) add(folders []string) error {
	for _, folder := range folders {
		if err := w.events.Add(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return watchError(err)
		}
	}
	return nil
}

// watchError says what to do when there are too many folders.
func watchError(err error) error {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EMFILE) {
		return fmt.Errorf("watching the project: the system's limit is reached (%w): raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl", err)
	}
	return fmt.Errorf("watching the project: %w", err)
}

// folders are the absolute paths of the folders whose entries are inputs.
// Folders are watched, not files: editors put a new file in an old one's place.
func (w *watcher) folders() ([]string, error) {
	found := map[string]bool{}
	for _, file := range w.inputs.files {
		found[w.absolute(path.Dir(file))] = true
	}
	for _, t := range w.inputs.trees {
		found[w.absolute(path.Dir(t.path))] = true
		below, err := w.foldersBelow(t, t.path)
		if err != nil {
			return nil, err
		}
		for _, folder := range below {
			found[folder] = true
		}
	}
	maps.DeleteFunc(found, func(folder string, _ bool) bool {
		info, err := os.Stat(folder)
		return err != nil || !info.IsDir()
	})
	return slices.Sorted(maps.Keys(found)), nil
}

// foldersBelow are the folders of a tree that can hold inputs, from one of its
// paths on.
func (w *watcher) foldersBelow(t tree, from string) ([]string, error) {
	var below []string
	err := filepath.WalkDir(w.absolute(from), func(p string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil || !d.IsDir() {
			return err
		}
		name, err := w.relative(p)
		if err != nil {
			return err
		}
		held, err := w.inputs.mayHold(t, name)
		if err != nil {
			return err
		}
		if !held {
			return fs.SkipDir
		}
		below = append(below, p)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking for folders to watch: %w", err)
	}
	return below, nil
}

func (w *watcher) absolute(name string) string {
	return filepath.Join(w.root, filepath.FromSlash(name))
}

func (w *watcher) relative(absolute string) (string, error) {
	name, err := filepath.Rel(w.root, absolute)
	return filepath.ToSlash(name), err
}

// run sends changes until the context ends. A file that changes before a change is
// received is part of that change.
func (w *watcher) run(ctx context.Context, changes chan<- Change) error {
	defer w.events.Close()
	// paths are the changed inputs. An input is set to true when a change has created
	// it.
	paths := map[string]bool{}
	var change Change
	// settled fires when nothing has changed for a while, and out is set then.
	settled := time.NewTimer(quiet)
	settled.Stop()
	var out chan<- Change
	for {
		var name string
		made := false
		select {
		case <-ctx.Done():
			return nil
		case event := <-w.events.Events:
			var err error
			if name, err = w.changed(event); err != nil {
				return err
			}
			made = event.Has(fsnotify.Create)
		case err := <-w.events.Errors:
			// A lost event may have been about any file.
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return watchError(err)
			}
			name = "."
		case <-settled.C:
			if w.dropTransient(paths); len(paths) == 0 {
				w.vanished()
				continue
			}
			out, change.Paths = changes, slices.Sorted(maps.Keys(paths))
		case out <- change:
			out = nil
			clear(paths)
		}
		if name == "" {
			continue
		}
		if len(paths) == 0 {
			change.Saved = w.now()
			w.begun()
		}
		if _, known := paths[name]; !known {
			paths[name] = made
		}
		out = nil
		settled.Reset(quiet)
	}
}

// dropTransient leaves out what a change made and took away again: files that
// an editor writes before it puts them in the place of others.
func (w *watcher) dropTransient(paths map[string]bool) {
	for name, made := range paths {
		_, err := os.Lstat(w.absolute(name))
		if made && errors.Is(err, fs.ErrNotExist) {
			delete(paths, name)
			continue
		}
		// From here on it is missed when it goes.
		paths[name] = false
	}
}

// changed is the input that an event is about, empty when it is about none. A
// new folder is watched from then on.
func (w *watcher) changed(event fsnotify.Event) (string, error) {
	if event.Op == fsnotify.Chmod || event.Op == 0 || isEditors(filepath.Base(event.Name)) {
		return "", nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	name, err := w.relative(event.Name)
	if err != nil {
		return "", err
	}
	is, err := w.inputs.Contain(name)
	if err != nil || !is {
		return "", err
	}
	if event.Has(fsnotify.Create) {
		for _, t := range w.inputs.trees {
			if !isWithin(name, t.path) {
				continue
			}
			below, err := w.foldersBelow(t, name)
			if err != nil {
				return "", err
			}
			if err := w.add(below); err != nil {
				return "", err
			}
		}
	}
	return name, nil
}
