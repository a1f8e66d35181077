package uvlambda

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pageTests are the tests in integration that run the commands of a page's
// console blocks, save for those of make.
var pageTests = map[string]string{
	"README.md":       "TestReadmePage",
	"docs/call.md":    "TestCallPage",
	"docs/deploy.md":  "TestDeployPage",
	"docs/dev.md":     "TestDevPage",
	"docs/editors.md": "TestEditorsPage",
	"docs/explain.md": "TestExplainDocs",
	"docs/plan.md":    "TestPlanPage",
	"docs/scale.md":   "TestScalePage",
}

// commandTests are the tests in integration that run the other commands of the
// pages: those of make, and those in the text.
var commandTests = map[string]string{
	"make demo": "TestMakeDemo",
	"make image IMAGE=registry.example.com/uvlambda:1": "TestMakeImage",
	"make bench":                                                 "TestMakeBench",
	"make bench-quick":                                           "TestMakeBenchQuick",
	`make bench BENCH="-rows zip -runs 9"`:                       "TestMakeBench",
	`make bench BENCH="-docs docs"`:                              "TestMakeBench",
	"uvlambda invoke IMAGE --event event.json":                   "TestReadmePage",
	"uvlambda dockerfile -o Dockerfile":                          "TestReadmePage",
	"docker buildx build --target lock -o . -f pyproject.toml .": "TestReadmePage",
	"docker buildx build -f services/orders/pyproject.toml .":    "TestReadmePage",
	"docker buildx build --call=check -f pyproject.toml .":       "TestReadmePage",
	"docker buildx build --call=check":                           "TestReadmePage",
	"docker buildx build --provenance=false -f pyproject.toml":   "TestReadmePage",
	"docker buildx bake --push":                                  "TestReadmePage",
}

// suiteCommands run the suite, so that no test of it does.
var suiteCommands = []string{"make test"}

var (
	// blocks are what a page shows in a monospaced block, and in which language.
	blocks = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```")
	// inText are commands with a flag in a page's text.
	inText = regexp.MustCompile("`((?:docker|uvlambda|make) [^`]* --?[a-z][^`]*)`")
)

// TestCommandsAreRun finds each command of the documentation in one of the
// tables, and the test there in integration.
func TestCommandsAreRun(t *testing.T) {
	t.Parallel()
	unused := maps.Clone(commandTests)
	var tested []string
	for _, page := range pages(t) {
		data, err := os.ReadFile(page)
		require.NoError(t, err)
		var commands []string
		for _, block := range blocks.FindAllStringSubmatch(string(data), -1) {
			assert.NotContains(t, []string{"sh", "bash", "shell"}, block[1], "%s: show commands in a console block, so that a test finds them", page)
			for line := range strings.Lines(block[2]) {
				command, isCommand := strings.CutPrefix(line, "$ ")
				command, _, _ = strings.Cut(command, " # ")
				if command = strings.TrimSpace(command); strings.HasPrefix(command, "make ") {
					commands = append(commands, command)
				} else if isCommand {
					tested = append(tested, page)
				}
			}
		}
		for _, command := range inText.FindAllStringSubmatch(blocks.ReplaceAllString(string(data), ""), -1) {
			commands = append(commands, command[1])
		}
		for _, command := range commands {
			assert.True(t, commandTests[command] != "" || slices.Contains(suiteCommands, command), "%s: no test runs %s", page, command)
			delete(unused, command)
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(pageTests)), slices.Compact(tested), "pages with commands, and those that have a test")
	assert.Empty(t, unused, "no page has these commands")
	defined := integrationTests(t)
	for _, test := range slices.Concat(slices.Collect(maps.Values(pageTests)), slices.Collect(maps.Values(commandTests))) {
		assert.Contains(t, defined, "\nfunc "+test+"(", test)
	}
	for page := range pageTests {
		assert.Contains(t, defined, `"`+path.Base(page)+`"`, "the test of %s reads it", page)
	}
}

// pages are the pages of the documentation, sorted.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"README.md"}
	for _, dir := range []string{"docs", "examples"} {
		require.NoError(t, filepath.WalkDir(dir, func(name string, _ fs.DirEntry, err error) error {
			if err == nil && path.Ext(name) == ".md" {
				all = append(all, filepath.ToSlash(name))
			}
			return err
		}))
	}
	return all
}

// integrationTests is the source of the tests that build on a real BuildKit.
func integrationTests(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("integration/*_test.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	var source strings.Builder
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		source.Write(data)
	}
	return source.String()
}
