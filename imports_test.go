package uvlambda

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const module = "github.com/uvlambda/uvlambda/"

// rule says which of the repository's packages one may import. A name stands
// for the package and for all below it.
type rule struct {
	of      string
	allowed []string
}

// mayImport holds narrow rules before wider ones: the first that fits counts.
// Each package below plan, llb, frontend and cmd/internal has a rule of its own,
// and packages of the suite are free.
var mayImport = []rule{
	{"plan/draw", []string{"plan"}},
	{"plan", nil},
	{"llb/steps", nil},
	{"llb", []string{"llb/steps", "plan"}},

	{"frontend/files", nil},
	{"frontend/suggest", nil},
	{"frontend/fixture", nil},
	{"frontend/python", nil},
	{"frontend/archive", []string{"frontend/files", "plan"}},
	{"frontend/source", []string{"plan"}},
	{"frontend/project", []string{"frontend/source", "frontend/suggest", "plan"}},
	{"frontend/history", []string{"frontend/project"}},
	{"frontend/spec", []string{"frontend/files", "frontend/project", "frontend/source", "frontend/suggest", "plan"}},
	{"frontend/planner", []string{"frontend/files", "frontend/project", "frontend/python", "frontend/source", "frontend/spec", "frontend/suggest", "plan"}},
	{"frontend/lint", []string{"frontend/files", "frontend/planner", "frontend/project", "frontend/python", "frontend/source", "frontend/spec", "frontend/suggest", "plan"}},
	{"frontend/failure/diagnosis", []string{"frontend/project", "frontend/source", "frontend/suggest", "plan"}},

	{"frontend/gateway", []string{"frontend/suggest", "plan"}},
	{"frontend/contexts", []string{"frontend/files", "frontend/gateway", "frontend/history", "frontend/lint", "frontend/planner", "frontend/project", "frontend/source", "plan"}},
	{"frontend/images", []string{"frontend/gateway", "frontend/planner", "frontend/source", "plan"}},
	{"frontend/load", []string{"frontend/contexts", "frontend/files", "frontend/gateway", "frontend/lint", "frontend/planner", "frontend/project", "frontend/source", "frontend/spec", "frontend/suggest", "plan"}},
	{"frontend/decide", []string{"frontend/files", "frontend/lint", "frontend/load", "frontend/planner", "frontend/project", "plan"}},
	{"frontend/failure", []string{"frontend/contexts", "frontend/failure/diagnosis", "frontend/gateway", "frontend/source", "llb", "plan"}},
	{"frontend/run", []string{
		"frontend/archive", "frontend/contexts", "frontend/decide", "frontend/failure", "frontend/files", "frontend/gateway", "frontend/images",
		"frontend/lint", "frontend/load", "frontend/planner", "frontend/project", "frontend/source", "frontend/spec", "frontend/suggest", "llb", "plan",
	}},
	{"frontend/answer", []string{
		"frontend/contexts", "frontend/decide", "frontend/failure", "frontend/gateway", "frontend/images", "frontend/lint", "frontend/load",
		"frontend/planner", "frontend/source", "frontend/spec", "llb", "plan",
	}},
	{"frontend", []string{"frontend", "plan"}},

	{"cmd/internal/bake", nil},
	{"cmd/internal/build/buildflags", []string{"cmd/internal/plainfile", "cmd/internal/workspace", "frontend", "plan"}},
	{"cmd/internal/build", []string{"cmd/internal/build", "cmd/internal/builder", "cmd/internal/colour", "cmd/internal/docker", "frontend", "plan"}},
	{"cmd/internal/builder", []string{"cmd/internal/docker"}},
	{"cmd/internal/colour", nil},
	{"cmd/internal/dev", []string{"cmd/internal/emulate", "cmd/internal/plainfile", "frontend/files", "frontend/planner", "plan"}},
	{"cmd/internal/docker", nil},
	{"cmd/internal/eject", []string{"frontend/files", "frontend/source", "plan"}},
	{"cmd/internal/emulate/apigateway", nil},
	{"cmd/internal/emulate/loopback", nil},
	{"cmd/internal/emulate/runtimeapi", []string{"cmd/internal/emulate/loopback"}},
	{"cmd/internal/emulate", []string{"cmd/internal/docker", "cmd/internal/emulate", "cmd/internal/images", "cmd/internal/rootless", "plan"}},
	{"cmd/internal/explain", []string{"cmd/internal/images", "plan"}},
	{"cmd/internal/heap", nil},
	{"cmd/internal/images", []string{"cmd/internal/docker", "cmd/internal/plainfile", "cmd/internal/rootless"}},
	{"cmd/internal/initproject", []string{"cmd/internal/plainfile", "cmd/internal/workspace", "frontend", "plan"}},
	{"cmd/internal/plainfile", []string{"frontend/project"}},
	{"cmd/internal/rootless", nil},
	{"cmd/internal/workspace", []string{"cmd/internal/plainfile", "frontend"}},
	{"cmd", []string{"cmd", "frontend", "plan"}},
}

// decides are the packages that decide what is built: they know nothing of how.
var decides = []string{
	"plan", "frontend/files", "frontend/python", "frontend/suggest", "frontend/source", "frontend/project", "frontend/spec", "frontend/planner", "frontend/lint", "frontend/failure/diagnosis", "frontend/archive",
}

// mistypedNames is the one package of BuildKit that a deciding package may
// import: it compares words, and knows nothing of graphs.
const mistypedNames = "github.com/moby/buildkit/util/suggest"

// goPackage is what `go list` says of a package.
type goPackage struct {
	ImportPath    string
	Imports, Deps []string
}

// packages lists the packages of the repository, their names without the
// module's.
func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports,Deps", "./...").Output()
	require.NoError(t, err)
	var list []goPackage
	for decoder := json.NewDecoder(strings.NewReader(string(out))); decoder.More(); {
		var p goPackage
		require.NoError(t, decoder.Decode(&p))
		p.ImportPath = strings.TrimPrefix(p.ImportPath, module)
		list = append(list, p)
	}
	return list
}

// within reports whether a package is one of names or below one.
func within(pkg string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool { return pkg == name || strings.HasPrefix(pkg, name+"/") })
}

// TestImportsRunOneWay checks cmd -> frontend -> {plan, llb} and llb -> plan.
func TestImportsRunOneWay(t *testing.T) {
	t.Parallel()
	list := packages(t)
	for _, r := range mayImport {
		assert.True(t, slices.ContainsFunc(list, func(p goPackage) bool { return within(p.ImportPath, []string{r.of}) }), "%s is no package", r.of)
	}
	for _, p := range list {
		i := slices.IndexFunc(mayImport, func(r rule) bool { return within(p.ImportPath, []string{r.of}) })
		if i < 0 {
			assert.True(t, within(p.ImportPath, []string{"github.com/uvlambda/uvlambda", "integration"}), "%s has no rule", p.ImportPath)
			continue
		}
		if within(p.ImportPath, []string{"plan", "llb", "frontend"}) {
			assert.Equal(t, mayImport[i].of, p.ImportPath, "%s needs a rule of its own", p.ImportPath)
		}
		for _, imported := range p.Imports {
			if name, ours := strings.CutPrefix(imported, module); ours {
				assert.True(t, within(name, mayImport[i].allowed), "%s imports %s", p.ImportPath, name)
			}
		}
	}
}

// TestDecisionsKnowNothingOfGraphs checks that no package that decides depends
// on BuildKit, not even through another.
func TestDecisionsKnowNothingOfGraphs(t *testing.T) {
	t.Parallel()
	found := 0
	for _, p := range packages(t) {
		if !slices.Contains(decides, p.ImportPath) {
			continue
		}
		found++
		for _, dep := range p.Deps {
			if dep == mistypedNames {
				continue
			}
			assert.False(t, strings.HasPrefix(dep, "github.com/moby/buildkit/"), "%s depends on %s", p.ImportPath, dep)
		}
	}
	assert.Len(t, decides, found)
}

// mayAsk lists, with the reason, the packages and files that may ask the machine for the
// time or its environment. Everywhere else both come as parameters, so that a
// build depends on its input only and a test needs no machine.
var mayAsk = map[string]string{
	"cmd/uvlambda":                    "the command is where the environment comes in",
	"frontend/build.go":               "warnings of deprecated runtimes depend on the day",
	"cmd/internal/emulate/runtimeapi": "the deadline of an invocation is a moment of the real clock",
	"cmd/internal/build/progress.go":  "the progress says when a file was written",
	"integration":                     "the harness runs real programs",
}

// TestClockAndEnvironmentComeAsParameters looks for calls that ask for them.
func TestClockAndEnvironmentComeAsParameters(t *testing.T) {
	t.Parallel()
	asks := []string{
		"os.Getenv", "os.LookupEnv", "os.Environ", "os.ExpandEnv", "os.UserHomeDir", "os.Getwd", "time.Now", "time.Since", "time.Until",
	}
	excepted := map[string]bool{}
	eachFile(t, isCode, func(name string, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			selector, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			call := fmt.Sprintf("%v.%s", selector.X, selector.Sel.Name)
			if !slices.Contains(asks, call) {
				return true
			}
			for exception := range mayAsk {
				if name == exception || within(path.Dir(name), []string{exception}) {
					excepted[exception] = true
					return true
				}
			}
			assert.Fail(t, "asks the machine", "%s calls %s: take it as a parameter", name, call)
			return true
		})
	})
	for exception, reason := range mayAsk {
		assert.True(t, excepted[exception], "%s needs no exception any more (%s)", exception, reason)
	}
}

// TestTestsHaveTheirOwnConnections looks for tests that use the process's shared
// HTTP connections: closing a httptest.Server closes all that are idle, also
// under the request of a test that runs beside it.
func TestTestsHaveTheirOwnConnections(t *testing.T) {
	t.Parallel()
	shared := []string{"http.DefaultTransport", "http.DefaultClient", "http.Get", "http.Head", "http.Post", "http.PostForm"}
	found := 0
	eachFile(t, isTest, func(name string, file *ast.File) {
		found++
		ast.Inspect(file, func(n ast.Node) bool {
			if selector, ok := n.(*ast.SelectorExpr); ok {
				use := fmt.Sprintf("%v.%s", selector.X, selector.Sel.Name)
				assert.NotContains(t, shared, use, "%s uses %s: make an http.Client with an http.Transport of its own", name, use)
			}
			return true
		})
	})
	assert.NotZero(t, found)
}

// isCode reports whether a Go file is part of a program.
func isCode(name string) bool { return !isTest(name) }

// isTest reports whether a Go file holds tests.
func isTest(name string) bool { return strings.HasSuffix(name, "_test.go") }

// eachFile parses the repository's Go files that a function picks.
func eachFile(t *testing.T, pick func(name string) bool, visit func(name string, file *ast.File)) {
	t.Helper()
	err := fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(name) != ".go" || !pick(name) {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err == nil {
			visit(name, file)
		}
		return err
	})
	require.NoError(t, err)
}
