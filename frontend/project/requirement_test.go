package project

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/source"
)

// lists is a project with every kind of list.
const lists = `[project]
name = "My_App"
dependencies = [
    "Grid.Lib>=2; python_version >= '3.13'",
    "grid-lib<2; python_version < '3.13'",
    "tracer[fast, slow] (>=1) ; sys_platform == 'linux'",
    "archive @ https://example.com/archive-1.0.tar.gz",
    "adjacent@https://example.com/adjacent-1.0.tar.gz",
    42,
]

[project.optional-dependencies]
Fast_Path = ["loop"]
all = ["my-app[fast-path, all]", "sniffio"]

[dependency-groups]
Prod = [
    "tracer",
    { include-group = "base" },
]
base = [{ include-group = "prod" }, "anyio"]
dev = ["tester"]

[tool.uv]
dev-dependencies = ["older-tester"]
`

func TestDeclares(t *testing.T) {
	t.Parallel()
	doc, err := source.Parse("pyproject.toml", []byte(lists))
	require.NoError(t, err)
	p := &Pyproject{Doc: doc, Name: "My_App", Groups: []string{"base", "dev", "prod"}}
	tests := []struct {
		name   string
		in     List
		python Version
		line   int
	}{
		{"grid-lib", List{}, Version{3, 13}, 4},
		{"Grid_Lib", List{}, Version{3, 12}, 5},
		{"tracer", List{}, Version{3, 13}, 6},
		{"archive", List{}, Version{3, 13}, 7},
		{"adjacent", List{}, Version{3, 13}, 8},
		{"loop", List{}, Version{3, 13}, 0},
		{"loop", List{Extra: "fast-path"}, Version{3, 13}, 13},
		{"loop", List{Extra: "all"}, Version{3, 13}, 13},
		{"sniffio", List{Extra: "all"}, Version{3, 13}, 14},
		{"tracer", List{Group: "prod"}, Version{3, 13}, 18},
		{"anyio", List{Group: "prod"}, Version{3, 13}, 21},
		{"tester", List{Group: "dev"}, Version{3, 13}, 22},
		{"older-tester", List{Group: "dev"}, Version{3, 13}, 25},
		{"tracer", List{Group: "absent"}, Version{3, 13}, 0},
	}
	for _, tt := range tests {
		loc, ok := p.Declares(tt.name, tt.in, TargetEnvironment(NewInterpreter(tt.python, "", nil), "amd64"))
		assert.Equal(t, tt.line, loc.Line, "%s in %v", tt.name, tt.in)
		assert.Equal(t, tt.line > 0, ok, "%s in %v", tt.name, tt.in)
	}
	assert.Equal(t, []List{{}, {Group: "base"}, {Group: "dev"}, {Group: "prod"}, {Extra: "fast-path"}, {Extra: "all"}}, p.Lists())
}

// A line whose marker does not hold is better than none.
func TestDeclaresWithoutAMarkerThatHolds(t *testing.T) {
	t.Parallel()
	doc, err := source.Parse("pyproject.toml", []byte("[project]\ndependencies = [\n\"six; sys_platform == 'win32'\"]\n"))
	require.NoError(t, err)
	loc, ok := (&Pyproject{Doc: doc}).Declares("six", List{}, TargetEnvironment(NewInterpreter(Version{3, 13}, "3.13.0", nil), "amd64"))
	assert.True(t, ok)
	assert.Equal(t, 3, loc.Line)
}
