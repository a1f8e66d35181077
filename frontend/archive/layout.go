package archive

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// Layout is an archive whose parts are known.
type Layout struct {
	// Directory stands behind the parts.
	Directory []byte
	// Size is the size of the whole archive in bytes, Unzipped the sum of the sizes
	// of its files.
	Size, Unzipped int64
	// Replaced are the files that two parts have with different content. Hidden are
	// the modules of a part in whose place Python imports a module of an earlier
	// part. Both are sorted by name.
	Replaced, Hidden []Replaced

	entries []Entry
}

// Replaced is a file of one part that loses to a file of another part: the archive
// has the other file in its place, or Python imports the other module.
type Replaced struct {
	// Name is the file's path, with slashes.
	Name string
	// Owner and By own the two files.
	Owner, By Owner
	// Part is the later of the two parts, counted from 0.
	Part int
}

// NewLayout puts parts one after the other. A file of a later part replaces the
// same file of an earlier part, as layers of an image do. When it replaces a
// module, the archive also lacks the compiled module of the earlier part. It fails
// on more files than an archive holds.
func NewLayout(parts ...[]Entry) (*Layout, error) {
	l := &Layout{}
	at := map[string]placed{}
	// replacedIn is the part that has replaced a file, by the file's name.
	replacedIn := map[string]int{}
	for part, entries := range parts {
		start := l.Size
		for _, e := range entries {
			e.Offset += start
			l.Size = max(l.Size, e.Offset+localSize+int64(len(e.Name))+int64(e.Packed))
			if earlier, ok := at[e.Name]; ok && !earlier.same(&e) {
				replacedIn[e.Name] = part
				l.Replaced = append(l.Replaced, Replaced{Name: e.Name, Owner: earlier.Owner, By: e.Owner, Part: part})
			}
			at[e.Name] = placed{e, part}
		}
	}
	for name, e := range at {
		source, compiled := files.CompiledFrom(name)
		if part, replaced := replacedIn[source]; compiled && replaced && e.part < part {
			continue
		}
		l.entries = append(l.entries, e.Entry)
		module, first := files.ImportedFirst(name)
		if hidden, ok := at[module]; first && ok && hidden.part > e.part {
			l.Hidden = append(l.Hidden, Replaced{Name: module, Owner: hidden.Owner, By: e.Owner, Part: hidden.part})
		}
	}
	// A compiled module is replaced with its source.
	l.Replaced = slices.DeleteFunc(l.Replaced, func(r Replaced) bool {
		_, compiled := files.CompiledFrom(r.Name)
		return compiled
	})
	for _, list := range [][]Replaced{l.Replaced, l.Hidden} {
		slices.SortFunc(list, func(a, b Replaced) int { return cmp.Compare(a.Name, b.Name) })
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

// Names are the paths of all files of the archive.
func (l *Layout) Names() []string {
	names := make([]string, len(l.entries))
	for i := range l.entries {
		names[i] = l.entries[i].Name
	}
	return names
}

// placed is an entry of the archive, and the part that it is from.
type placed struct {
	Entry
	part int
}

// same reports whether two entries have the same content.
func (e placed) same(other *Entry) bool {
	return e.CRC == other.CRC && e.Size == other.Size
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

// Check refuses an archive whose files are over a limit in bytes, together with the
// entries of the layer that goes with it.
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
		text := fmt.Sprintf("%s %.1f MB", p.Name, float64(p.Size)/1e6)
		if p.Name == application[0] && p.Size >= limit/10 {
			// Nobody knows an application by its size.
			file := largestOf(all, application)
			text += fmt.Sprintf(" (%s alone %.1f MB)", file.Name, float64(file.Size)/1e6)
		}
		largest = append(largest, text)
	}
	return fmt.Errorf("%s %d bytes unzipped, over Lambda's limit of %d; the largest packages are %s: leave some out, or build an image, which may have 10 GB",
		what, size, limit, strings.Join(largest[:min(len(largest), 5)], ", "))
}

// largestOf is the largest file of an owner, which has one.
func largestOf(entries []Entry, owner Owner) Entry {
	var largest Entry
	for _, e := range entries {
		if e.Owner == owner && e.Size >= largest.Size {
			largest = e
		}
	}
	return largest
}

// unzipped are the bytes of all files.
func unzipped(entries []Entry) (size int64) {
	for _, e := range entries {
		size += int64(e.Size)
	}
	return size
}
