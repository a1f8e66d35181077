package integration

import (
	"net/http"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// onPort is the example of a web server on a port of the test's own: outside of
// builds, functions have the network of the machine.
func onPort(t testing.TB, port string) string {
	t.Helper()
	dir := env.Example(t, "webserver")
	file := filepath.Join(dir, "pyproject.toml")
	replaceIn(t, file, `"8080"`, `"`+port+`"`)
	replaceIn(t, file, "[tool.uvlambda.test]", "env = { AWS_LWA_PORT = \""+port+"\" }\n\n[tool.uvlambda.test]")
	return dir
}

// A web server without a handler answers events in the test inside the build, when it
// is invoked, and in a browser while it is being written.
func TestWebServer(t *testing.T) {
	t.Parallel()
	dir := onPort(t, "18461")
	for _, door := range env.Doors() {
		out := t.TempDir()
		door.MustBuild(t, dir, "--target", "test", "-o", out)
		report := readTestReport(t, out)
		require.Equal(t, "uvicorn app.main:app --port 18461 --no-date-header", report.Handler)
		require.Contains(t, string(report.Events[0].Response), "Hello world!")
	}
	d := startDev(t, env.Command, dir)
	require.Equal(t, `{"message":"Hello you!"}`, d.page("/hello/you"))
	replaceIn(t, filepath.Join(dir, "app", "main.py"), "Hello", "Goodbye")
	d.await(`ready \S+ s after the (save)`)
	require.Equal(t, `{"message":"Goodbye you!"}`, d.page("/hello/you"))
}

// page is what the function serves at a path.
func (d *devCommand) page(path string) string {
	d.t.Helper()
	response, err := d.client.Get(strings.TrimSuffix(d.requests, "/") + path)
	status, body := answerOf(d.t, response, err)
	require.Equal(d.t, http.StatusOK, status, body)
	return body
}

// Only the scripts that a command names are installed, by both doors alike. The user
// and the entrypoint of the table are the image's.
func TestScriptsOfACommand(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{
		"pyproject.toml": strings.Replace(projectTable, "[]", `["httpx[cli]", "awslambdaric"]`, 1) +
			"[tool.uvlambda]\ncommand = [\"python3\", \"-m\", \"awslambdaric\", \"app.handler\"]\nentrypoint = [\"/usr/bin/env\", \"STARTED=env\"]\nuser = \"1000\"\n" +
			"include = [\"app.py\"]\n\n[tool.uvlambda.functions.one]\n\n[tool.uvlambda.functions.two]\ncommand = [\"httpx\", \"--help\"]\n",
		"app.py": "import os\nimport shutil\n\n\ndef handler(event, context):\n    return [os.environ[\"STARTED\"], shutil.which(\"httpx\")]\n",
	})
	lockShape(t, env.CLI(), dir)
	var digests []string
	for _, door := range env.Doors() {
		one, two := newReference(t), newReference(t)
		door.MustBuild(t, dir, "--target", "one", "-t", one, "--push")
		door.MustBuild(t, dir, "--target", "two", "-t", two, "--push")
		digests = append(digests, imageDigest(t, two))
		require.JSONEq(t, `["env", null]`, invoke(t, one, "{}"))
		require.Contains(t, string(taskRoot(t, pull(t, two))["bin/httpx"]), "#!/var/lang/bin/python3.13")
		require.NotContains(t, taskRoot(t, pull(t, two)), "bin/pygmentize")
		config, err := pull(t, two).ConfigFile()
		require.NoError(t, err)
		require.Equal(t, []string{"/usr/bin/env", "STARTED=env"}, config.Config.Entrypoint)
		require.Equal(t, "1000", config.Config.User)
		require.Contains(t, strings.Join(config.Config.Env, "\n"), "PATH=/var/task/bin:/var/lang/bin:")
	}
	require.Equal(t, digests[0], digests[1], "the doors built different images")
}

// What can be wrong with a command is told at its line.
func TestMistakesInCommands(t *testing.T) {
	t.Parallel()
	keys := func(table string) map[string]string {
		return map[string]string{"pyproject.toml": projectTable + "[tool.uvlambda]\n" + table}
	}
	checkMistakes(t, []mistake{
		{
			name:  "module that is not there",
			files: keys("command = [\"uvicorn\", \"shop.main:app\"]\n"),
			want: "pyproject.toml:9: command: shop.main is in neither the build context nor a package of the function: create it, correct the command, " +
				"or copy it with `include` (and check that .dockerignore does not hide it)",
		},
		{
			name:  "handler too",
			files: keys("handler = \"app.handler\"\ncommand = [\"serve\"]\n"),
			want:  "pyproject.toml:10: command is what a function without a handler runs: remove it, or handler",
		},
		{
			name:  "program that is not there",
			files: keys("command = [\"no-such-program\", \"app.py\"]\n[tool.uvlambda.test]\non-build = true\n"),
			want: "pyproject.toml:10: starting the function: the image's entrypoint does not start ([Errno 2] No such file or directory: 'no-such-program'): " +
				"use a base image with a Lambda runtime",
		},
	})
}
