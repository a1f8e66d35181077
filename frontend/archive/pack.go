package archive

import (
	"archive/zip"
	"bytes"
	"cmp"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/klauspost/compress/flate"
)

// level is the level of compression that the steps use too.
const level = 5

// File is a file to compress.
type File struct {
	// Name is its path, with slashes. A folder with nothing in it has a slash at
	// the end.
	Name       string
	Executable bool
	Data       []byte
}

// Pack compresses files of the application. Its bytes are a part of an archive.
func Pack(files []File) ([]Entry, []byte, error) {
	sorted := slices.SortedFunc(slices.Values(files), func(a, b File) int { return cmp.Compare(a.Name, b.Name) })
	var data bytes.Buffer
	entries := make([]Entry, 0, len(sorted))
	for _, f := range sorted {
		packed, err := deflate(f.Data)
		if err != nil {
			return nil, nil, fmt.Errorf("compressing %s: %w", f.Name, err)
		}
		e := Entry{
			Name:   f.Name,
			CRC:    crc32.ChecksumIEEE(f.Data),
			Size:   uint32(len(f.Data)),
			Method: zip.Deflate,
			Mode:   0o644,
			Owner:  application,
			Offset: int64(data.Len()),
		}
		switch {
		case strings.HasSuffix(f.Name, "/"):
			e.Mode = folder | 0o755
		case f.Executable:
			e.Mode = 0o755
		}
		if len(packed) >= len(f.Data) {
			packed, e.Method = f.Data, zip.Store
		}
		e.Packed = uint32(len(packed))
		data.Write(e.local(nil))
		data.Write(packed)
		entries = append(entries, e)
	}
	return entries, data.Bytes(), nil
}

// deflate compresses with a library whose version this module chooses: the standard
// library would give other bytes with another compiler.
func deflate(content []byte) ([]byte, error) {
	var packed bytes.Buffer
	w, err := flate.NewWriter(&packed, level)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(content); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return packed.Bytes(), nil
}
