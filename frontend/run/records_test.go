package run

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	gwclient "github.com/moby/buildkit/frontend/gateway/client"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/plan"
)

func (r folderReference) ReadFile(_ context.Context, request gwclient.ReadRequest) ([]byte, error) {
	content, err := os.ReadFile(filepath.Join(r.dir, request.Filename))
	return content[min(request.Range.Offset, len(content)):], err
}

// recordedTree is a folder of records: of two packages and of one without any.
func recordedTree(t *testing.T) folderReference {
	t.Helper()
	ref := folderReference{dir: t.TempDir()}
	for name, text := range map[string]string{
		"some_pkg-1.0.dist-info/RECORD": "some_pkg/__init__.py,sha256=AAA,10\n\"some_pkg/a,b.txt\",sha256=BBB,5\nsome_pkg-1.0.dist-info/RECORD,,\n",
		"other-2.dist-info/RECORD":      "other.py,,\nspace/./other.py,md5=x,7\nshort\n",
		"slim-3.dist-info/METADATA":     "Name: slim\n",
		"nothing/RECORD":                "not/of/a/package.py,,1\n",
	} {
		file := filepath.Join(ref.dir, plan.TaskRoot, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o644))
	}
	return ref
}

func TestReadRecords(t *testing.T) {
	t.Parallel()
	read, err := readRecords(t.Context(), recordedTree(t), plan.TaskRoot, "cpython-313")
	require.NoError(t, err)
	assert.Equal(t, map[string]map[string]bool{
		".":                      {"some_pkg": true, "some_pkg-1.0.dist-info": true, "other.py": false, "space": true, "short": false},
		"some_pkg":               {"__init__.py": false, "a,b.txt": false},
		"some_pkg-1.0.dist-info": {"RECORD": false},
		"space":                  {"other.py": false},
	}, read.names)
	assert.Equal(t, map[string]string{"some_pkg/__init__.py": "sha256=AAA", "some_pkg/a,b.txt": "sha256=BBB"}, read.sums)
	assert.Equal(t, map[string]string{
		"some_pkg/__init__.py": "some-pkg 1.0", "some_pkg/a,b.txt": "some-pkg 1.0", "some_pkg-1.0.dist-info/RECORD": "some-pkg 1.0",
		"other.py": "other 2", "space/other.py": "other 2", "short": "other 2",
	}, read.owners)
}

func TestMostOf(t *testing.T) {
	t.Parallel()
	assert.Equal(t, int64(7), mostOf([]string{"a.so", "sha256=x", "7"}, 100, true))
	assert.Equal(t, int64(7+4*7+1024), mostOf([]string{"a.py", "sha256=x", "7"}, 100, true))
	assert.Equal(t, int64(7), mostOf([]string{"a.py", "sha256=x", "7"}, 100, false))
	assert.Equal(t, int64(100), mostOf([]string{"a-1.dist-info/RECORD", "", ""}, 100, true))
	assert.Equal(t, int64(plan.LimitImage), mostOf([]string{"a.py", "", ""}, 100, false), "nobody knows")
}

// What is recorded of a tree answers as the tree would, and the tree itself is not
// made for it.
func TestTreeByItsRecords(t *testing.T) {
	t.Parallel()
	known, err := readRecords(t.Context(), recordedTree(t), plan.TaskRoot, "cpython-313")
	require.NoError(t, err)
	opened := 0
	content := folderReference{dir: t.TempDir()}
	require.NoError(t, os.MkdirAll(filepath.Join(content.dir, plan.TaskRoot), 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(content.dir, plan.TaskRoot, "other.py"), []byte("x"), 0o644))
	tr := &tree{
		treeName: treeName{plan.PartDependencies, "other"},
		open:     func() (gwclient.Reference, error) { opened++; return content, nil },
		contents: func() (*contents, error) { return known, nil },
	}
	require.NoError(t, tr.ready())
	names, err := tr.list(t.Context(), "space")
	require.NoError(t, err)
	assert.Equal(t, map[string]bool{"other.py": false}, names)
	sum, err := tr.sum(t.Context(), "some_pkg/__init__.py")
	require.NoError(t, err)
	assert.Equal(t, "sha256=AAA", sum)
	compiled, err := tr.compiledFrom(t.Context(), "some_pkg/__init__.py")
	require.NoError(t, err)
	assert.Equal(t, []string{"some_pkg/__pycache__/__init__.cpython-313.pyc"}, compiled)
	owners, err := tr.owners(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "other 2", owners["other.py"])
	fit, err := surelyFit([]*tree{tr}, plan.LimitImage)
	require.NoError(t, err)
	assert.False(t, fit, "the sizes of some files are not recorded")
	require.Zero(t, opened)

	sum, err = tr.sum(t.Context(), "other.py")
	require.NoError(t, err)
	assert.Equal(t, "sha256=LXEWQrcmsEQBYnyp-6wy9chTD7GQPMTbAiWHF5IaSIE", sum)
	assert.Equal(t, 1, opened, "no sum of it is recorded")
}
