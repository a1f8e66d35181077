package integration

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
)

// callFunction is a function with a private index, and files of the test's own.
func callFunction(t *testing.T, files map[string]string) string {
	t.Helper()
	wheel := exampleWheel(t)
	all := dependent("https://packages.example.com", wheel)
	all["pyproject.toml"] = strings.Replace(all["pyproject.toml"], "default = true", "name = \"company\"\nexplicit = true", 1)
	for name, text := range files {
		all[name] = text
	}
	return newFunction(t, withSyntaxLines(all))
}

// call runs docker buildx build --call and gives what it prints, and its exit
// status.
func call(t *testing.T, dir, function string, flags ...string) (stdout, stderr string, status int) {
	t.Helper()
	result := env.SyntaxLine().Build(t, dir, append([]string{"--call", function}, flags...)...)
	if result.Err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, result.Err, &exit)
		status = exit.ExitCode()
	}
	// buildx shows the lines of every file under the path that -f has.
	cut := strings.NewReplacer(dir+string(filepath.Separator), "")
	return cut.Replace(result.Stdout), connectionLog.ReplaceAllString(cut.Replace(result.Stderr), ""), status
}

// connectionLog is what the HTTP server of buildx's session logs now and then of
// a connection that ends.
var connectionLog = regexp.MustCompile(`(?m)^[0-9/]{10} [0-9:]{8} http2: .*\n`)

func TestCallTargets(t *testing.T) {
	t.Parallel()
	dir := callFunction(t, nil)
	stdout, stderr, status := call(t, dir, "targets")
	require.Zero(t, status, stderr)
	require.Equal(t, `TARGET          DESCRIPTION
image (default) the container image
zip             a zip of the dependencies, the members and the application
layer           a Lambda layer with the third-party dependencies
app             a zip of the members and the application, to go with a layer
dir             the unpacked task root
test            the report of the function's test in its own image
lock            a refreshed uv.lock
`, stdout)
	stdout, stderr, status = call(t, dir, "targets,format=json")
	require.Zero(t, status, stderr)
	var list struct{ Targets []struct{ Name string } }
	require.NoError(t, json.Unmarshal([]byte(stdout), &list))
	require.Equal(t, "image", list.Targets[0].Name)
}

func TestCallOutline(t *testing.T) {
	t.Parallel()
	dir := callFunction(t, nil)
	stdout, stderr, status := call(t, dir, "outline", "--target", "zip")
	require.Zero(t, status, stderr)
	require.Equal(t, `TARGET:      zip
DESCRIPTION: a zip of the dependencies, the members and the application

FUNCTION   HANDLER       LINES
function   app.handler   pyproject.toml:9

BUILD ARG     VALUE   DESCRIPTION
HTTP_PROXY            proxy of http URLs
HTTPS_PROXY           proxy of https URLs
FTP_PROXY             proxy of ftp URLs
ALL_PROXY             proxy of all other URLs
NO_PROXY              hosts that are reached without a proxy

SECRET                      LINES
UV_INDEX_COMPANY_USERNAME   pyproject.toml:13
UV_INDEX_COMPANY_PASSWORD   pyproject.toml:13
netrc                       pyproject.toml:6
ca                          pyproject.toml:6

CACHE         LINES
uvlambda/uv   pyproject.toml:6
`, stdout)
	stdout, stderr, status = call(t, dir, "outline,format=json", "--target", "lock", "--build-arg", "UPGRADE=all")
	require.Zero(t, status, stderr)
	var outline struct {
		Args  []struct{ Name, Value string }
		Cache []struct{ ID string }
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &outline))
	require.Equal(t, struct{ Name, Value string }{"UPGRADE", "all"}, outline.Args[0])
	require.Equal(t, "uvlambda/uv", outline.Cache[0].ID)
}

// The outlines of a bake file's targets are printed as the outline of a build is.
func TestCallOutlineOfBake(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "functions")
	env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	file := shell(t, dir, ownPrograms, "uvlambda bake")
	writeFile(t, filepath.Join(dir, "functions.hcl"), file)
	text := shell(t, dir, ownPrograms, env.Binary("tools/buildx")+" bake -f functions.hcl --call=outline invite")
	require.Contains(t, text, "FUNCTION   HANDLER          LINES\ninvite     invite.handler   pyproject.toml:27\n")
	require.NotContains(t, text, "page.handler")
}

func TestCallDescribe(t *testing.T) {
	t.Parallel()
	stdout, stderr, status := call(t, callFunction(t, nil), "subrequests.describe")
	require.Zero(t, status, stderr)
	require.Equal(t, `NAME                 VERSION DESCRIPTION
outline              1.1.0   List all parameters current build target supports
targets              1.0.0   List all targets current build supports
lint                 1.0.0   Check the build file and the lock without a build
subrequests.describe 1.0.0   List available subrequest types
`, stdout)
}

func TestCallCheck(t *testing.T) {
	t.Parallel()
	warned := map[string]string{
		"pyproject.toml":  projectTable + handlerTable + "python = \"3.13\"\n",
		"uv.lock":         lockHeader + lockOwn,
		".python-version": "3.12\n",
	}
	const warning = `Check complete, 1 warning has been found!

WARNING: PythonVersionMismatch - https://github.com/uvlambda/uvlambda/blob/main/docs/rules/PythonVersionMismatch.md
python = "3.13" is used, although .python-version says 3.12: make them agree, so that the code is tested on what it runs on
pyproject.toml:10
--------------------
   8 |     [tool.uvlambda]
   9 |     handler = "app.handler"
  10 | >>> python = "3.13"
  11 |     
--------------------
`
	tests := []struct {
		name, function string
		files          map[string]string
		stdout         string
		// stderr is its end, less the progress.
		stderr string
		status int
	}{
		{"nothing", "check", nil, "Check complete, no warnings found.\n", "", 0},
		{"warning", "check", warned, warning, "", 1},
		{"warning that is let pass", "check,ignorestatus=true", warned, warning, "", 0},
		{"mistakes", "check", uvlambda("handler = 1\nhandlr = 'a.b'"), "", `ERROR: pyproject.toml:9: handler must be a string, not an integer: put it in quotes
pyproject.toml:10: unknown key "handlr" in [tool.uvlambda]: did you mean "handler"?
pyproject.toml:9
--------------------
   8 |     [tool.uvlambda]
   9 | >>> handler = 1
  10 | >>> handlr = 'a.b'
  11 |     
--------------------

`, 1},
		{"mistake in the lock", "check", map[string]string{"uv.lock": "version = 1\n[[package]\n"}, "", `ERROR: uv.lock:2: malformed lock: expected ']]' to close array table name: write it again with ` + "`uv lock`" + `
pyproject.toml:2
--------------------
   1 |     version = 1
   2 | >>> [[package]
   3 |     
--------------------

`, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			stdout, stderr, status := call(t, callFunction(t, tt.files), tt.function)
			assert.Equal(t, tt.stdout, stdout)
			assert.Equal(t, tt.stderr, stderr)
			assert.Equal(t, tt.status, status)
		})
	}
}

// The answer as JSON has the right file with the lines. Without --target all
// functions are checked.
func TestCallCheckAsJSON(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, withSyntaxLines(map[string]string{"pyproject.toml": projectTable +
		"[tool.uvlambda.functions.orders]\nhandler = \"app.handler\"\n[tool.uvlambda.functions.receipts]\nhandler = \"receipts.handler\"\n"}))
	stdout, _, status := call(t, dir, "check,format=json")
	require.Equal(t, 1, status)
	// The error is printed after the answer, whatever the format.
	var answer struct {
		Sources    []struct{ Filename string }
		BuildError struct {
			Message  string
			Location struct {
				Ranges []struct{ Start struct{ Line int } }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(stdout), &answer))
	require.Contains(t, answer.BuildError.Message, `pyproject.toml:11: handler "receipts.handler": its module is not in the build context`)
	require.Equal(t, 11, answer.BuildError.Location.Ranges[0].Start.Line)
	require.Equal(t, "pyproject.toml", answer.Sources[0].Filename)

	_, stderr, status := call(t, dir, "check", "--target", "orders")
	require.Zero(t, status, stderr)
}

// TestCallPage runs the commands of docs/call.md on the example that it is
// about, and holds what they print against the page.
func TestCallPage(t *testing.T) {
	t.Parallel()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.JQ))
	dir := env.Example(t, "functions")
	// The page shows the lines that the example has, below its syntax line.
	env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	page, err := os.ReadFile(filepath.Join(env.Root, "docs", "call.md"))
	require.NoError(t, err)
	ran := 0
	text := regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(string(page), func(block string) string {
		var b strings.Builder
		for _, c := range consoleCommands(block) {
			command := strings.ReplaceAll(c.command, "docker buildx", env.Binary("tools/buildx"))
			b.WriteString("$ " + c.command + shell(t, dir, ownPrograms, command))
			ran++
		}
		return "```console\n" + b.String() + "```"
	})
	require.Equal(t, 7, ran)
	golden(t, "docs/call.md", text)
}

// In a monorepo the outline points to lines of files at the context's root and
// below it.
func TestCallOutlineOfMember(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "monorepo")
	appendTo(t, filepath.Join(dir, "pyproject.toml"), "[[tool.uv.index]]\nname = \"company\"\nurl = \"https://packages.example.com/simple\"\nexplicit = true\n")
	file := filepath.Join(dir, "services", "orders", "pyproject.toml")
	env.SetSyntaxLine(t, file)
	stdout, stderr, status := call(t, dir, "outline", "-f", file)
	require.Zero(t, status, stderr)
	require.Contains(t, stdout, `
FUNCTION   HANDLER                  LINES
orders     orders.handler.handler   services/orders/pyproject.toml:12
`)
	require.Contains(t, stdout, `
SECRET                      LINES
UV_INDEX_COMPANY_USERNAME   pyproject.toml:7
UV_INDEX_COMPANY_PASSWORD   pyproject.toml:7
netrc                       services/orders/pyproject.toml:6
ca                          services/orders/pyproject.toml:6
`)
}
