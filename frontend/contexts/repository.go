package contexts

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/history"
)

// dotGit is the folder that a repository is in.
const dotGit = ".git"

// Repository opens the repository that the folder is in, wherever its top is. What
// an ignore file says of it does not count: nothing of it is sent.
func (l *Local) Repository(context.Context) (*history.Repository, error) {
	for dir := l.folder.root.Name(); ; dir = filepath.Dir(dir) {
		at := filepath.Join(dir, dotGit)
		info, err := os.Stat(at)
		switch {
		case err == nil && info.IsDir():
			return history.Open(os.DirFS(at), nil)
		case err == nil:
			return openWorktree(dir, at)
		case !errors.Is(err, fs.ErrNotExist):
			return nil, err
		case dir == filepath.Dir(dir):
			return nil, nil
		}
	}
}

// openWorktree opens the repository that the file .git of a further worktree, or of
// a submodule, names (https://git-scm.com/docs/gitrepository-layout).
func openWorktree(dir, file string) (*history.Repository, error) {
	text, err := os.ReadFile(file) //nolint:gosec // the clone of the person who builds
	if err != nil {
		return nil, err
	}
	to, ok := strings.CutPrefix(strings.TrimSpace(string(text)), "gitdir: ")
	if !ok {
		return nil, nil
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(dir, to)
	}
	shared, err := os.ReadFile(filepath.Join(to, "commondir")) //nolint:gosec // as above
	if errors.Is(err, fs.ErrNotExist) {
		return history.Open(os.DirFS(to), nil)
	}
	if err != nil {
		return nil, err
	}
	common := strings.TrimSpace(string(shared))
	if !filepath.IsAbs(common) {
		common = filepath.Join(to, common)
	}
	return history.Open(os.DirFS(to), os.DirFS(common))
}

// Repository opens the repository at the root of the context. It is transferred as
// far as commits and tags can be in it, unless the ignore file hides it.
func (g *Gateway) Repository(ctx context.Context) (*history.Repository, error) {
	ref, err := g.solve(ctx, dotGit, "git", only([]string{
		dotGit + "/HEAD", dotGit + "/packed-refs", dotGit + "/shallow", dotGit + "/refs", dotGit + "/objects",
	}))
	if err != nil {
		return nil, err
	}
	if _, err := ref.StatFile(ctx, gwclient.StatRequest{Path: dotGit + "/HEAD"}); err != nil {
		return nil, nil //nolint:nilerr // a context without .git is no clone
	}
	return history.Open(&refFiles{ctx, ref, dotGit}, nil)
}

// refFiles are the files in a folder of a transfer, as one of Go's file systems.
// They are read piece by piece, since packs are large.
type refFiles struct {
	ctx context.Context //nolint:containedctx // Go's file systems take none
	ref gwclient.Reference
	dir string
}

// Open opens a file.
func (r *refFiles) Open(name string) (fs.File, error) {
	info, err := r.Stat(name)
	if err != nil {
		return nil, err
	}
	return &refFile{files: r, name: name, info: info}, nil
}

// Stat looks at a file.
func (r *refFiles) Stat(name string) (fs.FileInfo, error) {
	st, err := r.ref.StatFile(r.ctx, gwclient.StatRequest{Path: path.Join(r.dir, name)})
	if err != nil {
		return nil, notThere("stat", name, err)
	}
	return refInfo{path.Base(name), st}, nil
}

// ReadDir lists a folder.
func (r *refFiles) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := r.ref.ReadDir(r.ctx, gwclient.ReadDirRequest{Path: path.Join(r.dir, name)})
	if err != nil {
		return nil, notThere("readdir", name, err)
	}
	var all []fs.DirEntry
	for _, st := range entries {
		all = append(all, fs.FileInfoToDirEntry(refInfo{path.Base(st.Path), st}))
	}
	return all, nil
}

// notThere is the error of a missing file, which BuildKit tells by its words.
func notThere(op, name string, err error) error {
	if strings.Contains(err.Error(), "no such file") {
		err = fs.ErrNotExist
	}
	return &fs.PathError{Op: op, Path: name, Err: err}
}

// refInfo is what BuildKit says of a file.
type refInfo struct {
	name string
	*fstypes.Stat
}

func (i refInfo) Name() string       { return i.name }
func (i refInfo) Size() int64        { return i.Stat.Size }
func (i refInfo) Mode() fs.FileMode  { return fs.FileMode(i.Stat.Mode) }
func (i refInfo) ModTime() time.Time { return time.Unix(0, i.Stat.ModTime) }
func (i refInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i refInfo) Sys() any           { return nil }

// refFile is an open file of a transfer.
type refFile struct {
	files *refFiles
	name  string
	info  fs.FileInfo
	// at is where the next read begins. piece is what was read last, from start on:
	// what stands near in a pack is mostly read together.
	at, start int64
	piece     []byte
}

// pieceSize is how many bytes of a file are asked for at once.
const pieceSize = 256 << 10

func (f *refFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *refFile) Close() error               { return nil }

// Read reads on.
func (f *refFile) Read(p []byte) (int, error) {
	n, err := f.ReadAt(p[:min(len(p), pieceSize)], f.at)
	f.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}

// ReadAt reads at a place.
func (f *refFile) ReadAt(p []byte, at int64) (n int, err error) {
	for n < len(p) && at < f.info.Size() {
		if at < f.start || at >= f.start+int64(len(f.piece)) {
			piece, err := f.files.ref.ReadFile(f.files.ctx, gwclient.ReadRequest{
				Filename: path.Join(f.files.dir, f.name), Range: &gwclient.FileRange{Offset: int(at), Length: pieceSize},
			})
			if err != nil {
				return n, notThere("read", f.name, err)
			}
			if len(piece) == 0 {
				break
			}
			f.start, f.piece = at, piece
		}
		copied := copy(p[n:], f.piece[at-f.start:])
		n, at = n+copied, at+int64(copied)
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// Seek sets where the next read begins.
func (f *refFile) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += f.at
	case io.SeekEnd:
		offset += f.info.Size()
	}
	f.at = offset
	return offset, nil
}
