package build

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/moby/buildkit/util/archiveutil"
)

// tarProbe is how many bytes tell a tar archive from other input: a header and the
// padding after it.
const tarProbe = 1024

// openTar checks that the stream is a tar archive that BuildKit unpacks, and
// returns it unread.
func openTar(stdin io.Reader) (io.Reader, error) {
	stream := bufio.NewReaderSize(stdin, tarProbe)
	start, err := stream.Peek(tarProbe)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("reading the context from standard input: %w", err)
	}
	if !archiveutil.IsArchive(start) {
		return nil, errors.New("standard input is not a tar archive: to build from a file on standard input, give -f - and a folder as the context")
	}
	return stream, nil
}
