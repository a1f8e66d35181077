package frontend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/files"
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

// contentOf is the entry of a file by what reading it gave. What cannot be read
// is missing.
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

// readLocal reads a file of a folder, of a large one only the first part.
func readLocal(root *os.Root, p string) ([]byte, error) {
	name := filepath.FromSlash(p)
	if info, err := root.Stat(name); err == nil {
		if err := checkFile(info.Mode()); err != nil {
			return nil, err
		}
	}
	file, err := root.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	data, err := io.ReadAll(io.LimitReader(file, int64(readLimit(p))))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	return data, nil
}

// fileRef reads files of a transfer, and nothing else that has such a name: an
// older daemon opens pipes.
type fileRef struct{ gwclient.Reference }

// ReadFile looks at what it reads first, once a file. What cannot be looked at
// is left to the daemon.
func (r *fileRef) ReadFile(ctx context.Context, req gwclient.ReadRequest) ([]byte, error) {
	if req.Range == nil || req.Range.Offset == 0 {
		st, err := r.StatFile(ctx, gwclient.StatRequest{Path: req.Filename})
		if err == nil && !isLink(st) {
			err = checkFile(fs.FileMode(st.Mode))
			if err != nil {
				return nil, err
			}
		}
	}
	return r.Reference.ReadFile(ctx, req)
}
