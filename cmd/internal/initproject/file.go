package initproject

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"
	"github.com/moby/sys/atomicwriter"

	"github.com/uvlambda/uvlambda/cmd/internal/plainfile"
)

// File is a file with its new content.
type File struct {
	Path string
	// Old is what it holds; New is what it would.
	Old, New []byte
	// replaces is set when the file is there already.
	replaces bool
}

// IsNew reports whether the file is not there yet.
func (f File) IsNew() bool { return !f.replaces }

// Diff shows the change as diff -u does.
func (f File) Diff() string {
	from := f.Path
	if f.IsNew() {
		from = os.DevNull
	}
	return udiff.Unified(from, f.Path, string(f.Old), string(f.New))
}

// write writes the file at once, or not at all. A file that appeared or changed
// since it was looked at is not touched.
func (f File) write() error {
	target, mode := f.Path, os.FileMode(0o644)
	if f.IsNew() {
		if _, err := os.Lstat(target); !errors.Is(err, os.ErrNotExist) {
			return fmt.Errorf("writing %s: it was made by something else meanwhile: run again", f.Path)
		}
	} else {
		// A link stays one: what it leads to is written.
		resolved, err := filepath.EvalSymlinks(target)
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.Path, err)
		}
		info, err := os.Stat(resolved)
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.Path, err)
		}
		data, err := plainfile.Read(resolved)
		if err != nil {
			return fmt.Errorf("writing %s: %w", f.Path, err)
		}
		if string(data) != string(f.Old) {
			return fmt.Errorf("writing %s: it was changed by something else meanwhile: run again", f.Path)
		}
		target, mode = resolved, info.Mode().Perm()
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	if err := atomicwriter.WriteFile(target, f.New, mode); err != nil {
		return fmt.Errorf("writing %s: %w", f.Path, err)
	}
	return nil
}

// Write writes the proposal's files. When it cannot write one of them, it takes the
// files before back.
func (p *Proposal) Write() error {
	for i, f := range p.Files {
		err := f.write()
		if err == nil {
			continue
		}
		for _, written := range p.Files[:i] {
			err = errors.Join(err, written.takeBack())
		}
		return err
	}
	return nil
}

// takeBack undoes write.
func (f File) takeBack() error {
	if f.IsNew() {
		return os.Remove(f.Path)
	}
	back := File{Path: f.Path, Old: f.New, New: f.Old, replaces: true}
	return back.write()
}
