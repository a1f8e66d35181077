package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestModuleShadowed(t *testing.T) {
	t.Parallel()
	const handler = "handler = \"app.handler\"\n"
	const packageFiles = "-- email/__init__.py --\n-- email/util.py --\nx = 1\n"
	tests := []struct {
		name, keys, files string
		want              []string
	}{
		{"a module", handler + `include = ["random.py"]`, "-- random.py --\nx = 1\n", []string{"pyproject.toml:8: random.py hides the module random of Python's standard library: rename it"}},
		{"elsewhere", handler + `include = [{ from = "random.py", to = "lib/random.py" }]`, "-- random.py --\nx = 1\n", nil},
		{"data", handler + `include = ["random.json"]`, "-- random.json --\n{}\n", nil},
		{"to another name", handler + `include = [{ from = "chance.py", to = "random.py" }]`, "-- chance.py --\nx = 1\n", []string{"pyproject.toml:8: chance.py hides the module random of Python's standard library: rename it"}},
		{"a package", handler + `include = ["email"]`, strings.Replace(packageFiles, "--\n--", "--\n#\n--", 1), []string{"pyproject.toml:8: email hides the module email of Python's standard library: rename it"}},
		{"a folder", handler + `include = ["email"]`, "-- email/hello.txt --\nhello\n", nil},
		{"the handler's own", `handler = "queue.handler"`, "-- queue.py --\ndef handler(event, context): ...\n", []string{"pyproject.toml:7: queue.py hides the module queue of Python's standard library: rename it"}},
		{"the runtime's", handler + `include = ["six.py"]`, "-- six.py --\nx = 1\n", []string{"pyproject.toml:8: six.py hides the module six of Lambda's runtime: rename it"}},
		{"a runtime that is not known", handler + "base = \"registry.example.com/base:1\"\ninclude = [\"six.py\"]", "-- six.py --\nx = 1\n", nil},
	}
	for _, tt := range tests {
		assert.Equal(t, tt.want, messages(t, table(tt.keys, tt.files)), tt.name)
	}
}

// Packages are known by their names: packages of the repository by what their
// module is usually called, others by what they were a backport of.
func TestModuleShadowedByPackages(t *testing.T) {
	t.Parallel()
	third := mustLookup(t, "LockStale").Good.Files
	for name, want := range map[string][]string{
		"typing":       {"pyproject.toml:5: typing 0.28.1 <- your dependencies, line 5 of pyproject.toml hides the module typing of Python's standard library: leave it out"},
		"enum34":       {"pyproject.toml:5: enum34 0.28.1 <- your dependencies, line 5 of pyproject.toml hides the module enum of Python's standard library: leave it out"},
		"futures":      {"pyproject.toml:5: futures 0.28.1 <- your dependencies, line 5 of pyproject.toml hides the module concurrent of Python's standard library: leave it out"},
		"awslambdaric": {"pyproject.toml:5: awslambdaric 0.28.1 <- your dependencies, line 5 of pyproject.toml hides the module awslambdaric of Lambda's runtime: leave it out"},
		"configparser": nil,
		"urllib3":      nil,
	} {
		e := lint.Example{Files: strings.ReplaceAll(third, "httpx", name)}
		assert.Equal(t, want, messages(t, e), name)
	}
	own := strings.NewReplacer(`"greeting"`, `"site"`, `"greeting.handler"`, `"app.handler"`, "!README.md", "").Replace(mustLookup(t, "FileIgnored").Good.Files)
	e := lint.Example{Files: strings.Replace(own, `readme = "README.md"`, "", 1)}
	assert.Equal(t, []string{"pyproject.toml:9: the package site hides the module site of Python's standard library: rename its module"}, messages(t, e))
}
