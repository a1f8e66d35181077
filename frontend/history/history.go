// Package history reads what a git repository says of the commit that is checked
// out: the tag before it, which many projects take their version from.
package history

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/bits"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/storer"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/go-git/go-git/v5/storage/filesystem/dotgit"
)

// Repository is a git repository that is read and never written.
type Repository struct {
	storage *filesystem.Storage
	shallow bool
	// files are those that a further worktree shares.
	files fs.FS
}

// Open opens a repository by its .git folder. A further worktree has a .git
// folder of its own, and common is then the .git folder of the repository: else it is nil
// (https://git-scm.com/docs/gitrepository-layout).
func Open(dotGit, common fs.FS) (*Repository, error) {
	files := dotgit.NewRepositoryFilesystem(&readOnly{dotGit}, nil)
	if common != nil {
		files = dotgit.NewRepositoryFilesystem(&readOnly{dotGit}, &readOnly{common})
	}
	storage := filesystem.NewStorageWithOptions(files, cache.NewObjectLRUDefault(), filesystem.Options{KeepDescriptors: true})
	shallow, err := storage.Shallow()
	if err != nil {
		return nil, fmt.Errorf("reading which commits the clone lacks: %w", err)
	}
	if common == nil {
		common = dotGit
	}
	return &Repository{storage, len(shallow) > 0, common}, nil
}

// digits is how many digits of a hash tell it from the others of the repository, by
// git's own estimate of how many objects there are
// (https://git-scm.com/docs/git-config#Documentation/git-config.txt-coreabbrev).
func (r *Repository) digits() int {
	packs, _ := fs.Glob(r.files, "objects/pack/*.idx")
	objects := uint32(0)
	for _, pack := range packs {
		objects += r.inPack(pack)
	}
	return max(7, (bits.Len32(objects)+1)/2)
}

// inPack counts the objects of a pack, by the last entry of the first table in its
// index (https://git-scm.com/docs/gitformat-pack). It is 0 for an index of another
// form.
func (r *Repository) inPack(index string) uint32 {
	file, err := r.files.Open(index)
	if err != nil {
		return 0
	}
	defer file.Close()
	var start [8 + 256*4]byte
	if _, err := io.ReadFull(file, start[:]); err != nil || string(start[:4]) != "\377tOc" {
		return 0
	}
	return binary.BigEndian.Uint32(start[len(start)-4:])
}

// Close closes the files that were read.
func (r *Repository) Close() error { return r.storage.Close() }

// Errors of a repository that tells no version.
var (
	// ErrNoCommit is the error of a repository without a commit.
	ErrNoCommit = errors.New("the repository has no commit yet")
	// ErrNoTag is the error of a history without a tag that counts.
	ErrNoTag = errors.New("no tag of a version leads to the commit that is checked out")
	// ErrShallow is the error of a clone that lacks the commits with the tags.
	ErrShallow = errors.New("the clone lacks the commits up to the last tag of a version")
)

// head is the commit that is checked out.
func (r *Repository) head() (*object.Commit, error) {
	ref, err := storer.ResolveReference(r.storage, plumbing.HEAD)
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return nil, ErrNoCommit
	}
	if err != nil {
		return nil, fmt.Errorf("reading HEAD: %w", err)
	}
	return r.commit(ref.Hash())
}

// commit reads a commit.
func (r *Repository) commit(hash plumbing.Hash) (*object.Commit, error) {
	commit, err := object.GetCommit(r.storage, hash)
	if err != nil {
		return nil, fmt.Errorf("reading the commit %s: %w", hash, err)
	}
	return commit, nil
}

// parents reads the parents of a commit, as far as the clone has them.
func (r *Repository) parents(of *object.Commit) ([]*object.Commit, error) {
	var parents []*object.Commit
	for _, hash := range of.ParentHashes {
		parent, err := r.commit(hash)
		if r.shallow && errors.Is(err, plumbing.ErrObjectNotFound) {
			continue
		}
		if err != nil {
			return nil, err
		}
		parents = append(parents, parent)
	}
	return parents, nil
}
