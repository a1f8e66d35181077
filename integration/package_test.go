package integration

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// A path dependency as `package` is refused. Each of the two ways out that the error
// names leads to the function.
func TestPackageOfAPathDependency(t *testing.T) {
	t.Parallel()
	const table = "[tool.uvlambda]\nhandler = \"parts.handler\"\n"
	const chosen = table + "package = \"parts\"\n"
	project := func(t *testing.T) string {
		dir := newFunction(t, map[string]string{
			"pyproject.toml": fmt.Sprintf(projectWith, `"parts"`) + "[tool.uv.sources]\nparts = { path = \"vendor/parts\" }\n\n" + chosen,
			// uv's command needs a Python of this machine, which may be an older one.
			"vendor/parts/pyproject.toml": strings.NewReplacer(`"function"`, `"parts"`, ">=3.13", ">=3.11").Replace(projectTable) +
				"[build-system]\nrequires = [\"uv_build>=0.9,<1\"]\nbuild-backend = \"uv_build\"\n",
			"vendor/parts/src/parts/__init__.py": "def handler(event, context):\n    return event\n",
		})
		lockShape(t, env.CLI(), dir)
		result := env.CLI().Build(t, dir)
		require.ErrorContains(t, result.Err, "exit status 1")
		require.Contains(t, result.Stderr, `package "parts" is a path dependency in vendor/parts and no member of the workspace`)
		return dir
	}
	answers := func(t *testing.T, dir string, flags ...string) {
		image := filepath.Join(t.TempDir(), "image.tar")
		env.CLI().MustBuild(t, dir, append(flags, "-o", "type=oci,dest="+image)...)
		event := filepath.Join(dir, "event.json")
		writeFile(t, event, `{"n": 1}`)
		require.JSONEq(t, `{"n": 1}`, invoke(t, image, event))
	}
	t.Run("made a member", func(t *testing.T) {
		t.Parallel()
		dir := project(t)
		edit(t, filepath.Join(dir, "pyproject.toml"), `{ path = "vendor/parts" }`, "{ workspace = true }\n\n[tool.uv.workspace]\nmembers = [\"vendor/parts\"]")
		lockShape(t, env.CLI(), dir)
		answers(t, dir)
	})
	t.Run("built by itself", func(t *testing.T) {
		t.Parallel()
		dir := project(t)
		edit(t, filepath.Join(dir, "pyproject.toml"), chosen, "")
		own := filepath.Join(dir, "vendor/parts/pyproject.toml")
		appendTo(t, own, "\n"+table+"python = \"3.13\"\n")
		programs, err := newestUV()
		require.NoError(t, err)
		command := env.Command(t.Context(), filepath.Join(programs, "uv"), "lock", "--project", "vendor/parts")
		command.Dir = dir
		command.Env = append(command.Env, "UV_PYTHON_DOWNLOADS=never")
		succeed(t, command)
		answers(t, dir, "-f", own)
	})
}
