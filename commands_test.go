package uvlambda

import (
	"fmt"
	"go/ast"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pageTests are the tests in integration that run the commands of a page's
// console blocks, save for calls of make.
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
// pages: calls of make, and commands in the text.
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
// tables.
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
		for _, command := range append(commands, commandsInText(t, page)...) {
			assert.True(t, commandTests[command] != "" || slices.Contains(suiteCommands, command), "%s: no test runs %s", page, command)
			delete(unused, command)
		}
	}
	assert.Equal(t, slices.Sorted(maps.Keys(pageTests)), slices.Compact(tested), "pages with commands, and those that have a test")
	assert.Empty(t, unused, "no page has these commands")
}

// TestNamedTestsRunTheCommands looks into the tests that the tables name.
func TestNamedTestsRunTheCommands(t *testing.T) {
	t.Parallel()
	tests := integrationTests(t)
	for page, name := range pageTests {
		test := tests[name]
		require.NotNil(t, test, name)
		assert.Contains(t, test.texts, path.Base(page), "%s reads %s", name, page)
		assert.Contains(t, test.calls, "consoleCommands", "%s takes the commands of %s", name, page)
	}
	for command, name := range commandTests {
		test := tests[name]
		require.NotNil(t, test, name)
		if words := strings.Fields(command); words[0] == "make" {
			runs := func(text string) bool { return text == words[1] || strings.Contains(text, "make "+words[1]+" ") }
			assert.True(t, slices.ContainsFunc(test.texts, runs), "%s runs %s", name, command)
			continue
		}
		assert.Contains(t, test.calls, "inText.FindAllStringSubmatch", "%s takes the commands of the text", name)
		var run []string
		for page, test := range pageTests {
			if test == name {
				run = slices.Concat(run, commandsInText(t, page), commandsInBlocks(t, page))
			}
		}
		assert.True(t, slices.ContainsFunc(run, func(longer string) bool { return shortens(command, longer) }),
			"%s runs what its page has, and that has no %s", name, command)
	}
}

// shortens reports whether a command has words of another, in their order.
func shortens(command, longer string) bool {
	words := strings.Fields(command)
	for _, word := range strings.Fields(longer) {
		if len(words) > 0 && word == words[0] {
			words = words[1:]
		}
	}
	return len(words) == 0
}

// commandsInBlocks are the commands that a page has in console blocks.
func commandsInBlocks(t *testing.T, page string) []string {
	t.Helper()
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	var commands []string
	for _, block := range blocks.FindAllStringSubmatch(string(data), -1) {
		for line := range strings.Lines(block[2]) {
			if command, isCommand := strings.CutPrefix(line, "$ "); isCommand {
				commands = append(commands, command)
			}
		}
	}
	return commands
}

// commandsInText are the commands that a page has in its text.
func commandsInText(t *testing.T, page string) []string {
	t.Helper()
	data, err := os.ReadFile(page)
	require.NoError(t, err)
	var commands []string
	for _, command := range inText.FindAllStringSubmatch(blocks.ReplaceAllString(string(data), ""), -1) {
		commands = append(commands, command[1])
	}
	return commands
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

// testBody is what a test consists of.
type testBody struct {
	// texts are its string literals, calls the functions and methods that it
	// calls.
	texts, calls []string
}

// integrationTests are the tests that build on a real BuildKit, by their names.
func integrationTests(t *testing.T) map[string]*testBody {
	t.Helper()
	tests := map[string]*testBody{}
	eachFile(t, func(name string) bool { return isTest(name) && path.Dir(name) == "integration" }, func(_ string, file *ast.File) {
		for _, decl := range file.Decls {
			if test, ok := decl.(*ast.FuncDecl); ok && test.Recv == nil && strings.HasPrefix(test.Name.Name, "Test") {
				tests[test.Name.Name] = readTest(test)
			}
		}
	})
	require.NotEmpty(t, tests)
	return tests
}

// readTest collects what a test consists of.
func readTest(test *ast.FuncDecl) *testBody {
	var body testBody
	ast.Inspect(test.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil {
				body.texts = append(body.texts, text)
			}
		case *ast.CallExpr:
			switch called := n.Fun.(type) {
			case *ast.Ident:
				body.calls = append(body.calls, called.Name)
			case *ast.SelectorExpr:
				body.calls = append(body.calls, fmt.Sprintf("%v.%s", called.X, called.Sel.Name))
			}
		}
		return true
	})
	return &body
}
