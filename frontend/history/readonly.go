package history

import (
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/go-git/go-billy/v5"
)

// readOnly is a file system as go-git wants it, over one of Go's own. Nothing in it
// can be written.
type readOnly struct{ files fs.FS }

// name gives a path as Go's file systems want it.
func name(p string) string { return path.Clean("/" + p)[1:] }

func (r *readOnly) Open(p string) (billy.File, error) {
	file, err := r.files.Open(name(p))
	if err != nil {
		return nil, err
	}
	return &readOnlyFile{File: file, name: p}, nil
}

func (r *readOnly) OpenFile(p string, flag int, _ os.FileMode) (billy.File, error) {
	if flag != os.O_RDONLY {
		return nil, billy.ErrReadOnly
	}
	return r.Open(p)
}

func (r *readOnly) Stat(p string) (os.FileInfo, error)  { return fs.Stat(r.files, name(p)) }
func (r *readOnly) Lstat(p string) (os.FileInfo, error) { return r.Stat(p) }

func (r *readOnly) ReadDir(p string) ([]os.FileInfo, error) {
	entries, err := fs.ReadDir(r.files, name(p))
	if err != nil {
		return nil, err
	}
	var infos []os.FileInfo
	for _, entry := range entries {
		info, err := entry.Info()
		if err != nil {
			return nil, err
		}
		infos = append(infos, info)
	}
	return infos, nil
}

func (r *readOnly) Chroot(p string) (billy.Filesystem, error) {
	sub, err := fs.Sub(r.files, name(p))
	return &readOnly{sub}, err
}

func (*readOnly) Root() string                    { return "/" }
func (*readOnly) Join(elements ...string) string  { return path.Join(elements...) }
func (*readOnly) Readlink(string) (string, error) { return "", billy.ErrNotSupported }

func (*readOnly) Create(string) (billy.File, error)           { return nil, billy.ErrReadOnly }
func (*readOnly) TempFile(string, string) (billy.File, error) { return nil, billy.ErrReadOnly }
func (*readOnly) Rename(string, string) error                 { return billy.ErrReadOnly }
func (*readOnly) Remove(string) error                         { return billy.ErrReadOnly }
func (*readOnly) MkdirAll(string, os.FileMode) error          { return billy.ErrReadOnly }
func (*readOnly) Symlink(string, string) error                { return billy.ErrReadOnly }

// readOnlyFile is an open file. Packs are read at any place: their files implement
// io.Seeker and io.ReaderAt.
type readOnlyFile struct {
	fs.File
	name string
}

func (f *readOnlyFile) Name() string { return f.name }

func (f *readOnlyFile) Seek(offset int64, whence int) (int64, error) {
	if s, ok := f.File.(io.Seeker); ok {
		return s.Seek(offset, whence)
	}
	return 0, billy.ErrNotSupported
}

func (f *readOnlyFile) ReadAt(p []byte, at int64) (int, error) {
	if r, ok := f.File.(io.ReaderAt); ok {
		return r.ReadAt(p, at)
	}
	return 0, billy.ErrNotSupported
}

func (*readOnlyFile) Write([]byte) (int, error) { return 0, billy.ErrReadOnly }
func (*readOnlyFile) Truncate(int64) error      { return billy.ErrReadOnly }
func (*readOnlyFile) Lock() error               { return nil }
func (*readOnlyFile) Unlock() error             { return nil }
