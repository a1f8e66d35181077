package explain

import (
	"fmt"
	"io/fs"
)

// ReadFolder lists the files of a folder, such as an unpacked task root. It does
// not follow links.
func ReadFolder(name string, folder fs.FS) (Content, error) {
	c := Content{Kind: KindFolder, Layers: []Layer{{Name: name}}}
	err := fs.WalkDir(folder, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file := File{Path: path}
		if entry.Type().IsRegular() {
			info, err := entry.Info()
			if err != nil {
				return err
			}
			file.Size = info.Size()
		}
		if err := c.claim(file); err != nil {
			return err
		}
		c.Files = append(c.Files, file)
		if entry.Type().IsRegular() && metadataFile.MatchString(path) {
			return c.readFile(folder, path)
		}
		return nil
	})
	if err != nil {
		return Content{}, fmt.Errorf("reading the folder %s: %w", name, err)
	}
	return c, nil
}

// readFile reads a file of metadata out of a folder.
func (c *Content) readFile(folder fs.FS, path string) error {
	content, err := folder.Open(path)
	if err != nil {
		return err
	}
	defer content.Close()
	return c.read(path, content)
}
