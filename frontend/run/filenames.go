package run

import (
	"context"
	"errors"
	"path"
	"strings"
	"unicode/utf8"

	fstypes "github.com/tonistiigi/fsutil/types"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"

	"github.com/uvlambda/uvlambda/frontend/contexts"
	"github.com/uvlambda/uvlambda/frontend/files"
	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/plan"
)

// notUTF8 is the pattern of names that are not UTF-8, and of few others:
// matchers see the replacement character in the place of a wrong byte.
const notUTF8 = "**/*\uFFFD*"

// readDir lists folders of what was transferred.
type readDir func(context.Context, gwclient.ReadDirRequest) ([]*fstypes.Stat, error)

// checkNames refuses files of members whose names are not UTF-8. The planner has
// seen the names of the application's files, but nothing lists what members are
// built from.
func checkNames(ctx context.Context, p *plan.Plan, list readDir) error {
	if plan.First[plan.Member](p) == nil {
		return nil
	}
	names, err := wrongNames(ctx, list, ".")
	if err != nil {
		return contexts.Reading(err, "the names of files")
	}
	var errs []error
	for _, name := range names {
		for st, m := range plan.Each[plan.Member](p) {
			if readsSource(m, name) {
				errs = append(errs, planner.WrongName(name, st.Source))
				break
			}
		}
	}
	return errors.Join(errs...)
}

// wrongNames gives the paths of files, and of whole folders, whose own names are
// not UTF-8. BuildKit looks for them in one call when there are none.
func wrongNames(ctx context.Context, list readDir, dir string) ([]string, error) {
	entries, err := list(ctx, gwclient.ReadDirRequest{Path: dir, IncludePattern: notUTF8})
	if err != nil {
		return nil, err
	}
	var names []string
	for _, st := range entries {
		name := path.Join(dir, path.Base(st.Path))
		switch {
		case !utf8.ValidString(name):
			names = append(names, name)
		case st.IsDir():
			below, err := wrongNames(ctx, list, name)
			if err != nil {
				return nil, err
			}
			names = append(names, below...)
		}
	}
	return names, nil
}

// readsSource reports whether a file is a source of a member.
func readsSource(m *plan.Member, name string) bool {
	if m.IsFile || !files.Within(m.Path, name) {
		return false
	}
	rel := strings.TrimPrefix(name, m.Path+"/")
	excluded, err := files.Matches(m.Exclude, rel)
	return err == nil && !excluded
}
