package integration

import (
	"archive/tar"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// listFiles gives the sorted paths of all files below a folder.
func listFiles(t testing.TB, dir string) []string {
	t.Helper()
	var paths []string
	require.NoError(t, filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		paths = append(paths, filepath.ToSlash(rel))
		return err
	}))
	slices.Sort(paths)
	return paths
}

// taskRoots reads the task roots of this run's images.
var taskRoots testenv.TaskRoots

// taskRoot gives the contents of an image's task root by path.
func taskRoot(t testing.TB, img v1.Image) map[string][]byte {
	t.Helper()
	tree, err := taskRoots.Of(img)
	require.NoError(t, err)
	return tree
}

// readTar visits the entries of an archive.
func readTar(t testing.TB, r io.Reader, visit func(*tar.Header, []byte)) {
	t.Helper()
	archive := tar.NewReader(r)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		content, err := io.ReadAll(archive)
		require.NoError(t, err)
		visit(header, content)
	}
}
