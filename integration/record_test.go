package integration

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Packages record their files for importlib.metadata. What a build leaves out of
// them, such as scripts and what [tool.uvlambda.slim] names, is recorded no more:
// in each output, for packages of an index and of the repository.
func TestPackagesRecordTheirFiles(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"numpy==2.5.4", "library"`) + handlerTable + "\n[tool.uv.sources]\nlibrary = { path = \"library\" }\n",
		"library/pyproject.toml": strings.Replace(projectTable, `"function"`, `"library"`, 1) +
			"[project.scripts]\ngreet = \"library:greet\"\n\n[build-system]\nrequires = [\"uv_build>=0.9,<1\"]\nbuild-backend = \"uv_build\"\n",
		"library/src/library/__init__.py": "def greet():\n    print(\"hello\")\n",
	})
	lockShape(t, env.CLI(), dir)
	file := filepath.Join(dir, "pyproject.toml")
	for _, slim := range []string{"", "\n[tool.uvlambda.slim]\ntests = true\nstubs = true\ndist-info = true\n"} {
		appendTo(t, file, slim)
		ref, out := newReference(t), t.TempDir()
		env.CLI().MustBuild(t, dir, "-t", ref, "--push")
		env.CLI().MustBuild(t, dir, "--target", "zip", "-o", out)
		for output, tree := range map[string]map[string][]byte{
			"image": taskRoot(t, pull(t, ref)), "zip": unzip(t, onlyArchive(t, out)),
		} {
			records := 0
			for name, content := range tree {
				if path.Base(name) == "RECORD" {
					records++
					requireThere(t, tree, content, output+slim)
				}
			}
			require.Equal(t, 2, records, output+slim)
		}
	}
	requireSameByDockerfile(t, dir, nil)
}

// requireThere fails unless each file of a RECORD is in the tree.
func requireThere(t *testing.T, tree map[string][]byte, record []byte, of string) {
	t.Helper()
	rows, err := csv.NewReader(bytes.NewReader(record)).ReadAll()
	require.NoError(t, err)
	require.NotEmpty(t, rows)
	for _, row := range rows {
		assert.Contains(t, tree, path.Clean(row[0]), "%s: %s is recorded and not there", of, row[0])
	}
}
