// Package archive lays out zip archives for AWS Lambda. The bytes of most files
// are compressed elsewhere: this package compresses a few small ones, says what
// goes where, and writes the directory at the end. It is pure, and the same
// input always gives the same bytes.
//
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT describes the format,
// of which ZIP64 is not used: its sizes are beyond what Lambda takes.
package archive

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/uvlambda/uvlambda/plan"
)

// Entry is a file of an archive, a symbolic link, or a folder with nothing in
// it.
type Entry struct {
	// Name is its path, with slashes; a folder's name ends in one.
	Name string
	// Mode are the permission bits of a file, 0644 or 0755, or the whole mode of
	// a link or folder, as Unix has it.
	Mode uint32
	// Method is zip's number of the compression.
	Method uint16
	CRC    uint32
	// Packed and Size are its bytes as they stand in the archive and unpacked.
	Packed, Size uint32
	// Offset is where its header stands, in bytes from the start of its part.
	Offset int64
	// Owner is whose file it is.
	Owner Owner
}

// Owner is the name and version of a distribution.
type Owner [2]string

// String is the owner for people.
func (o Owner) String() string {
	if o == application {
		return plan.PartApp.String()
	}
	return strings.TrimSpace(strings.ReplaceAll(o[0], "_", "-") + " " + o[1])
}

// application owns the files that belong to no distribution.
var application = Owner{"application", ""}

// ParseEntries reads what a step says of the part that it compressed: a line for
// each entry, with tabs between the fields in the order of Entry's.
func ParseEntries(data []byte) ([]Entry, error) {
	entries := make([]Entry, 0, bytes.Count(data, []byte("\n")))
	for line := range strings.Lines(string(data)) {
		e, err := parseEntry(strings.Split(strings.TrimSuffix(line, "\n"), "\t"))
		if err != nil {
			return nil, fmt.Errorf("reading the entries of an archive: %q: %w", line, err)
		}
		entries = append(entries, e)
	}
	return entries, nil
}

func parseEntry(fields []string) (e Entry, err error) {
	if len(fields) != 9 {
		return e, errors.New("it has not nine fields")
	}
	number := func(field, bits int) uint64 {
		n, parseErr := strconv.ParseUint(fields[field], 10, bits)
		err = errors.Join(err, parseErr)
		return n
	}
	e = Entry{
		Name:   fields[0],
		Mode:   uint32(number(1, 32)),
		Method: uint16(number(2, 16)),
		CRC:    uint32(number(3, 32)),
		Packed: uint32(number(4, 32)),
		Size:   uint32(number(5, 32)),
		Offset: int64(number(6, 63)),
		Owner:  Owner{fields[7], fields[8]},
	}
	return e, err
}

const (
	signatureLocal   = 0x04034b50
	signatureCentral = 0x02014b50
	signatureEnd     = 0x06054b50

	// version 2.0 of the format has deflate and folders.
	version = 20
	// madeOnUnix gives the attributes their meaning.
	madeOnUnix = 3 << 8
	// utf8Names is the flag of names in UTF-8.
	utf8Names = 0x800
	// date is 1980-01-01, the first there is.
	date = 1<<5 | 1
	// typeBits are the bits of Unix's mode that tell files from folders. A file has
	// regular there, a folder has folder.
	typeBits = 0o170000
	regular  = 0o100000
	folder   = 0o040000
	// dosFolder marks a folder for tools that do not read Unix's mode.
	dosFolder = 0x10

	// localSize is the size of a local header without its name.
	localSize = 30
	// mostEntries is what the directory can count.
	mostEntries = 1<<16 - 1
)

// common are the fields that both headers of an entry have.
func (e *Entry) common(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, version)
	b = binary.LittleEndian.AppendUint16(b, utf8Names)
	b = binary.LittleEndian.AppendUint16(b, e.Method)
	b = binary.LittleEndian.AppendUint16(b, 0) // midnight
	b = binary.LittleEndian.AppendUint16(b, date)
	b = binary.LittleEndian.AppendUint32(b, e.CRC)
	b = binary.LittleEndian.AppendUint32(b, e.Packed)
	b = binary.LittleEndian.AppendUint32(b, e.Size)
	b = binary.LittleEndian.AppendUint16(b, uint16(len(e.Name)))
	return binary.LittleEndian.AppendUint16(b, 0) // no extra fields
}

// local is the header before an entry's bytes.
func (e *Entry) local(b []byte) []byte {
	b = binary.LittleEndian.AppendUint32(b, signatureLocal)
	return append(e.common(b), e.Name...)
}

// attributes are the entry's mode, and what else says that it is a folder.
func (e *Entry) attributes() uint32 {
	switch e.Mode & typeBits {
	case 0:
		return (regular | e.Mode) << 16
	case folder:
		return e.Mode<<16 | dosFolder
	default:
		return e.Mode << 16
	}
}

// central is the entry's record in the directory, with the offset from the
// start of the archive.
func (e *Entry) central(b []byte, offset int64) []byte {
	b = binary.LittleEndian.AppendUint32(b, signatureCentral)
	b = binary.LittleEndian.AppendUint16(b, madeOnUnix|version)
	b = e.common(b)
	b = append(b, make([]byte, 6)...) // no comment, first disk, binary content
	b = binary.LittleEndian.AppendUint32(b, e.attributes())
	b = binary.LittleEndian.AppendUint32(b, uint32(offset))
	return append(b, e.Name...)
}
