package gateway

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
)

// chunk is how much of a file one call reads, in bytes. The connection keeps
// several copies of it for a while, and limits its messages to 16 MiB.
const chunk = 2 << 20

// Chunks reads a file of a result in parts, one for each call of the gateway. An
// error ends the parts.
func Chunks(ctx context.Context, ref gwclient.Reference, name string) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for offset := 0; ; offset += chunk {
			part, err := ref.ReadFile(ctx, gwclient.ReadRequest{
				Filename: name,
				Range:    &gwclient.FileRange{Offset: offset, Length: chunk},
			})
			if !yield(part, err) || err != nil || len(part) < chunk {
				return
			}
		}
	}
}

// Copy copies a file of a result.
func Copy(ctx context.Context, w io.Writer, ref gwclient.Reference, name string) error {
	for part, err := range Chunks(ctx, ref, name) {
		if err != nil {
			return fmt.Errorf("reading %s of the build: %w", name, err)
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}

// ReadAll reads a file of a result.
func ReadAll(ctx context.Context, ref gwclient.Reference, name string) ([]byte, error) {
	var content bytes.Buffer
	err := Copy(ctx, &content, ref, name)
	return content.Bytes(), err
}
