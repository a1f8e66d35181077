package integration

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// tomlBlock is a block of TOML in a page.
var tomlBlock = regexp.MustCompile("(?s)```toml\n(.*?)```")

// TestReadmeSnippets builds what README.md and the command's help show first, as
// printed.
func TestReadmeSnippets(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile(filepath.Join(env.Root, "README.md"))
	require.NoError(t, err)
	blocks := tomlBlock.FindAllStringSubmatch(string(page), -1)
	require.NotEmpty(t, blocks)
	help, err := env.Command(t.Context(), env.Binary("uvlambda"), "--help").Output()
	require.NoError(t, err)
	indented := regexp.MustCompile(`(?m)^    (.*)$`).FindAllStringSubmatch(string(help), -1)
	var shown []string
	for _, line := range indented {
		shown = append(shown, line[1])
	}
	for name, text := range map[string]string{"README.md": blocks[0][1], "help": strings.Join(shown, "\n") + "\n"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			writeFile(t, filepath.Join(dir, "pyproject.toml"), text)
			env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
			// There is no stand-in for the newest Python.
			writeFile(t, filepath.Join(dir, ".python-version"), "3.13\n")
			writeFile(t, filepath.Join(dir, "app/__init__.py"), "")
			writeFile(t, filepath.Join(dir, "app/main.py"), "from fastapi import FastAPI\nfrom mangum import Mangum\n\nhandler = Mangum(FastAPI())\n")
			env.CLI().MustBuild(t, dir, "--target", "lock", "-o", dir)
			for _, door := range env.Doors() {
				door.MustBuild(t, dir)
			}
		})
	}
}
