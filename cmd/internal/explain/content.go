package explain

import (
	"errors"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// Content lists the files of an image, an archive or a folder, without the
// packages that they belong to.
type Content struct {
	Kind Kind
	// Platform is the image's platform, such as "linux/arm64".
	Platform string
	// Files are the regular files and links. Files of several layers may have
	// the same path, but only one of them is not hidden.
	Files []File
	// Layers are the image's layers, without sizes. An archive and a folder are
	// one layer.
	Layers []Layer
	// roots are the folders of the function's own files in an image; empty
	// elsewhere, where all is the function's.
	roots []string
	// archive is the size of the zip archive, and headers the size of its parts
	// that are not compressed files.
	archive, headers int64
	// count, size and zipped add up all files.
	count, size, zipped int64
	// metadata is what was read of packages' metadata, by path.
	metadata map[string][]byte
	// texts is the size of metadata.
	texts int64
}

// File is a regular file or a link. A link takes no space of its own.
type File struct {
	// Path is slash-separated, clean, and relative to the root.
	Path string
	Size int64
	// Zipped is the compressed size in a zip archive.
	Zipped int64
	// Layer is the index of the layer that has the file.
	Layer int
	// Hidden is set for a file that an upper layer replaces or deletes.
	Hidden bool
}

const (
	// maxText is how large a file of metadata may be, in bytes. The largest
	// RECORD of the popular packages has two million.
	maxText = 16 << 20
	// maxTexts is how large all of them together may be.
	maxTexts = 256 << 20
)

// metadataFile matches the files of a package's metadata that are read:
// https://packaging.python.org/en/latest/specifications/recording-installed-packages/
var metadataFile = regexp.MustCompile(`(^|/)[^/]+\.dist-info/(METADATA|RECORD|direct_url\.json)$`)

// Limits of the sizes that an archive may claim. Larger sizes are false, and sums
// must neither overflow nor fill the memory.
const (
	// maxSize is how large all files may be together, in bytes.
	maxSize = 1 << 50
	// maxFiles is how many files there may be.
	maxFiles = 5_000_000
)

var (
	errTooLarge = errors.New("it claims more than a petabyte of files")
	errTooMany  = fmt.Errorf("it has more than %d files", maxFiles)
	errMetadata = fmt.Errorf("its packages have more than %d MB of metadata: no Python packages do", maxTexts>>20)
)

// claim counts a file, and refuses one that is too much.
func (c *Content) claim(f File) error {
	// Negative are sizes that were too large for the type.
	if f.Size < 0 || f.Size > maxSize-c.size || f.Zipped < 0 || f.Zipped > maxSize-c.zipped {
		return errTooLarge
	}
	if c.count == maxFiles {
		return errTooMany
	}
	c.count++
	c.size += f.Size
	c.zipped += f.Zipped
	return nil
}

// read keeps a file of metadata. Others are none of its business.
func (c *Content) read(name string, content io.Reader) error {
	data, err := io.ReadAll(io.LimitReader(content, maxText+1))
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	c.texts += int64(len(data))
	if len(data) > maxText || c.texts > maxTexts {
		return errMetadata
	}
	if c.metadata == nil {
		c.metadata = map[string][]byte{}
	}
	c.metadata[name] = data
	return nil
}

// clean is a name of an archive as a path below its root, where ".." leads
// nowhere.
func clean(name string) string {
	return strings.TrimPrefix(path.Clean("/"+name), "/")
}
