package solve

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
)

// archiveProbe is how many bytes tell an archive from other input: a tar
// header and the padding after it.
const archiveProbe = 1024

// openArchive checks that the stream is an archive that BuildKit unpacks, and
// returns it unread.
func openArchive(stdin io.Reader) (io.Reader, error) {
	stream := bufio.NewReaderSize(stdin, archiveProbe)
	start, err := stream.Peek(archiveProbe)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the context from standard input: %w", err)
	}
	if !isArchive(start) {
		return nil, errors.New("standard input is not a tar archive: to build from a file on standard input, give -f - and a folder as the context")
	}
	return stream, nil
}

// isArchive recognises a tar archive, also a compressed one, by its start.
func isArchive(start []byte) bool {
	for _, magic := range []string{"BZh", "\x1f\x8b\x08", "\xfd7zXZ\x00"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	_, err := tar.NewReader(bytes.NewReader(start)).Next()
	return err == nil
}
