package integration

import (
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// buildGuide builds a folder with the guide's Dockerfile and pushes the image.
func buildGuide(t testing.TB, dir, platform string, flags ...string) string {
	t.Helper()
	ref := newReference(t)
	env.WriteGuide(t, "Dockerfile", dir)
	succeed(t, env.Dockerfile(t.Context(), dir, ref, append(flags, "--opt", "platform="+platform)...))
	return ref
}

// TestSameAsTheGuide builds the guide's example by its Dockerfile and by ours:
// the same distributions, the same importable modules, the same response, and
// nothing in the task root that only the build needed.
func TestSameAsTheGuide(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "fastapi")
	guide := buildGuide(t, dir, "linux/amd64")
	ours := newReference(t)
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "-t", ours, "--push")

	guideTree, ourTree := taskRoot(t, pull(t, guide)), taskRoot(t, pull(t, ours))
	require.NotEmpty(t, distributions(guideTree))
	require.Equal(t, distributions(guideTree), distributions(ourTree))
	require.Equal(t, modules(guideTree), modules(ourTree))
	require.Contains(t, guideTree, "requirements.txt", "the guide's leftovers, which ours must not have")
	require.Empty(t, leftovers(ourTree))

	event := filepath.Join(dir, "event.json")
	require.JSONEq(t, invoke(t, guide, event), invoke(t, ours, event))

	guideConfig, err := pull(t, guide).ConfigFile()
	require.NoError(t, err)
	ourConfig, err := pull(t, ours).ConfigFile()
	require.NoError(t, err)
	require.Equal(t, guideConfig.Config.Cmd, ourConfig.Config.Cmd)
	require.Equal(t, guideConfig.Config.Entrypoint, ourConfig.Config.Entrypoint)
	require.Equal(t, guideConfig.Config.Env, ourConfig.Config.Env)
	require.Equal(t, guideConfig.Config.WorkingDir, ourConfig.Config.WorkingDir)
}

// distributions are the sorted name-version pairs that importlib.metadata
// would find.
func distributions(tree map[string][]byte) []string {
	var found []string
	for name := range tree {
		if dir, file := path.Split(name); file == "METADATA" {
			found = append(found, strings.TrimSuffix(dir, ".dist-info/"))
		}
	}
	slices.Sort(found)
	return found
}

// modules are the sorted paths of all that Python can import.
func modules(tree map[string][]byte) []string {
	var found []string
	for name := range tree {
		if ext := path.Ext(name); (ext == ".py" || ext == ".so") && !strings.HasPrefix(name, "bin/") {
			found = append(found, name)
		}
	}
	slices.Sort(found)
	return found
}

// leftovers are the sorted paths that only a build needs.
func leftovers(tree map[string][]byte) []string {
	return testenv.Leftovers(slices.Sorted(maps.Keys(tree)))
}
