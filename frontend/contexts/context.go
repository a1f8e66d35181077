// Package contexts reads the build context of a client: through the gateway, or
// in a folder of this machine. It reads the ignore file once, and brings the
// daemon the sources that a plan takes.
package contexts

import (
	"context"
	"errors"
	"fmt"

	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/history"
	"github.com/uvlambda/uvlambda/frontend/lint"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/frontend/source"
)

// Context is a build context. Paths have slashes and are relative to its root.
type Context interface {
	// Near is set when the files are on this machine, so that a read more costs
	// nothing.
	Near() bool
	// Read gives the entries of files, with their contents. A file that an ignore
	// file hides is marked, and has its content all the same.
	Read(ctx context.Context, paths []string) (files.Set, error)
	// Stat gives the entries of files and folders, without contents.
	Stat(ctx context.Context, paths []string) (files.Set, error)
	// Look is Stat for what an ignore file hides, too.
	Look(ctx context.Context, paths []string) (files.Set, error)
	// Find gives the sorted paths of all files of that name.
	Find(ctx context.Context, name string) ([]string, error)
	// Glob gives the sorted paths of all files that one of the patterns matches;
	// see files.Matches. With hidden, files that an ignore file hides are among
	// them.
	Glob(ctx context.Context, patterns []string, hidden bool) ([]string, error)
	// List lists what stands at paths and below them.
	List(ctx context.Context, paths []string) (files.Listing, error)
	// Sizes gives all files that the client sends, with their sizes. There are
	// none when that cannot be known without their contents.
	Sizes(ctx context.Context) ([]lint.Sent, error)
	// Ignore gives the ignore file that counts.
	Ignore(ctx context.Context) (planner.IgnoreFile, error)
	// Repository opens the git repository that the context is a clone of, which is to
	// be closed; nil when it is none.
	Repository(ctx context.Context) (*history.Repository, error)
	// Paths are the sorted paths of all files that were read so far.
	Paths() []string
}

// notProjects are folders that hold no project of this repository, and may be
// large.
var notProjects = []string{"**/.git", "**/.venv", "**/node_modules"}

// Reading says in an error which part of the build context was read. An error
// of a file names the file itself.
func Reading(err error, what string) error {
	if _, located := errors.AsType[*source.Error](err); err == nil || located {
		return err
	}
	return fmt.Errorf("reading %s from the build context: %w", what, err)
}
