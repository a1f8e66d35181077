package integration

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// oddNames are names of files that some matcher takes for a pattern, for a
// comment, for a negation or for a flag.
func oddNames() []string {
	return []string{
		"[id].html", "[...slug].html", "star-*.txt", "q?.txt", "!bang.txt", "#hash.txt", "-dash.txt", "c++.txt",
		" blank ", "a b.txt", "é.txt", "日本.txt", "caret^.txt", "{a,b}.txt", "$HOME", `"quoted".txt`, "it's",
	}
}

// TestOddNames copies files of odd names, by their own names and in a folder, and
// no others that the names would match.
func TestOddNames(t *testing.T) {
	t.Parallel()
	include := []string{"templates", "data[1].json", "libs [x]/*.d"}
	contents := map[string]string{
		"data[1].json": "the named one", "data1.json": "another",
		"libs [x]/*.d/inside": "named", "libs [x]/other.d/inside": "another", "libs x/a.d/inside": "another",
	}
	want := []string{"app.py", "data[1].json", "libs [x]/*.d/inside"}
	for _, name := range oddNames() {
		contents[path.Join("templates", name)] = name
		contents[name] = name
		include = append(include, name)
		want = append(want, name, path.Join("templates", name))
	}
	contents["star-x.txt"], contents["qa.txt"] = "another", "another"
	slices.Sort(want)
	table := "python = '3.13'\ninclude = ["
	for _, name := range include {
		table += fmt.Sprintf("%q, ", name)
	}
	contents["pyproject.toml"] = projectTable + handlerTable + table + "]\n"
	dir := newFunction(t, contents)
	requireContents := func(t *testing.T, tree map[string][]byte) {
		require.Equal(t, want, slices.Sorted(maps.Keys(tree)))
		require.Equal(t, "the named one", string(tree["data[1].json"]))
		for _, name := range oddNames() {
			require.Equal(t, name, string(tree[name]))
			require.Equal(t, name, string(tree[path.Join("templates", name)]))
		}
	}
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		ref := newReference(t)
		door.MustBuild(t, dir, "-t", ref, "--push")
		requireContents(t, taskRoot(t, pull(t, ref)))
		out := t.TempDir()
		door.MustBuild(t, dir, "--target", "zip", "-o", out)
		requireContents(t, unzip(t, onlyArchive(t, out)))
		folder := t.TempDir()
		door.MustBuild(t, dir, "--target", "dir", "-o", folder)
		require.Equal(t, want, listFiles(t, folder))
	})
}

// TestBackslashInAName copies a file whose name a zip archive cannot hold.
func TestBackslashInAName(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": projectTable + handlerTable + "include = ['back\\slash.txt', 'in']\n",
		`back\slash.txt`: "", `in/side\ways`: "",
	})
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		folder := t.TempDir()
		door.MustBuild(t, dir, "--target", "dir", "-o", folder)
		require.Equal(t, []string{"app.py", `back\slash.txt`, `in/side\ways`}, listFiles(t, folder))
	})
}

// TestMemberInAnOddFolder builds a function and a package whose folders have
// brackets and blanks in their names, beside others that the names would match.
func TestMemberInAnOddFolder(t *testing.T) {
	t.Parallel()
	const member = "[project]\nname = 'core'\nversion = '%s'\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'\n"
	contents := map[string]string{
		"pyproject.toml": "[tool.uv.workspace]\nmembers = ['fn *', 'libs/*']\n",
		"fn [1]/pyproject.toml": "[project]\nname = 'api'\nversion = '0'\nrequires-python = '==3.13.*'\ndependencies = ['core']\n" +
			"[tool.uv.sources]\ncore = { workspace = true }\n[tool.uvlambda]\nhandler = 'app.handler'\nexclude = ['/app/*.txt']\n",
		"fn [1]/app/__init__.py":           "import core\ndef handler(event, context):\n    return core.NAME\n",
		"fn [1]/app/note.txt":              "",
		"fn 1/pyproject.toml":              "[project]\nname = 'other'\nversion = '0'\nrequires-python = '==3.13.*'\n",
		"fn 1/app/__init__.py":             "",
		"libs/core [old]/pyproject.toml":   fmt.Sprintf(member, "1"),
		"libs/core [old]/core/__init__.py": "NAME = 'old'\n",
		"libs/core o/pyproject.toml":       strings.ReplaceAll(fmt.Sprintf(member, "2"), "'core'", "'core-o'"),
		"libs/core o/core_o/__init__.py":   "NAME = 'another'\n",
	}
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newFunction(t, contents)
		require.NoError(t, os.Remove(filepath.Join(dir, "uv.lock")))
		flags := []string{"-f", filepath.Join(dir, "fn [1]", "pyproject.toml")}
		lockShape(t, door, dir, flags...)
		folder := t.TempDir()
		door.MustBuild(t, dir, append(flags, "--target", "dir", "-o", folder)...)
		built := listFiles(t, folder)
		require.Subset(t, built, []string{"app/__init__.py", "core/__init__.py", "core-1.dist-info/METADATA"})
		require.NotContains(t, built, "app/note.txt")
	})
}

// excludePatterns are patterns for the builds of TestExcludeAsDockerignore. Each
// build has some generated patterns beside them.
var excludePatterns = [][]string{
	{"**/app/drafts", "**/templates/drafts", "**.txt"},
	{"app/*", "!app/main.py", "**/b?", "!**/drafts"},
	{"templates/da**", "/templates/[a-c]*/", `templates/x\[1]`, "!templates/dab"},
	{"*/a*", "!*/ab", "app/ab/b", "!**/ab/b/a"},
}

// TestExcludeAsDockerignore compares what builds leave out with what the matcher
// of .dockerignore says of the same files and patterns.
func TestExcludeAsDockerignore(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	names := []string{"a", "ab", "b", "b1", "dab", "drafts", "note.txt", "x[1]", "é"}
	contents := map[string]string{"app/main.py": "def handler(event, context): ...\n"}
	for range 60 {
		at := []string{[]string{"app", "templates"}[r.IntN(2)]}
		for range 1 + r.IntN(3) {
			at = append(at, names[r.IntN(len(names))])
		}
		// No name is a file here and a folder there.
		contents[path.Join(at...)+"/file"] = ""
	}
	for i, patterns := range excludePatterns {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			table := "lock = 'unchecked'\nhandler = 'app.main.handler'\ninclude = ['templates']\nexclude = ["
			for _, pattern := range patterns {
				table += fmt.Sprintf("'%s', ", pattern)
			}
			files := maps.Clone(contents)
			files["pyproject.toml"] = projectTable + "[tool.uvlambda]\n" + table + "]\n"
			dir := newFunction(t, files)
			ignored, err := ignorefile.ReadAll(strings.NewReader(strings.Join(patterns, "\n")))
			require.NoError(t, err)
			var want []string
			for name := range contents {
				out, err := patternmatcher.MatchesOrParentMatches(name, ignored)
				require.NoError(t, err)
				if !out {
					want = append(want, name)
				}
			}
			slices.Sort(want)
			require.NotEmpty(t, want)
			require.Less(t, len(want), len(contents))
			folder := t.TempDir()
			env.Doors()[i%2].MustBuild(t, dir, "--target", "dir", "-o", folder)
			require.Equal(t, want, listFiles(t, folder))
		})
	}
}

// TestExcludedNameThatIsIncluded copies a file that `include` names whatever
// pattern matches it, and again when it has changed.
func TestExcludedNameThatIsIncluded(t *testing.T) {
	t.Parallel()
	const table = "include = ['data.json', 'kept/in']\nexclude = ['**/*', 'kept']\n"
	eachDoor(t, func(t *testing.T, door testenv.Door) {
		dir := newFunction(t, map[string]string{"pyproject.toml": projectTable + handlerTable + table, "kept/in/a": ""})
		for _, content := range []string{"before", "after"} {
			writeFile(t, filepath.Join(dir, "data.json"), content)
			folder := t.TempDir()
			door.MustBuild(t, dir, "--target", "dir", "-o", folder)
			require.Equal(t, []string{"app.py", "data.json"}, listFiles(t, folder))
			built, err := os.ReadFile(filepath.Join(folder, "data.json"))
			require.NoError(t, err)
			require.Equal(t, content, string(built))
		}
	})
}

// TestNameThatIsNotUTF8 refuses a file that would be copied, and no other.
func TestNameThatIsNotUTF8(t *testing.T) {
	t.Parallel()
	const wrong = "caf\xe9.txt"
	table := projectTable + handlerTable + "include = ['in']\n"
	contents := map[string]string{"pyproject.toml": table, "in/a": "", "in/below/" + wrong: ""}
	tests := map[string]struct {
		files  map[string]string
		target string
		// want is the error; there is none when it is empty.
		want string
	}{
		"image": {contents, "", `pyproject.toml:9: the name of the file "in/below/caf\xe9.txt" is not UTF-8: rename it, or leave it out by the line in/below/caf?.txt in .dockerignore`},
		"zip":   {contents, "zip", `pyproject.toml:9: the name of the file "in/below/caf\xe9.txt" is not UTF-8: rename it`},
		"dir":   {contents, "dir", `pyproject.toml:9: the name of the file "in/below/caf\xe9.txt" is not UTF-8: rename it`},
		"member": {map[string]string{
			"pyproject.toml":         strings.ReplaceAll(projectTable, "dependencies = []", "dependencies = []\n[build-system]\nrequires = ['hatchling']\nbuild-backend = 'hatchling.build'") + "[tool.uvlambda]\nhandler = 'function.handler'\n",
			"uv.lock":                lockHeader + strings.ReplaceAll(lockOwn, "virtual", "editable"),
			"function/__init__.py":   "def handler(event, context): ...\n",
			"function/data/" + wrong: "",
		}, "dir", `pyproject.toml:8: the name of the file "function/data/caf\xe9.txt" is not UTF-8: rename it`},
		"ignored":         {with(contents, ".dockerignore", "in/below/caf?.txt\n"), "zip", ""},
		"excluded":        {with(contents, "pyproject.toml", table+"exclude = ['**/caf?.txt']\n"), "zip", ""},
		"excluded folder": {with(contents, "pyproject.toml", table+"exclude = ['in/below']\n"), "", ""},
		"elsewhere":       {map[string]string{"other/" + wrong: ""}, "", ""},
		"lock":            {contents, "lock", ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			eachDoor(t, func(t *testing.T, door testenv.Door) {
				result := door.Build(t, newFunction(t, test.files), "--target", test.target, "-o", "type=local,dest="+t.TempDir())
				if test.want == "" {
					require.NoError(t, result.Err, result.Stderr)
					return
				}
				require.Error(t, result.Err)
				require.Contains(t, result.Stderr, test.want)
				require.NotContains(t, result.Stderr, "grpc")
			})
		})
	}
}

// with gives files with another one.
func with(files map[string]string, name, content string) map[string]string {
	all := maps.Clone(files)
	all[name] = content
	return all
}
