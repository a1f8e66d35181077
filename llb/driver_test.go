package llb_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oldestPython parses a script as the oldest Python of Lambda would.
const oldestPython = `import ast, sys
ast.parse(open(sys.argv[1]).read(), sys.argv[1], feature_version=(3, 9))`

// TestScriptsAreForTheOldestPython: a build runs them with the interpreter of
// the base image, whichever that is.
func TestScriptsAreForTheOldestPython(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine to parse the scripts with")
	}
	scripts, err := filepath.Glob("*.py")
	require.NoError(t, err)
	require.Contains(t, scripts, "driver.py")
	for _, script := range scripts {
		out, err := exec.CommandContext(t.Context(), python, "-I", "-S", "-c", oldestPython, script).CombinedOutput()
		assert.NoError(t, err, "%s", out)
	}
}

// TestPackOfALostTree: files that are not there any more are an error for
// people.
func TestPackOfALostTree(t *testing.T) {
	t.Parallel()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("there is no python3 on this machine to run the script with")
	}
	folder := t.TempDir()
	report := filepath.Join(folder, "stderr")
	const script = `import sys; sys.path.insert(0, "."); import sizes, pack; sizes.REPORT = sys.argv[2]; pack.pack(sys.argv[1], "", sys.argv[1], sys.argv[1])`
	require.Error(t, exec.CommandContext(t.Context(), python, "-B", "-c", script, filepath.Join(folder, "tree"), report).Run())
	said, err := os.ReadFile(report)
	require.NoError(t, err)
	assert.Equal(t, "the files to compress are not there any more, as when the cache of the builder is pruned during a build: build again\n", string(said))
}
