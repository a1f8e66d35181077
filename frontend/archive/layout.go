package archive

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"
)

// Layout is an archive whose parts are known.
type Layout struct {
	// Directory stands behind the parts.
	Directory []byte
	// Size is that of the whole archive, Unzipped that of its files, in bytes.
	Size, Unzipped int64

	entries []Entry
}

// Lay puts parts one after the other. A file of a later part takes the place of
// one of an earlier, as a later layer of an image does. It fails on more files
// than an archive holds.
func Lay(parts ...[]Entry) (*Layout, error) {
	l := &Layout{}
	at := map[string]int{}
	for _, part := range parts {
		start := l.Size
		for _, e := range part {
			e.Offset += start
			l.Size = max(l.Size, e.Offset+localSize+int64(len(e.Name))+int64(e.Packed))
			if i, earlier := at[e.Name]; earlier {
				l.entries[i] = e
				continue
			}
			at[e.Name] = len(l.entries)
			l.entries = append(l.entries, e)
		}
	}
	if len(l.entries) > mostEntries {
		return nil, fmt.Errorf("%d files are more than the %d that a zip archive holds: leave some out with `exclude`, or build an image", len(l.entries), mostEntries)
	}
	slices.SortFunc(l.entries, func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) })
	l.Directory = l.directory()
	l.Size += int64(len(l.Directory))
	l.Unzipped = unzipped(l.entries)
	return l, nil
}

// directory lists the entries.
func (l *Layout) directory() []byte {
	var b []byte
	for _, e := range l.entries {
		b = e.central(b, e.Offset)
	}
	size, count := len(b), uint16(len(l.entries))
	b = binary.LittleEndian.AppendUint32(b, signatureEnd)
	b = append(b, make([]byte, 4)...) // the only disk
	b = binary.LittleEndian.AppendUint16(b, count)
	b = binary.LittleEndian.AppendUint16(b, count)
	b = binary.LittleEndian.AppendUint32(b, uint32(size))
	b = binary.LittleEndian.AppendUint32(b, uint32(l.Size))
	return binary.LittleEndian.AppendUint16(b, 0) // no comment
}

// Check refuses what is over a limit in bytes, together with the entries of the
// layer that goes with the archive.
func (l *Layout) Check(limit int64, layer []Entry) error {
	what, all := "the archive has", l.entries
	if layer != nil {
		what, all = "the archive and its layer have", slices.Concat(l.entries, layer)
	}
	size := unzipped(all)
	if size <= limit {
		return nil
	}
	var largest []string
	for _, p := range packages(all) {
		largest = append(largest, fmt.Sprintf("%s %.1f MB", p.Name, float64(p.Size)/1e6))
	}
	return fmt.Errorf("%s %d bytes unzipped, over Lambda's limit of %d; the largest packages are %s: leave some out, or build an image, which may have 10 GB",
		what, size, limit, strings.Join(largest[:min(len(largest), 5)], ", "))
}

// unzipped are the bytes of all files.
func unzipped(entries []Entry) (size int64) {
	for _, e := range entries {
		size += int64(e.Size)
	}
	return size
}
