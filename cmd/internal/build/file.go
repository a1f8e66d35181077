package build

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
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
	removeLeft(folder, name)
	temp, err := os.CreateTemp(folder, tempPrefix(name))
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", f.path, err)
	}
	f.temp = temp.Name()
	// A disk without locks keeps what a killed command leaves, as any did before.
	_ = hold(temp)
	return temp, nil
}

// tempPrefix is how the hidden neighbour of a file is called, with digits after.
func tempPrefix(name string) string { return "." + name + "-" }

// removeLeft removes the hidden neighbours of a file that killed commands left.
func removeLeft(folder, name string) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return
	}
	for _, entry := range entries {
		digits, ours := strings.CutPrefix(entry.Name(), tempPrefix(name))
		if path := filepath.Join(folder, entry.Name()); ours && isNumber(digits) && entry.Type().IsRegular() && isLeft(path) {
			_ = os.Remove(path)
		}
	}
}

// isNumber reports whether a text is digits alone.
func isNumber(text string) bool {
	return text != "" && strings.Trim(text, "0123456789") == ""
}

// exists reports whether there is something at a path.
func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
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
