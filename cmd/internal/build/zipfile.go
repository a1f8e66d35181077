package build

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/uvlambda/uvlambda/cmd/internal/build/buildflags"
)

// zipFile is a zip archive with a chosen name, and the file of its facts beside it.
// BuildKit writes both to a hidden folder beside, under the names that they have in
// the result.
type zipFile struct{ path, temp string }

// newZipFile names the hidden folder, which is made when BuildKit has
// something to write.
func newZipFile(name string) *zipFile {
	return &zipFile{path: name, temp: filepath.Join(filepath.Dir(name), "."+filepath.Base(name)+"-"+rand.Text())}
}

// commit puts the archive and its facts in place. The hidden folder does not exist
// when this process has written them itself.
func (a *zipFile) commit() error {
	entries, err := os.ReadDir(a.temp)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing %s: %w", a.path, err)
	}
	for _, e := range entries {
		if e.IsDir() || namedAs(a.path, e.Name()) == "" || len(entries) > 2 {
			return severalFiles(a.path)
		}
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(a.temp, e.Name()), namedAs(a.path, e.Name())); err != nil {
			return fmt.Errorf("writing %s: %w", a.path, err)
		}
	}
	return nil
}

// discard removes the hidden folder.
func (a *zipFile) discard() {
	// A leftover harms nobody, and why the build failed says more.
	_ = os.RemoveAll(a.temp)
}

// namedAs gives the place of a file of the result, by its path with slashes,
// when the archive is to have a name of its own. It is empty for a file that is
// neither the archive nor its facts.
func namedAs(archive, name string) string {
	switch {
	case path.Dir(name) != ".":
		return ""
	case path.Ext(name) == ".zip":
		return archive
	case path.Ext(name) == ".json":
		return buildflags.FactsFile(archive)
	}
	return ""
}

// severalFiles is the error of a result that has no place in one archive.
func severalFiles(archive string) error {
	return fmt.Errorf("writing %s: the result is more than one archive: write it to a folder, as in -o dist", archive)
}
