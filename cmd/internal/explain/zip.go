package explain

import (
	"archive/zip"
	"fmt"
	"io"
	"strings"
)

// ReadZip lists the files of a zip archive of a size in bytes. The sizes are taken
// from the archive's directory. Only packages' metadata is decompressed, up to a
// limit.
func ReadZip(name string, archive io.ReaderAt, size int64) (Content, error) {
	c := Content{Kind: KindZip, Layers: []Layer{{Name: name}}, archive: size}
	r, err := zip.NewReader(archive, size)
	if err != nil {
		return Content{}, fmt.Errorf("%s is no zip archive: %w", name, err)
	}
	for _, f := range r.File {
		// Names end in a slash for folders, however archives are made.
		if strings.HasSuffix(f.Name, "/") {
			continue
		}
		file := File{Path: clean(f.Name), Size: int64(f.UncompressedSize64), Zipped: int64(f.CompressedSize64)}
		if err := c.claim(file); err != nil {
			return Content{}, fmt.Errorf("reading %s: %w", name, err)
		}
		if metadataFile.MatchString(file.Path) {
			if err := c.readEntry(file.Path, f); err != nil {
				return Content{}, fmt.Errorf("reading %s: %w", name, err)
			}
		}
		c.Files = append(c.Files, file)
	}
	if c.headers = size - c.zipped; c.headers < 0 {
		return Content{}, fmt.Errorf("reading %s: its entries overlap, as no tool for archives writes them", name)
	}
	return c, nil
}

// readEntry reads a file of metadata out of an archive.
func (c *Content) readEntry(name string, f *zip.File) error {
	content, err := f.Open()
	if err != nil {
		return fmt.Errorf("reading %s: %w", name, err)
	}
	defer content.Close()
	return c.read(name, content)
}
