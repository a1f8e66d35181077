package integration

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestReadmePage runs the commands of README.md, those of make excepted, which
// CI runs: builds of examples/fastapi, then of the functions of
// examples/functions, by the suite's builder and into an engine.
func TestReadmePage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(env.Root, "README.md"))
	require.NoError(t, err)
	single, many := env.Example(t, "fastapi"), env.Example(t, "functions")
	for _, dir := range []string{single, many} {
		env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	}
	engine := env.NewEngine(t)
	places := strings.NewReplacer("docker buildx", env.Binary("tools/buildx"), "registry.example.com", newRepository(t))
	ran := 0
	for _, c := range consoleCommands(string(text)) {
		if strings.HasPrefix(c.command, "make ") {
			continue
		}
		dir := single
		if strings.Contains(c.command, "bake") || strings.Contains(c.command, "--target page") {
			dir = many
		}
		shell(t, dir, newestUV, places.Replace(c.command), "DOCKER_HOST="+engine.Host)
		ran++
	}
	require.Equal(t, 6, ran, "README.md lost or gained a command")
	images, err := engine.Docker(t.Context(), "images", "--format", "{{.Repository}}").Output()
	require.NoError(t, err)
	require.Contains(t, string(images), "app")
}
