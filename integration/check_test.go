package integration

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// ask runs uvlambda and gives what it prints, the progress left out, and its
// exit status.
func ask(t *testing.T, dir string, args ...string) (stdout, stderr string, status int) {
	t.Helper()
	var out, errs strings.Builder
	command := env.Command(t.Context(), env.Binary("uvlambda"), append(args, "--progress", "quiet", dir)...)
	command.Stdout, command.Stderr = &out, &errs
	if err := command.Run(); err != nil {
		var exit *exec.ExitError
		require.ErrorAs(t, err, &exit)
		status = exit.ExitCode()
	}
	return out.String(), errs.String(), status
}

// pageOf is the address of a rule's page, as warnings name it.
func pageOf(rule string) string {
	return "https://github.com/uvlambda/uvlambda/blob/main/docs/rules/" + rule + ".md"
}

// secretive is a function with one warning, in line 10 of a file with a syntax
// line; head follows that line, and table is put below.
func secretive(head, table string) map[string]string {
	files := withSyntaxLines(map[string]string{"pyproject.toml": head + projectTable + handlerTable + "env = { API_TOKEN = \"abc\" }\n" + table})
	return files
}

// secretWarning is the warning for the line with the secret.
const secretWarning = "env API_TOKEN looks like a secret, and everybody who has the image can read it: let the function read it from a secret store, or set it where the function is deployed"

// Both doors print the same with the same exit status, and what counts is said
// in the table, in a comment, or for one build.
func TestCheckOptions(t *testing.T) {
	t.Parallel()
	skipping := []string{"--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=SecretInEnv"}
	const table = "[tool.uvlambda.check]\nskip = [\"SecretInEnv\"]\n"
	tests := []struct {
		name, head, table string
		flags             []string
		warned            bool
		// mistake is part of the error, when the check fails otherwise.
		mistake string
	}{
		{"all rules", "", "", nil, true, ""},
		{"skipped in the table", "", table, nil, false, ""},
		{"skipped in a comment", "# check=skip=UnpinnedImage,SecretInEnv\n", "", nil, false, ""},
		{"skipped for one build", "", "", skipping, false, ""},
		{"comment over table", "# check=error=true\n", table, nil, true, ""},
		{"unknown rule", "", strings.Replace(table, "SecretInEnv", "SecretsInEnv", 1), nil, false, `unknown rule "SecretsInEnv": did you mean "SecretInEnv"?`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, secretive(tt.head, tt.table))
			buildx, buildxErr, buildxStatus := call(t, dir, "check", tt.flags...)
			own, ownErr, ownStatus := ask(t, dir, append([]string{"check"}, tt.flags...)...)
			assert.Equal(t, buildx, own)
			assert.Equal(t, buildxStatus, ownStatus)
			assert.Equal(t, strings.TrimSpace(buildxErr), strings.TrimSpace(ownErr))
			switch {
			case tt.mistake != "":
				assert.Contains(t, buildxErr, tt.mistake)
				assert.Equal(t, 1, ownStatus)
			case tt.warned:
				assert.Contains(t, own, "Check complete, 1 warning has been found!\n\nWARNING: SecretInEnv - "+pageOf("SecretInEnv")+"\n"+secretWarning+"\npyproject.toml:")
				assert.Equal(t, 1, ownStatus)
			default:
				assert.Equal(t, "Check complete, no warnings found.\n", own)
				assert.Zero(t, ownStatus)
			}
		})
	}
}

// The other questions have the same answers through both doors too.
func TestCallsOfTheCommand(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, secretive("", ""))
	for _, question := range []string{"targets", "outline", "outline,format=json", "subrequests.describe", "targets,format=json", "check,ignorestatus=true", "check,format=json"} {
		buildx, _, buildxStatus := call(t, dir, question)
		own, ownErr, ownStatus := ask(t, dir, "build", "--call", question)
		assert.Equal(t, withoutDefinitions(t, buildx), withoutDefinitions(t, own), question)
		assert.Equal(t, buildxStatus, ownStatus, "%s: %s", question, ownErr)
	}
	own, _, status := ask(t, dir, "check", "--format", "json", "--build-arg", "BUILDKIT_SYNTAX="+env.Frontend)
	require.Equal(t, 1, status, "the frontend image answers as well")
	require.Contains(t, own, `"ruleName": "SecretInEnv"`)
	_, stderr, status := ask(t, dir, "build", "--call", "chekc")
	require.Equal(t, 1, status)
	require.Equal(t, "ERROR: invalid --call \"chekc\": use build, check, outline or targets\n", stderr)
}

// withoutDefinitions leaves out of an answer in JSON how its files were sent,
// which names a session.
func withoutDefinitions(t *testing.T, answer string) string {
	t.Helper()
	var value map[string]any
	if !strings.HasPrefix(answer, "{") {
		return answer
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &value))
	sources, _ := value["sources"].([]any)
	for _, source := range sources {
		if info, ok := source.(map[string]any); ok {
			delete(info, "definition")
		}
	}
	data, err := json.Marshal(value)
	require.NoError(t, err)
	return string(data)
}

// A build tells a warning once, for all platforms, with its lines and page.
func TestWarningsOfABuild(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, secretive("", ""))
	for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
		result := door.MustBuild(t, dir, "--platform", "linux/amd64,linux/arm64", "--target", "dir", "--output", filepath.Join(t.TempDir(), "out"), "--progress", "plain")
		told := "SecretInEnv: " + secretWarning + " (line 10)\n"
		// The clients list it at the end, beside the progress.
		assert.Equal(t, 1, strings.Count(result.Stderr, " - "+told)+strings.Count(result.Stderr, "\nWARNING: "+told), "%s: %s", door.Name, result.Stderr)
	}
	// buildx shows the lines and the page on demand only.
	own := env.CLI().MustBuild(t, dir, "--progress", "plain")
	require.Contains(t, own.Stderr, "env should not hold secrets\nMore info: "+pageOf("SecretInEnv")+"\npyproject.toml:10\n")
	require.Contains(t, own.Stderr, "  10 | >>> env = { API_TOKEN = \"abc\" }\n")
}

// With error = true a build fails with what would have been a warning.
func TestViolationsFailABuild(t *testing.T) {
	t.Parallel()
	for _, options := range [][2]string{{"", "[tool.uvlambda.check]\nerror = true\n"}, {"# check=error=true\n", ""}} {
		dir := newFunction(t, secretive(options[0], options[1]))
		for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
			result := door.Build(t, dir)
			require.Error(t, result.Err, door.Name)
			require.Contains(t, result.Stderr, "SecretInEnv: "+secretWarning+" (check: error = true)", door.Name)
			require.Contains(t, result.Stderr, "| >>> env = { API_TOKEN = \"abc\" }\n", door.Name)
			require.NotContains(t, result.Stderr, "warning", door.Name)
		}
	}
}

// A check runs no step to find a file that changed after the lock was written, or
// files that are sent for nothing.
func TestCheckOfFiles(t *testing.T) {
	t.Parallel()
	changed := strings.Replace(projectTable, "dependencies = []", "dependencies = [\"httpx\"]", 1)
	require.NotEqual(t, projectTable, changed)
	packaged := projectTable + "readme = \"README.md\"\n[build-system]\nrequires = [\"hatchling\"]\nbuild-backend = \"hatchling.build\"\n[tool.uvlambda]\nhandler = \"function.handler\"\n"
	tests := []struct {
		name  string
		files map[string]string
		large string
		want  []string
	}{
		{"stale lock", map[string]string{"pyproject.toml": changed + handlerTable}, "", []string{"LockStale"}},
		{"coroutine", map[string]string{"app.py": "async def handler(event, context): ...\n"}, "", []string{"HandlerNotCallable"}},
		{"large folder", map[string]string{
			"pyproject.toml": packaged, "README.md": "text\n",
			"src/function/__init__.py": "def handler(event, context): ...\n",
			"uv.lock":                  strings.Replace(lockHeader+lockOwn, `virtual = "."`, `editable = "."`, 1),
		}, "data/samples.bin", []string{"LargeContext"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			dir := newFunction(t, withSyntaxLines(tt.files))
			if tt.large != "" {
				writeFile(t, filepath.Join(dir, tt.large), "")
				require.NoError(t, os.Truncate(filepath.Join(dir, tt.large), 60_000_000))
			}
			stdout, stderr, status := call(t, dir, "check,format=json")
			require.Equal(t, 1, status, stderr)
			var answer struct{ Warnings []struct{ RuleName string } }
			require.NoError(t, json.Unmarshal([]byte(stdout), &answer), stderr)
			var rules []string
			for _, w := range answer.Warnings {
				rules = append(rules, w.RuleName)
			}
			require.ElementsMatch(t, tt.want, rules, stdout)
		})
	}
}

// The examples are as the rules want them, with the locks that uv writes.
func TestExamplesPassTheCheck(t *testing.T) {
	t.Parallel()
	members := map[string][]string{"monorepo": {"services/orders", "services/receipts"}}
	for _, name := range []string{"compiled", "fastapi", "functions", "layer", "monorepo", "native", "packaged", "tested", "webserver", "workspace", "zip"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, name)
			folders := members[name]
			if folders == nil {
				folders = []string{"."}
			}
			for _, folder := range folders {
				stdout, stderr, status := ask(t, dir, "check", "-f", filepath.Join(dir, folder, "pyproject.toml"))
				assert.Equal(t, "Check complete, no warnings found.\n", stdout, "%s: %s", folder, stderr)
				assert.Zero(t, status, folder)
			}
		})
	}
}
