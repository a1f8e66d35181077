package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/uvlambda/uvlambda/frontend/archive"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/llb"
)

// outputFolder is the folder of a platform's result, by its key, among the folders of
// several platforms; BuildKit's exporter gives it the same name.
func outputFolder(platformKey string) string {
	return strings.ReplaceAll(platformKey, "/", "_")
}

// writeArchive writes an archive and its facts to files of the client, by their
// name without its ending, and gives the facts.
func (b *Builder) writeArchive(ctx context.Context, name string, parts []*part, end, facts []byte) ([]byte, error) {
	digest := sha256.New()
	err := b.writeFile(name+".zip", func(w io.Writer) error {
		w = io.MultiWriter(w, digest)
		for _, p := range parts {
			if err := gateway.Copy(ctx, w, p.content, llb.PartData); err != nil {
				return err
			}
		}
		_, err := w.Write(end)
		return err
	})
	if err != nil {
		return nil, err
	}
	sum := base64.StdEncoding.EncodeToString(digest.Sum(nil))
	facts = bytes.Replace(facts, []byte(archive.SumMark), []byte(sum), 1)
	return facts, b.writeFile(name+".json", func(w io.Writer) error {
		_, err := w.Write(facts)
		return err
	})
}

// writeFile writes one file of the client.
func (b *Builder) writeFile(name string, write func(io.Writer) error) error {
	w, err := b.options.Create(name)
	if err != nil {
		return err
	}
	if err := errors.Join(write(w), w.Close()); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}
