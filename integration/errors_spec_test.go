package integration

import (
	"strings"
	"testing"
)

// comment is a line of 100 bytes.
var comment = "# " + strings.Repeat("x", 97) + "\n"

// What can be wrong in the build file itself.
func TestMistakesInTheBuildFile(t *testing.T) {
	t.Parallel()
	checkMistakes(t, []mistake{
		{
			name:    "no table and no handler",
			files:   map[string]string{"pyproject.toml": projectTable},
			without: []string{"app.py"},
			want: "pyproject.toml:2: no handler was found (looked for lambda_function.lambda_handler, app.main.handler, main.handler, app.handler, handler.handler): " +
				"set `handler = \"module.function\"` in [tool.uvlambda], or `command` for a web server",
		},
		{
			name:  "unknown key",
			files: uvlambda(`handlr = "app.handler"`),
			want:  `pyproject.toml:9: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`,
		},
		{
			name:  "wrong type",
			files: uvlambda("handler = \"app.handler\"\ngroups = \"prod\""),
			want:  "pyproject.toml:10: groups must be an array, not a string: put it in brackets",
		},
		{
			name:  "two mistakes",
			files: uvlambda("handler = \"app\"\ngroups = [\"prod\"]\nuv = \"latest\""),
			want: "pyproject.toml:9: handler \"app\" names no function: write MODULE.FUNCTION, as in \"app.handler\"\n" +
				`pyproject.toml:11: uv "latest" is neither a full version, such as "0.9.26", nor an image: write one of them`,
		},
		{
			name:  "malformed TOML",
			files: uvlambda(`handler = "app.handler`),
			want:  "pyproject.toml:9: malformed TOML: basic strings cannot have new lines: correct this line or the one before",
		},
		{
			name:         "empty file",
			files:        map[string]string{"pyproject.toml": ""},
			noSyntaxLine: true,
			want:         "pyproject.toml: there is no [project] table, so there is nothing to build: add one, as `uv init` writes it",
		},
		{
			name:  "5 MB file",
			files: uvlambda(strings.Repeat(comment, 50_000)),
			want:  "pyproject.toml: the file is over the limit of 4 MiB: check that it is the file that was meant",
		},
		{
			// BuildKit itself does not read it, and says so in its own words.
			name:       "20 MB file",
			files:      uvlambda(strings.Repeat(comment, 200_000)),
			want:       "pyproject.toml: the file is over the limit of 4 MiB: check that it is the file that was meant",
			wantSyntax: "failed to read dockerfile: pyproject.toml exceeds maximum allowed size of 16777216 bytes",
		},
		{
			name:  "handler as a file",
			files: uvlambda(`handler = "app/main.py"`),
			want:  `pyproject.toml:9: handler "app/main.py" names a file: name the function in it, as in "app.main.handler"`,
		},
		{
			name:  "handler with a colon",
			files: uvlambda(`handler = "app:main"`),
			want:  `pyproject.toml:9: handler "app:main" has a colon, where Lambda wants a dot: write "app.main"`,
		},
		{
			name:  "handler not in the context",
			files: uvlambda(`handler = "application.handler"`),
			want: "pyproject.toml:9: handler \"application.handler\": its module is not in the build context: " +
				"there is no application.py, application/__init__.py, src/application.py, src/application/__init__.py; " +
				"create it, correct the handler, or copy it with `include` (and check that .dockerignore does not hide it)",
		},
		{
			name:  "include above the context",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"../x\"]"),
			want:  `pyproject.toml:10: include "../x" leads out of the build context: build with a context that holds it and -f for this build file, or copy the files into the context`,
		},
		{
			name:  "include of an absolute path",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"/etc\"]"),
			want:  `pyproject.toml:10: include "/etc" is absolute: make it relative`,
		},
		{
			name:  "include of a link that leaves the context",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\n  \"data\",\n]"),
			links: map[string]string{"data": "../elsewhere"},
			want:  `pyproject.toml:11: include "data" is a symbolic link to ../elsewhere, outside of the build context: copy the files into the context`,
		},
		{
			name:  "include that does not exist",
			files: uvlambda("handler = \"app.handler\"\ninclude = [\"app.py\", \"data\"]"),
			want: "pyproject.toml:10: include \"data\" is not in the build context: " +
				"correct the path (it is relative to the context's root), and check that .dockerignore does not hide it",
		},
		{
			name:  "package not in the workspace",
			files: uvlambda("handler = \"app.handler\"\npackage = \"functoin\""),
			want:  `pyproject.toml:10: package "functoin" is not in the workspace: did you mean "function"?`,
		},
		{
			name:  "unsupported Python",
			files: uvlambda("handler = \"app.handler\"\npython = \"3.8\""),
			want:  `pyproject.toml:10: python "3.8" is no runtime of Lambda: use one of 3.9, 3.10, 3.11, 3.12, 3.13, 3.14`,
		},
		{
			name:  "unknown target",
			flags: []string{"--target", "imag"},
			want:  `unknown target "imag": did you mean "image"?`,
		},
		{
			name:  "group that does not exist",
			files: uvlambda("handler = \"app.handler\"\ngroups = [\"prod\"]"),
			want:  `pyproject.toml:10: group "prod" does not exist in package function: it has none; define it in pyproject.toml, or remove it here`,
		},
		{
			name:  "extra that does not exist",
			files: uvlambda("handler = \"app.handler\"\nextras = [\"fast\"]"),
			want:  `pyproject.toml:10: extra "fast" does not exist in package function: it has none; define it in pyproject.toml, or remove it here`,
		},
		{
			name: "requires-python excludes every runtime",
			files: map[string]string{
				"pyproject.toml": strings.Replace(projectTable, ">=3.13,<3.14", "<3.9", 1) + handlerTable,
				"uv.lock":        strings.Replace(lockHeader, ">=3.13,<3.14", "<3.9", 1) + lockOwn,
			},
			want: "pyproject.toml:5: requires-python (<3.9 of function, <3.9 of uv.lock) excludes every Lambda runtime: allow one of 3.14, 3.13, 3.12, 3.11, 3.10, 3.9",
		},
		{
			name:  "platform that Lambda does not run",
			flags: []string{"--platform", "linux/s390x"},
			want:  "pyproject.toml:8: platform linux/s390x is not one of Lambda's: use --platform linux/amd64 or linux/arm64",
		},
		{
			name:    "no uv project",
			files:   map[string]string{"pyproject.toml": "[tool.poetry]\nname = \"function\"\n\n" + handlerTable},
			without: []string{"uv.lock"},
			want:    "pyproject.toml:5: there is no [project] table, so there is nothing to build: add one, as `uv init` writes it",
		},
		{
			name:    "build file outside the context",
			files:   map[string]string{"service/app.py": ""},
			context: "service",
			flags:   []string{"-f", "FOLDER/pyproject.toml"},
			want: "pyproject.toml: the build file is not in the build context: " +
				"use the folder that holds it, or one above, as the context (and check that .dockerignore does not hide it)",
		},
		{
			name:    "build file below the root of the context",
			files:   map[string]string{"svc/api/pyproject.toml": projectTable + "[tool.uvlambda]\nhandlr = \"app.handler\"\n"},
			without: []string{"pyproject.toml"},
			flags:   []string{"-f", "FOLDER/svc/api/pyproject.toml"},
			want:    `svc/api/pyproject.toml:9: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?`,
		},
		{
			name: "two identical build files",
			files: map[string]string{
				"a/pyproject.toml": projectTable + handlerTable,
				"b/pyproject.toml": projectTable + handlerTable,
			},
			without: []string{"pyproject.toml"},
			flags:   []string{"-f", "FOLDER/a/pyproject.toml"},
			want: "pyproject.toml: a/pyproject.toml and b/pyproject.toml have the same content, so the build file's folder is not known: " +
				"use its folder as the context, or make them differ by a comment",
		},
	})
}
