package lint_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/uvlambda/uvlambda/frontend/lint"
)

func TestDevGroupInstalled(t *testing.T) {
	t.Parallel()
	example := mustLookup(t, "DevGroupInstalled").Good.Files
	tests := []struct {
		name     string
		old, new string
		want     []string
	}{
		{"named", `groups = ["pdf"]`, `groups = ["pdf", "Dev"]`, []string{`pyproject.toml:12: group "Dev" is what developers install: name a group of what the function needs`}},
		{"included", `pdf = ["pypdf"]`, `pdf = ["pypdf", { include-group = "more" }]` + "\n" + `more = [{ include-group = "pdf" }, { include-group = "dev" }]`, []string{
			`pyproject.toml:13: group "pdf" includes the group "dev", which is what developers install: let dev include what both need instead`,
			`pyproject.toml:7: uv.lock was not made for "pytest" in group "pdf" of greeting: refresh it with ` + "`uv lock`, or without uv by `uvlambda build --target lock -o . .`",
			`pyproject.toml:9: uv.lock does not know the group "more" of greeting: refresh it with ` + "`uv lock`, or without uv by `uvlambda build --target lock -o . .`",
		}},
		{"another tool's group", `groups = ["pdf"]`, `groups = []`, nil},
	}
	for _, tt := range tests {
		e := lint.Example{Files: strings.Replace(example, tt.old, tt.new, 1)}
		assert.ElementsMatch(t, tt.want, messages(t, e), tt.name)
	}
}

// A tool among the dependencies themselves is named with why it is there.
func TestDevToolInstalled(t *testing.T) {
	t.Parallel()
	e := lint.Example{Files: strings.NewReplacer(`["httpx>=0.28"]`, `["pytest>=0.28"]`, "httpx", "pytest").Replace(mustLookup(t, "LockStale").Good.Files)}
	assert.Equal(t, []string{`pyproject.toml:5: pytest is a tool for developers (pytest 0.28.1 <- your dependencies, line 5 of pyproject.toml): move it to the group "dev"`}, messages(t, e))
}
