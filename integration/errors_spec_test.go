package integration

import (
	"strings"
	"testing"
)

// What can be wrong in the build file itself.
func TestMistakesInTheBuildFile(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:    "no table and no handler",
			files:   map[string]string{"pyproject.toml": projectTable},
			without: []string{"app.py"},
			want:    "x",
		},
		{
			name:  "unknown key",
			files: uvlambda(`handlr = "app.handler"`),
			want:  "x",
		},
		{
			name:  "wrong type",
			files: uvlambda("handler = \"app.handler\"\ngroups = \"prod\""),
			want:  "x",
		},
		{
			name:  "malformed TOML",
			files: uvlambda(`handler = "app.handler`),
			want:  "x",
		},
		{
			name:         "empty file",
			files:        map[string]string{"pyproject.toml": ""},
			noSyntaxLine: true,
			want:         "x",
		},
		{
			name:  "20 MB file",
			files: uvlambda(strings.Repeat("# "+strings.Repeat("x", 98)+"\n", 200_000)),
			want:  "x",
		},
		{
			name:  "handler as a file",
			files: uvlambda(`handler = "app/main.py"`),
			want:  "x",
		},
		{
			name:  "handler with a colon",
			files: uvlambda(`handler = "app:main"`),
			want:  "x",
		},
		{
			name:  "handler not in the context",
			files: uvlambda(`handler = "application.handler"`),
			want:  "x",
		},
		{
			name:  "include above the context",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"../x\"]"),
			want:  "x",
		},
		{
			name:  "include of an absolute path",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"/etc\"]"),
			want:  "x",
		},
		{
			name:  "include of a link that leaves the context",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\n  \"data\",\n]"),
			links: map[string]string{"data": "../elsewhere"},
			want:  "x",
		},
		{
			name:  "include that does not exist",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"app.py\", \"data\"]"),
			want:  "x",
		},
		{
			name:  "package not in the workspace",
			files: uvlambda("handler = \"app.handler\"\npackage = \"functoin\""),
			want:  "x",
		},
		{
			name:  "unsupported Python",
			files: uvlambda("handler = \"app.handler\"\npython = \"3.8\""),
			want:  "x",
		},
		{
			name:  "unknown target",
			flags: []string{"--target", "imag"},
			want:  "x",
		},
		{
			name:  "group that does not exist",
			files: uvlambda("handler = \"app.handler\"\ngroups = [\"prod\"]"),
			want:  "x",
		},
		{
			name:  "extra that does not exist",
			files: uvlambda("handler = \"app.handler\"\nextras = [\"fast\"]"),
			want:  "x",
		},
		{
			name:  "requires-python excludes every runtime",
			files: map[string]string{"pyproject.toml": strings.Replace(projectTable, ">=3.13", "<3.9", 1) + handlerTable},
			want:  "x",
		},
		{
			name:  "platform that Lambda does not run",
			flags: []string{"--platform", "linux/s390x"},
			want:  "x",
		},
		{
			name:    "no uv project",
			files:   map[string]string{"pyproject.toml": "[tool.poetry]\nname = \"function\"\n\n" + handlerTable},
			without: []string{"uv.lock"},
			want:    "x",
		},
		{
			name:  "build file outside the context",
			files: map[string]string{"function/app.py": ""},
			flags: []string{"-f", "FOLDER/elsewhere/pyproject.toml"},
			want:  "x",
		},
		{
			name: "two identical build files",
			files: map[string]string{
				"a/pyproject.toml": projectTable + handlerTable,
				"b/pyproject.toml": projectTable + handlerTable,
			},
			without: []string{"pyproject.toml"},
			flags:   []string{"-f", "FOLDER/a/pyproject.toml"},
			want:    "x",
		},
	})
}
