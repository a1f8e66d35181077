package solve

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// file is an output file. What is written goes to a hidden neighbour, which
// takes the file's place when the build has succeeded: a build that fails
// leaves an older file as it was.
type file struct {
	path string
	temp string
}

// open starts the file. It is BuildKit's output function.
func (f *file) open(map[string]string) (io.WriteCloser, error) {
	info, err := os.Stat(f.path)
	if err == nil && info.IsDir() {
		return nil, fmt.Errorf("writing %s: it is a folder: remove it, or write to another place", f.path)
	}
	if err == nil && !info.Mode().IsRegular() {
		// A device or a pipe is written, never replaced.
		return os.OpenFile(f.path, os.O_WRONLY, 0)
	}
	folder, name := filepath.Split(f.path)
	if folder == "" {
		folder = "."
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.path, err)
	}
	temp, err := os.CreateTemp(folder, "."+name+"-")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.path, err)
	}
	f.temp = temp.Name()
	return temp, nil
}

// commit puts the written file in place.
func (f *file) commit() error {
	if f.temp == "" {
		return nil
	}
	err := os.Chmod(f.temp, 0o644)
	if err == nil {
		err = os.Rename(f.temp, f.path)
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", f.path, err)
	}
	f.temp = ""
	return nil
}

// discard removes what was written and not put in place.
func (f *file) discard() {
	if f.temp != "" {
		// A leftover harms nobody, and why the build failed says more.
		_ = os.Remove(f.temp)
	}
}

// writeFile writes a small file at once, or not at all.
func writeFile(path string, data []byte) error {
	f := &file{path: path}
	defer f.discard()
	w, err := f.open(nil)
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	if err := errors.Join(err, w.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return f.commit()
}
