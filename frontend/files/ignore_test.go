package files_test

import (
	"context"
	"io"
	gofs "io/fs"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/tonistiigi/fsutil"
	fstypes "github.com/tonistiigi/fsutil/types"

	"github.com/uvlambda/uvlambda/frontend/files"
)

// listedFS is a tree of names, sorted as a client walks them.
type listedFS []string

func (l listedFS) Open(string) (io.ReadCloser, error) { return nil, os.ErrNotExist }

func (l listedFS) Walk(_ context.Context, _ string, fn gofs.WalkDirFunc) error {
	skipped := ""
	for _, name := range l {
		if skipped != "" && strings.HasPrefix(name, skipped+"/") {
			continue
		}
		mode := uint32(0o644)
		if slices.ContainsFunc(l, func(other string) bool { return strings.HasPrefix(other, name+"/") }) {
			mode = uint32(os.ModeDir | 0o755)
		}
		err := fn(name, &fsutil.DirEntryInfo{Stat: &fstypes.Stat{Path: name, Mode: mode}}, nil)
		if err == gofs.SkipDir { //nolint:errorlint // as the walk of fsutil compares it
			skipped = name
			continue
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// sent are the files of a tree that a client sends: fsutil is what docker and
// BuildKit send with.
func sent(t *testing.T, tree listedFS, patterns []string) map[string]bool {
	t.Helper()
	filtered, err := fsutil.NewFilterFS(tree, &fsutil.FilterOpt{ExcludePatterns: patterns})
	require.NoError(t, err)
	found := map[string]bool{}
	require.NoError(t, filtered.Walk(t.Context(), "", func(name string, d gofs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			found[name] = true
		}
		return err
	}))
	return found
}

// A pattern that no client can read is named.
func TestMalformedPattern(t *testing.T) {
	t.Parallel()
	_, err := files.NewIgnore([]string{"lib", "a[", "b"})
	require.EqualError(t, err, `the pattern "a[" of the ignore file is malformed (syntax error in pattern): correct it`)
}

// fullTree has every path of up to three of the names. The paths of three are
// files.
func fullTree() (tree listedFS, leaves []string) {
	names := []string{"api", "lib", "src"}
	for _, a := range names {
		tree = append(tree, a)
		for _, b := range append(names, "app.py") {
			tree = append(tree, a+"/"+b)
			if b == "app.py" {
				leaves = append(leaves, a+"/"+b)
				continue
			}
			for _, c := range []string{"README.md", "api", "app.py", "lib"} {
				tree = append(tree, a+"/"+b+"/"+c)
				leaves = append(leaves, a+"/"+b+"/"+c)
			}
		}
	}
	for _, a := range []string{"README.md", "app.py"} {
		tree, leaves = append(tree, a), append(leaves, a)
	}
	// A walk visits a folder's entries before the next name, so paths are
	// compared by their parts.
	slices.SortFunc(tree, func(a, b string) int { return slices.Compare(strings.Split(a, "/"), strings.Split(b, "/")) })
	return tree, leaves
}

// Our decision is the clients' decision, for lists of patterns of every form.
func TestIgnoreAgreesWithClients(t *testing.T) {
	t.Parallel()
	atoms := []string{"api", "lib", "src", "*", "**", "app.py", "*.py", "l*", "?pi", "[as]*", "README.md"}
	random := rand.New(rand.NewPCG(12, 5))
	pattern := func() string {
		var parts []string
		for range 1 + random.IntN(3) {
			parts = append(parts, atoms[random.IntN(len(atoms))])
		}
		sign := []string{"", "", "!"}[random.IntN(3)]
		return sign + strings.Join(parts, "/")
	}
	lists := [][]string{{"**/api", "!src"}, {"**/api", "!src/api"}, {"lib", "!lib/src"}, {"*", "!lib", "**/api"}, {"lib/**", "!lib/*"}}
	for range 4_000 {
		var list []string
		for range 1 + random.IntN(4) {
			list = append(list, pattern())
		}
		lists = append(lists, list)
	}
	tree, leaves := fullTree()
	for _, list := range lists {
		want := sent(t, tree, list)
		ignore, err := files.NewIgnore(list)
		require.NoError(t, err)
		for _, name := range leaves {
			hidden, err := ignore.Hides(name)
			require.NoError(t, err)
			require.Equal(t, !want[name], hidden, "%s with %q", name, list)
		}
	}
}
