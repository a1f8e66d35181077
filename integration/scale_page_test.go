package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// clusterConfig names a cluster that nobody asks anything of.
const clusterConfig = `apiVersion: v1
kind: Config
current-context: cluster
contexts: [{name: cluster, context: {cluster: cluster, user: user}}]
clusters: [{name: cluster, cluster: {server: "https://127.0.0.1:1"}}]
users: [{name: user, user: {}}]
`

// TestScalePage runs the commands of docs/scale.md: builds with the suite's
// builder and registry, and the creation of builders, which buildx connects to
// when they are first used.
func TestScalePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(env.Root, "docs", "scale.md"))
	require.NoError(t, err)
	dir := env.Example(t, "fastapi")
	env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	builders := t.TempDir()
	cluster := filepath.Join(builders, "cluster.yaml")
	writeFile(t, cluster, clusterConfig)
	places := strings.NewReplacer("docker buildx", env.Binary("tools/buildx"), "registry.example.com", newRepository(t))
	commands := consoleCommands(string(text))
	require.Len(t, commands, 4)
	for _, c := range commands {
		command := env.Command(t.Context(), "bash", "-c", places.Replace(c.command))
		command.Dir = dir
		if strings.Contains(c.command, "buildx create") {
			command.Env = append(command.Env, "BUILDX_CONFIG="+builders, "BUILDX_BUILDER=", "KUBECONFIG="+cluster)
		}
		succeed(t, command)
	}
}
