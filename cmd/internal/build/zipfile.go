package build

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

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
	places := a.places(entries)
	if places == nil && len(entries) > 0 {
		return severalFiles(a.path)
	}
	for _, e := range entries {
		if err := os.Rename(filepath.Join(a.temp, e.Name()), places[e.Name()]); err != nil {
			return fmt.Errorf("writing %s: %w", a.path, err)
		}
	}
	return nil
}

// places gives the place of each file by its name. They are nil when there are
// other files than one archive and the layer that may be beside it.
func (a *zipFile) places(entries []fs.DirEntry) map[string]string {
	for _, main := range entries {
		n, places := naming{archive: a.path, main: buildflags.Stem(main.Name())}, map[string]string{}
		for _, e := range entries {
			if place := n.place(e.Name()); place != "" && !e.IsDir() {
				places[e.Name()] = place
			}
		}
		if len(places) == len(entries) {
			return places
		}
	}
	return nil
}

// discard removes the hidden folder.
func (a *zipFile) discard() {
	// A leftover harms nobody, and why the build failed says more.
	_ = os.RemoveAll(a.temp)
}

// naming gives the files of a result their places, when its archive is to have a
// name of its own.
type naming struct {
	// archive is the file that the archive is to be.
	archive string
	// main is the name of the archive in the result, without its ending. When it is
	// not known, it is the first that is placed.
	main string
}

// place gives the place of a file of the result, by its path with slashes. It is
// empty for a file that is none of the archive, the layer beside it, and their
// facts.
func (n *naming) place(name string) string {
	ending := path.Ext(name)
	if path.Dir(name) != "." || ending != ".zip" && ending != ".json" {
		return ""
	}
	n.main = cmp.Or(n.main, buildflags.Stem(name))
	const layer = "-opt"
	to := n.archive
	switch buildflags.Stem(name) {
	case n.main:
	case n.main + layer, strings.TrimSuffix(n.main, "-layer") + layer:
		to = buildflags.Stem(to) + layer + path.Ext(to)
	default:
		return ""
	}
	if ending == ".json" {
		return buildflags.FactsFile(to)
	}
	return to
}

// severalFiles is the error of a result that has no place in one archive.
func severalFiles(archive string) error {
	return fmt.Errorf("writing %s: the result is more than one archive: write it to a folder, as in -o dist", archive)
}
