package integration

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/emulation"
)

// testStep is in the name of the step that runs the function, and in no other.
const testStep = "send the function its events"

// testReport is what a test writes.
type testReport struct {
	Platform, Handler, Skipped string
	Events                     []struct {
		Event    string
		Response json.RawMessage
	}
}

func readTestReport(t testing.TB, dir string) testReport {
	t.Helper()
	require.Equal(t, []string{"test-report.json"}, listFiles(t, dir))
	data, err := os.ReadFile(filepath.Join(dir, "test-report.json"))
	require.NoError(t, err)
	var report testReport
	require.NoError(t, json.Unmarshal(data, &report))
	return report
}

// TestTarget tests a function through both doors. It runs again for what can
// change its result, and for nothing else.
func TestTarget(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			dir, out := env.Example(t, "tested"), t.TempDir()
			// A step that another build runs again on purpose at this moment would
			// be merged with the cached one of this.
			appendTo(t, filepath.Join(dir, "invoice.py"), "\n# "+t.Name()+"\n")
			door.MustBuild(t, dir, "--target", "test", "-o", out)
			report := readTestReport(t, out)
			require.Equal(t, "invoice.handler", report.Handler)
			require.Len(t, report.Events, 3)
			require.Equal(t, "event.json", report.Events[0].Event)
			require.Equal(t, "events/one-line.json", report.Events[2].Event)
			require.JSONEq(t, `{"customer": "José", "total": "3.00"}`, string(report.Events[2].Response))

			appendTo(t, filepath.Join(dir, "pyproject.toml"), "\n[tool.ruff]\nline-length = 100\n")
			again := door.MustBuild(t, dir, "--target", "test")
			require.Empty(t, again.Trace.Ran().Named(testStep), "nothing has changed")
			again = door.MustBuild(t, dir, "--target", "test", "--no-cache-filter", "test")
			require.Len(t, again.Trace.Ran().Named(testStep), 1)
			require.Contains(t, again.Trace.Log(), "event.json: passed")

			// The door's name makes the event another for each.
			writeFile(t, filepath.Join(dir, "events", "one-line.json"), `{"customer": "`+door.Name+`", "lines": []}`)
			again = door.MustBuild(t, dir, "--target", "test", "-o", out)
			require.Len(t, again.Trace.Ran().Named(testStep), 1)
			require.JSONEq(t, `{"customer": "`+door.Name+`", "total": "0.00"}`, string(readTestReport(t, out).Events[2].Response))
		})
	}
}

// TestEventsAreInNoImage builds the gated image of another event: it is the
// same.
func TestEventsAreInNoImage(t *testing.T) {
	t.Parallel()
	dir, ref := env.Example(t, "tested"), newReference(t)
	env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	before := imageDigest(t, ref)
	writeFile(t, filepath.Join(dir, "events", "one-line.json"), `{"customer": "Zoë", "lines": []}`)
	result := env.CLI().MustBuild(t, dir, "-t", ref, "--push")
	require.Len(t, result.Trace.Ran().Named(testStep), 1)
	require.Equal(t, before, imageDigest(t, ref))
}

// TestOnBuildGatesArchives writes nothing when the function fails its test.
func TestOnBuildGatesArchives(t *testing.T) {
	t.Parallel()
	for _, target := range []string{"zip", "app", "dir"} {
		t.Run(target, func(t *testing.T) {
			t.Parallel()
			dir, out := env.Example(t, "tested"), t.TempDir()
			writeFile(t, filepath.Join(dir, "event.response.json"), `{"total": "0.00"}`)
			result := env.CLI().Build(t, dir, "--target", target, "-o", out)
			require.Error(t, result.Err)
			require.Contains(t, result.Stderr, "testing event.json: the response differs from event.response.json")
			require.Empty(t, listFiles(t, out))
		})
	}
}

// TestOfAForeignPlatform runs where the builder emulates, and otherwise says
// that it did not.
func TestOfAForeignPlatform(t *testing.T) {
	t.Parallel()
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			dir, out, ref := env.Example(t, "tested"), t.TempDir(), newReference(t)
			result := door.MustBuild(t, dir, "--platform", "linux/amd64,linux/arm64", "--target", "test", "-o", out, "--progress", "plain")
			var reports []testReport
			for _, platform := range []string{"linux_amd64", "linux_arm64"} {
				reports = append(reports, readTestReport(t, filepath.Join(out, platform)))
			}
			require.Len(t, reports[0].Events, 3)
			if emulation.Registered() {
				require.Len(t, reports[1].Events, 3)
				return
			}
			const reason = "linux/arm64 is not among the builder's platforms"
			require.Contains(t, reports[1].Skipped, reason)
			require.Contains(t, result.Stderr, "the test is skipped: "+reason)

			gated := door.MustBuild(t, dir, "--platform", "linux/arm64", "-t", ref, "--push", "--progress", "plain")
			require.Contains(t, gated.Stderr, "the test is skipped: "+reason)
			require.NotContains(t, gated.Stderr, testStep)
		})
	}
}

// TestOfAnEmulatedPlatform sends events to a function for ARM. It is not
// parallel: while it runs, the machine runs programs that the other tests
// expect it not to.
func TestOfAnEmulatedPlatform(t *testing.T) {
	dir, out := env.Example(t, "tested"), t.TempDir()
	builder := newEmulatingBuilder(t)
	env.CLI().MustBuild(t, dir, "--builder", builder, "--platform", "linux/arm64", "--target", "test", "-o", out)
	report := readTestReport(t, out)
	require.Equal(t, "linux/arm64", report.Platform)
	require.Len(t, report.Events, 3)
}

// newEmulatingBuilder is a builder of a machine that runs programs for ARM, until the
// test ends. Nothing may ask the suite's builder meanwhile: it would keep ARM among the
// platforms that it can run. So what a test prepares with it stands before this call.
func newEmulatingBuilder(t *testing.T) string {
	t.Helper()
	emulation.Register(t)
	return env.NewBuilder(t)
}

// TestTestWithNetwork reaches a server of this machine, and without the network
// none.
func TestTestWithNetwork(t *testing.T) {
	t.Parallel()
	dir := mistake{files: map[string]string{
		"pyproject.toml": projectTable + handlerTable + "[tool.uvlambda.test]\nnetwork = true\nevents = [\"event.json\"]\n",
		"event.json":     "{}",
		"app.py": `import urllib.request

def handler(event, context):
    return urllib.request.urlopen("http://REGISTRY/v2/").status
`,
	}}.write(t)
	writeFile(t, filepath.Join(dir, "event.response.json"), "200")
	env.CLI().MustBuild(t, dir, "--target", "test")
}

// tested is a build file with a gate, its table in line 10, and the function
// and its event.
func tested(code, table string) map[string]string {
	return map[string]string{
		"pyproject.toml":      projectTable + handlerTable + "[tool.uvlambda.test]\non-build = true\n" + table,
		"app.py":              code,
		"event.json":          `{"id": 1}`,
		"event.response.json": `{"id": 1}`,
	}
}

// What can be wrong with a function that is tested: each keeps the image from
// being built.
func TestMistakesInTests(t *testing.T) {
	t.Parallel()
	const events = "events = [\"event.json\"]\n"
	checkMistakes(t, []mistake{
		{
			name:  "events match nothing",
			files: tested("def handler(event, context): ...\n", "events = [\"events/*.json\"]\n"),
			want: `pyproject.toml:12: events "events/*.json" match no file in the build context: ` +
				"correct the pattern (it is relative to the context's root), and check that .dockerignore does not hide them",
		},
		{
			name:  "response differs",
			files: tested("def handler(event, context):\n    return {\"id\": event[\"id\"] + 1}\n", events),
			want: "pyproject.toml:10: testing event.json: the response differs from event.response.json: correct the function or that file" +
				detail("--- event.response.json", "+++ response", "@@ -1,3 +1,3 @@", " {", `-  "id": 1`, `+  "id": 2`, " }"),
		},
		{
			name:  "function raises",
			files: tested("def handler(event, context):\n    return event[\"name\"]\n", events),
			want: "pyproject.toml:10: testing event.json: the function raised KeyError: 'name': correct the function or the event" +
				detail("Traceback (most recent call last):", `  File "/var/task/app.py", line 2, in handler`, `    return event["name"]`, "KeyError: 'name'"),
		},
		{
			name:  "function does not start",
			files: tested("__import__(\"nothing_of_that_name\")\n\ndef handler(event, context): ...\n", ""),
			want: "pyproject.toml:10: starting the function: Runtime.ImportModuleError: Unable to import module 'app': No module named 'nothing_of_that_name': " +
				"add the package that has the module with `uv add`, or copy the module with `include`",
		},
		{
			name:  "function ends its process",
			files: tested("import os\n\ndef handler(event, context):\n    print(\"bye\", flush=True)\n    os._exit(3)\n", events),
			want: "pyproject.toml:10: testing event.json: the function's process ended with status 3: see what it wrote last" +
				detail("bye"),
		},
		{
			name:  "function takes too long",
			files: tested("import time\n\ndef handler(event, context):\n    time.sleep(60)\n", events+"timeout = 1\n"),
			want: "pyproject.toml:10: testing event.json: no answer within 1 s: " +
				"raise `timeout` in [tool.uvlambda.test], or find what the function waits for",
		},
		{
			name:  "function wants the network",
			files: tested("import socket\n\ndef handler(event, context):\n    socket.create_connection((\"192.0.2.1\", 80))\n", events),
			want: "pyproject.toml:10: testing event.json: the function raised OSError: [Errno 101] Network is unreachable: " +
				"the test has no network; set `network = true` in [tool.uvlambda.test], or leave the call out",
		},
		{
			name:  "function writes beside /tmp",
			files: tested("def handler(event, context):\n    open(\"/tmp/a\", \"w\")\n    open(\"/var/task/b\", \"w\")\n", events),
			want:  "pyproject.toml:10: testing event.json: the function raised OSError: [Errno 30] Read-only file system: '/var/task/b': correct the function or the event",
		},
	})
}

// detail are lines below a message.
func detail(lines ...string) string { return "\n  | " + strings.Join(lines, "\n  | ") }
