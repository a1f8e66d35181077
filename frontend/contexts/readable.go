package contexts

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"path"
	"slices"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/gateway"
	"github.com/uvlambda/uvlambda/frontend/project"
	"github.com/uvlambda/uvlambda/frontend/source"
	"github.com/uvlambda/uvlambda/plan"
)

// maxRead is how much of a file of a project is read, in bytes, whatever it
// holds.
const maxRead = project.MaxLockSize

// readLimit is how many bytes of a file are read. Of a file over its limit that
// is one more than the limit, which tells that it is too large.
func readLimit(p string) int {
	if path.Ext(p) == ".toml" {
		return source.MaxSize + 1
	}
	return maxRead + 1
}

// notAFileError is what stands in the place of a file, and has no content.
type notAFileError struct{ kind files.Kind }

func (e *notAFileError) Error() string {
	if e.kind == files.Folder {
		return "this is a folder, not a file: rename the folder or remove it"
	}
	return "this is a named pipe, a socket or a device, not a file: remove it"
}

// checkFile refuses what has no content by its mode: whoever opens a pipe waits
// until something is written to it.
func checkFile(mode fs.FileMode) error {
	if e := entryOf(mode, ""); e.Kind == files.Folder || e.Kind == files.Special {
		return &notAFileError{e.Kind}
	}
	return nil
}

// contentOf makes a file's entry from the result of reading it. A file that cannot
// be read counts as missing.
func contentOf(data []byte, err error) files.Entry {
	if kind, ok := errors.AsType[*notAFileError](err); ok {
		return files.Entry{Kind: kind.kind}
	}
	if err != nil {
		return files.Entry{}
	}
	return files.Entry{Kind: files.Regular, Data: data}
}

// checkReadable refuses what is no file, and what is too large, among the files
// that were read. A folder beside which a module of the same name may be is none
// of those: it may have the name of a module's file.
func checkReadable(set files.Set) error {
	var errs []error
	for _, p := range slices.Sorted(maps.Keys(set)) {
		switch e := set[p]; {
		case e.Kind == files.Special, e.Kind == files.Folder && path.Ext(p) != ".py":
			errs = append(errs, source.Errorf(plan.Location{File: p}, "%w", &notAFileError{e.Kind}))
		case len(e.Data) > maxRead && path.Base(p) != "uv.lock":
			errs = append(errs, source.Errorf(plan.Location{File: p}, "the file is over the limit of %d MiB: check that it is the file that was meant", maxRead>>20))
		}
	}
	return errors.Join(errs...)
}

// readFile reads a file of a transfer, of a large one only the first part. A file
// that cannot be read counts as missing: a failed transfer has already given an
// error.
func readFile(ctx context.Context, ref gwclient.Reference, p string, limit int) files.Entry {
	return contentOf(readRegular(ctx, ref, p, limit))
}

// readRegular reads the first part of a file of a transfer, and nothing else that
// has such a name: an older daemon opens pipes. When the file's mode cannot be
// read, the daemon decides.
func readRegular(ctx context.Context, ref gwclient.Reference, p string, limit int) ([]byte, error) {
	if st, err := ref.StatFile(ctx, gwclient.StatRequest{Path: p}); err == nil && !isLink(st) {
		if err := checkFile(fs.FileMode(st.Mode)); err != nil {
			return nil, err
		}
	}
	return readChunks(ctx, ref, p, limit)
}

// readChunks reads the first part of a file of a transfer.
func readChunks(ctx context.Context, ref gwclient.Reference, p string, limit int) ([]byte, error) {
	var parts [][]byte
	left := limit
	for part, err := range gateway.Chunks(ctx, ref, p) {
		if err != nil {
			return nil, err
		}
		parts = append(parts, part[:min(left, len(part))])
		if left -= len(part); left <= 0 {
			break
		}
	}
	return bytes.Join(parts, nil), nil
}
