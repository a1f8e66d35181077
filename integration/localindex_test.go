package integration

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// localIndex is a function with a package from a folder of wheels beside it, as
// [tool.uv] names the folder, and one from an index.
func localIndex(t *testing.T, settings string) string {
	t.Helper()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": fmt.Sprintf(projectWith, `"example-dist", "six==1.17.0"`) + settings + "\n" + handlerTable,
		"app.py":         "import example_dist\nimport six\n\n\ndef handler(event, context):\n    return [example_dist.VALUE, six.__version__]\n",
		"event.json":     "{}",
	})
	writeFile(t, filepath.Join(dir, "wheel house", exampleWheelName), string(exampleWheel(t)))
	// Of another platform, and never asked for.
	writeFile(t, filepath.Join(dir, "wheel house", "example_dist-1.0-cp313-cp313-win_amd64.whl"), string(exampleWheel(t)))
	return dir
}

// Folders of wheels are indexes: what a lock has of them is installed from the
// build context, and changes with the file.
func TestLocalIndex(t *testing.T) {
	t.Parallel()
	for name, settings := range map[string]string{
		"find-links": "[tool.uv]\nfind-links = [\"./wheel house\"]\n",
		"flat index": "[[tool.uv.index]]\nname = \"house\"\nurl = \"./wheel house\"\nformat = \"flat\"\n",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := localIndex(t, settings)
			lockShape(t, env.CLI(), dir)
			for _, door := range env.Doors() {
				ref := newReference(t)
				door.MustBuild(t, dir, "-t", ref, "--push")
				require.JSONEq(t, `[1, "1.17.0"]`, invoke(t, ref, filepath.Join(dir, "event.json")))
			}
			requireSameByDockerfile(t, dir, nil)

			if absolute, named := strings.CutPrefix(settings, "[tool.uv]\nfind-links = [\"."); named {
				// The folder as another machine names it, and one of which nothing is locked.
				edit(t, filepath.Join(dir, "pyproject.toml"), settings, "[tool.uv]\nfind-links = [\"./unused\", \"file:///home/me/shop"+absolute)
				for _, door := range env.Doors() {
					door.MustBuild(t, dir)
				}
				require.NoError(t, os.Remove(filepath.Join(dir, "Dockerfile")))
				requireSameByDockerfile(t, dir, nil)
				locking := env.CLI().Build(t, dir, "--target", "lock", "-o", t.TempDir())
				require.Error(t, locking.Err)
				require.Contains(t, locking.Stderr, "locking failed: the folder unused, which [tool.uv] names as an index, is not in the build context: name one that is, relative to pyproject.toml")
			}
			replaced := string(exampleWheel(t, [2]string{"more.py", "VALUE = 2\n"}))
			writeFile(t, filepath.Join(dir, "wheel house", exampleWheelName), replaced)
			ref := newReference(t)
			env.CLI().MustBuild(t, dir, "-t", ref, "--push")
			require.Contains(t, taskRoot(t, pull(t, ref)), "more.py")
		})
	}
}
