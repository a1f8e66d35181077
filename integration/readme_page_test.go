package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// inText are the commands with a flag in a page's text.
var inText = regexp.MustCompile("`((?:docker|uvlambda) [^`]* --?[a-z][^`]*)`")

// TestReadmePage runs the commands of README.md, also the commands in its text:
// on examples/fastapi, and on the examples that a command is about, by the suite's
// builder and into an engine. Other tests run the commands of make.
func TestReadmePage(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(filepath.Join(env.Root, "README.md"))
	require.NoError(t, err)
	text := string(data)
	single, many, monorepo := env.Example(t, "fastapi"), env.Example(t, "functions"), env.Example(t, "monorepo")
	for _, dir := range []string{single, many, filepath.Join(monorepo, "services", "orders")} {
		env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	}
	engine := env.NewEngine(t)
	places := strings.NewReplacer("docker buildx", env.Binary("tools/buildx"), "registry.example.com", newRepository(t), "IMAGE", "app:latest")
	commands := consoleCommands(text)
	for _, command := range inText.FindAllStringSubmatch(text, -1) {
		commands = append(commands, shown{command: command[1]})
	}
	ran := 0
	for _, c := range commands {
		if strings.HasPrefix(c.command, "make ") {
			continue
		}
		dir := single
		switch {
		case strings.Contains(c.command, "services/"):
			dir = monorepo
		case strings.Contains(c.command, "bake"), strings.Contains(c.command, "--target page"):
			dir = many
		}
		shell(t, dir, newestUV, places.Replace(c.command), "DOCKER_HOST="+engine.Host)
		ran++
	}
	require.Equal(t, 11, ran, "README.md lost or gained a command")
	images, err := engine.Docker(t.Context(), "images", "--format", "{{.Repository}}").Output()
	require.NoError(t, err)
	require.Contains(t, string(images), "app")
	require.FileExists(t, filepath.Join(single, "Dockerfile"))
}
