package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"path"
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

// writeArchives writes archives and their facts to files of the client, in a folder
// of the result.
func (b *Builder) writeArchives(ctx context.Context, folder string, all []*zipped) error {
	for _, z := range all {
		if err := b.writeArchive(ctx, path.Join(folder, z.name), z); err != nil {
			return err
		}
	}
	return nil
}

// writeArchive writes an archive and its facts, by their name without its ending.
func (b *Builder) writeArchive(ctx context.Context, name string, z *zipped) error {
	digest := sha256.New()
	err := b.writeFile(name+".zip", func(w io.Writer) error {
		w = io.MultiWriter(w, digest)
		for _, p := range z.parts {
			if err := gateway.Copy(ctx, w, p.content, llb.PartData); err != nil {
				return err
			}
		}
		_, err := w.Write(z.end)
		return err
	})
	if err != nil {
		return err
	}
	sum := base64.StdEncoding.EncodeToString(digest.Sum(nil))
	z.facts = bytes.Replace(z.facts, []byte(archive.SumMark), []byte(sum), 1)
	return b.writeFile(name+".json", func(w io.Writer) error {
		_, err := w.Write(z.facts)
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
