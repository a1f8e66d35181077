// Package plainfile opens files that have content. Whoever opens a named pipe waits
// until something is written to it.
package plainfile

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/project"
)

// Limit is the most bytes of a file that are read, as a build has it.
const Limit = project.MaxLockSize

// Open opens a file. A pipe, socket or device is an error, except below /dev, where
// shells put the output of a command, as in <(command).
func Open(name string) (*os.File, error) {
	if info, err := os.Stat(name); err == nil && !isDevice(name) {
		if err := check(name, info.Mode()); err != nil {
			return nil, err
		}
	}
	return os.Open(name)
}

// Read reads a whole file, which has to be in the Limit.
func Read(name string) ([]byte, error) {
	file, err := Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return All(name, file)
}

// All reads the rest of a file, which may have at most Limit bytes.
func All(name string, file io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(file, Limit+1))
	if err != nil {
		return nil, err
	}
	if len(data) > Limit {
		return nil, fmt.Errorf("%s is over the limit of %d MiB: check that it is the file that was meant", name, Limit>>20)
	}
	return data, nil
}

// check refuses what has no content.
func check(name string, mode fs.FileMode) error {
	if mode.IsRegular() || mode.IsDir() {
		return nil
	}
	return fmt.Errorf("%s is a named pipe, a socket or a device, not a file: remove it, or name another", name)
}

// isDevice reports whether a name is below /dev or /proc: a shell or a person means
// it to be read.
func isDevice(name string) bool {
	place, err := filepath.Abs(name)
	return err == nil && (strings.HasPrefix(place, "/dev/") || strings.HasPrefix(place, "/proc/"))
}

// Folder is a folder whose files are opened as by Open and read as by Read.
func Folder(dir string) fs.FS { return folder{os.DirFS(dir), dir} }

type folder struct {
	fs.FS
	dir string
}

// Open opens a file or folder below the folder.
func (f folder) Open(name string) (fs.File, error) {
	if info, err := fs.Stat(f.FS, name); err == nil {
		if err := check(filepath.Join(f.dir, filepath.FromSlash(name)), info.Mode()); err != nil {
			return nil, err
		}
	}
	return f.FS.Open(name)
}

// ReadFile reads a file below the folder.
func (f folder) ReadFile(name string) ([]byte, error) {
	file, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	return All(filepath.Join(f.dir, filepath.FromSlash(name)), file)
}

// Stat looks at a file without opening it.
func (f folder) Stat(name string) (fs.FileInfo, error) { return fs.Stat(f.FS, name) }

// ReadDir lists a folder.
func (f folder) ReadDir(name string) ([]fs.DirEntry, error) { return fs.ReadDir(f.FS, name) }
