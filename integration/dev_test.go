package integration

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/browser"
)

// TestDev changes the example while it runs, breaks it, and repairs it.
func TestDev(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "fastapi")
	d := startDev(t, env.Command, dir)
	event, err := os.ReadFile(filepath.Join(dir, "event.json"))
	require.NoError(t, err)
	status, answer := d.invoke(string(event))
	require.Equal(t, http.StatusOK, status)
	requireResponse(t, answer, filepath.Join(dir, "event.response.json"))

	page := browser.Open(t, d.requests, browser.View{Width: 480, Height: 160})
	require.Equal(t, `"Hello, world!"`, page.Text(t))
	require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), "hello.png"), page.Screenshot(t), 0o644))

	code := filepath.Join(dir, "app", "main.py")
	replaceIn(t, code, "Hello, world!", "Hello, change!")
	d.await(`changed: app/main.py\n`)
	// The request waits until the change is built.
	_, answer = d.get()
	require.Equal(t, `"Hello, change!"`, answer)
	t.Logf("from save to ready: %s", d.await(`\nready (\d+\.\d\d s) after the save\n`))

	replaceIn(t, code, "return", "retrun")
	d.await(`app/main\.py:\d+: main\.py is not Python`)
	d.await(`\nrequests are answered with this error; waiting for a change\n`)
	status, answer = d.get()
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, answer, "main.py is not Python")

	replaceIn(t, filepath.Join(dir, "pyproject.toml"), "app.main.handler", "app.mian.handler")
	d.await(`pyproject.toml:\d+.*app\.mian\.handler`)
	d.await(`\nrequests are answered with this error; waiting for a change\n`)
	status, answer = d.get()
	require.Equal(t, http.StatusBadGateway, status)
	require.Contains(t, answer, "app.mian.handler")
	status, answer = d.invoke(`{}`)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, answer, "app.mian.handler")

	replaceIn(t, filepath.Join(dir, "pyproject.toml"), "app.mian.handler", "app.main.handler")
	replaceIn(t, code, "retrun", "return")
	replaceIn(t, code, "Hello, change!", "Hello, repair!")
	d.await(`changed: app/main.py`)
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	_, answer = d.get()
	require.Equal(t, `"Hello, repair!"`, answer)
	d.interrupt()
}

// lambdaFunction does what the event asks for.
const lambdaFunction = `import os
import sys
import time

calls = 0


def handler(event, context):
    global calls
    calls += 1
    match event.get("do"):
        case "raise":
            raise ValueError("no")
        case "exit":
            sys.exit(3)
        case "sleep":
            time.sleep(60)
        case "look":
            return {name: os.path.exists(name) for name in event["names"]}
    if "rawPath" in event:
        body = event.get("body", "")
        return {"statusCode": 207, "cookies": event.get("cookies", []), "body": body,
                "headers": {"content-type": "x/y"}, "isBase64Encoded": event["isBase64Encoded"]}
    return [calls, os.getuid(), os.environ["STAGE"]]
`

// TestDevIsLambda has a function do what functions do to Lambda.
func TestDevIsLambda(t *testing.T) {
	t.Parallel()
	// A base whose upper layers delete a file, and put a folder in another's place.
	base, _ := copyImage(t, "public.ecr.aws/lambda/python:3.13\nRUN rm /etc/issue && rm -r /etc/skel && mkdir /etc/skel && touch /etc/skel/new")
	d := startDev(t, env.Command, newFunction(t, map[string]string{
		"app.py":         lambdaFunction,
		"pyproject.toml": projectTable + handlerTable + "base = \"" + base + "\"\n",
	}), "--timeout", "2s", "--memory", "256", "-e", "STAGE=dev")
	exchanges := []struct {
		event  string
		status int
		answer string
	}{
		{`{}`, 200, `^\[1, 993, "dev"\]$`},
		{``, 200, `^\[2, 993, "dev"\]$`},
		{`{"do": "raise"}`, 200, `^\{"errorMessage": "no", "errorType": "ValueError", .*"stackTrace": \["  File .*app.py\\", line 13`},
		{`{}`, 200, `^\[4,`},
		{`{"do": "exit"}`, 502, `"errorType":"Runtime.ExitError"`},
		{`{}`, 200, `^\[1,`},
		{`{"do": "sleep"}`, 200, `^Task timed out after 2.00 seconds$`},
		{`{}`, 200, `^\[1,`},
		{`{"do": "look", "names": ["/etc/issue", "/etc/skel/new", "/etc/skel/.profile", "/etc/os-release"]}`, 200,
			`^\{"/etc/issue": false, "/etc/skel/new": true, "/etc/skel/.profile": false, "/etc/os-release": true\}$`},
		{`{`, 400, `InvalidRequestContentException`},
	}
	for _, e := range exchanges {
		status, answer := d.invoke(e.event)
		require.Equal(t, e.status, status, e.event)
		require.Regexp(t, e.answer, answer, e.event)
		d.await(fmt.Sprintf(`\nREPORT event %d  Duration: \d+\.\d\d ms`, e.status))
	}
	require.Equal(t, 1, strings.Count(d.printed(), "Traceback (most recent call last):"))
	require.NotContains(t, d.printed(), "\r")
	require.Regexp(t, `\nREPORT event 200  Duration: \d+\.\d\d ms  Max Memory Used: \d+ MB\n`, d.printed())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, d.requests+"a?b=c", bytes.NewReader([]byte{0, 255}))
	require.NoError(t, err)
	request.Header.Set("Cookie", "a=1; b=2")
	response, err := d.client.Do(request)
	status, body := answerOf(t, response, err)
	require.Equal(t, 207, status)
	require.Equal(t, "\x00\xff", body)
	require.Equal(t, []string{"a=1", "b=2"}, response.Header.Values("Set-Cookie"))
	require.Equal(t, "x/y", response.Header.Get("Content-Type"))
	d.interrupt()
}

// TestDevOfWhatDoesNotBuild starts with a mistake, which can be corrected, and
// is interrupted while an event is worked on.
func TestDevOfWhatDoesNotBuild(t *testing.T) {
	t.Parallel()
	dir := newFunction(t, map[string]string{"app.py": lambdaFunction, "pyproject.toml": projectTable + strings.Replace(handlerTable, "handler =", "handle =", 1)})
	d := startDev(t, env.Command, dir, "-e", "STAGE=dev")
	status, answer := d.invoke(`{}`)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, answer, `did you mean \"handler\"`)
	replaceIn(t, filepath.Join(dir, "pyproject.toml"), "handle =", "handler =")
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	_, answer = d.invoke(`{}`)
	require.Equal(t, `[1, 993, "dev"]`, answer)
	began := make(chan struct{})
	var client sync.WaitGroup
	client.Go(func() {
		close(began)
		response, err := d.client.Post(d.events, "", strings.NewReader(`{"do": "sleep"}`))
		if err == nil {
			response.Body.Close()
		}
	})
	<-began
	time.Sleep(time.Second)
	d.interrupt()
	client.Wait()
	require.NotContains(t, d.printed(), "KeyboardInterrupt", "the interrupt reached the function")
}

// TestDevOfSeveral runs one function of several, and one of a monorepo, whose
// other package changes.
func TestDevOfSeveral(t *testing.T) {
	t.Parallel()
	functions := env.Example(t, "functions")
	d := startDev(t, env.Command, functions, "--target", "page")
	event, err := os.ReadFile(filepath.Join(functions, "events", "page.json"))
	require.NoError(t, err)
	_, answer := d.invoke(string(event))
	requireResponse(t, answer, filepath.Join(functions, "events", "page.response.json"))
	d.interrupt()

	shop := env.Example(t, "monorepo")
	orders := filepath.Join(shop, "services", "orders")
	d = startDev(t, env.Command, shop, "-f", filepath.Join(orders, "pyproject.toml"))
	event, err = os.ReadFile(filepath.Join(orders, "event.json"))
	require.NoError(t, err)
	_, answer = d.invoke(string(event))
	requireResponse(t, answer, filepath.Join(orders, "event.response.json"))
	writeFile(t, filepath.Join(shop, "services", "receipts", "receipts.py"), "")
	appendTo(t, filepath.Join(shop, "packages", "shop-models", "src", "shop_models", "__init__.py"), "\nraise ValueError(\"changed\")\n")
	d.await(`changed: packages/shop-models/src/shop_models/__init__.py\n`)
	d.await(`ValueError: changed`)
	d.interrupt()
}

// TestDevInterrupted interrupts the first build, early and late.
func TestDevInterrupted(t *testing.T) {
	t.Parallel()
	for _, stage := range []string{"load sources", "exporting manifest"} {
		t.Run(stage, func(t *testing.T) {
			t.Parallel()
			d := launchDev(t, env.Command, newFunction(t, nil))
			d.await(stage)
			d.interrupt()
		})
	}
}

// TestDevInEngine runs the function in a Docker engine, which it leaves without
// a container and without an image.
func TestDevInEngine(t *testing.T) {
	t.Parallel()
	base, _ := copyImage(t, "public.ecr.aws/lambda/python:3.13")
	uv, _ := copyImage(t, "ghcr.io/astral-sh/uv:0.13.9")
	dir := newFunction(t, map[string]string{
		"app.py":         lambdaFunction,
		"pyproject.toml": projectTable + handlerTable + "base = \"" + base + "\"\nuv = \"" + uv + "\"\n",
	})
	engine := env.NewEngine(t)
	d := startDev(t, engine.Command, dir, "--network", "host", "-e", "STAGE=dev")
	_, answer := d.invoke(`{}`)
	require.Equal(t, `[1, 993, "dev"]`, answer)
	d.await(`\nREPORT event 200  Duration: \d+\.\d\d ms  Max Memory Used: \d+ MB\n`)
	replaceIn(t, filepath.Join(dir, "app.py"), "return [calls,", "return [\"changed\",")
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	_, answer = d.invoke(`{}`)
	require.Equal(t, `["changed", 993, "dev"]`, answer)
	containers, err := engine.Docker(t.Context(), "ps", "--all", "--quiet").Output()
	require.NoError(t, err)
	require.Len(t, strings.Fields(string(containers)), 1)
	d.interrupt()
	for _, list := range [][]string{{"ps", "--all", "--quiet"}, {"images", "--quiet", "uvlambda-dev"}} {
		left, err := engine.Docker(t.Context(), list...).Output()
		require.NoError(t, err)
		require.Empty(t, string(left), list)
	}
}

// TestDevPage runs the commands of docs/dev.md, on other ports than it shows.
func TestDevPage(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(env.Root, "docs", "dev.md"))
	require.NoError(t, err)
	commands := consoleCommands(string(text))
	require.Equal(t, "uvlambda dev --http\n", commands[0].command)
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Curl))
	dir := env.Example(t, "fastapi")
	d := startDev(t, env.Command, dir)
	for line := range strings.Lines(commands[0].output) {
		require.Regexp(t, "(?m)^"+numbers.ReplaceAllString(strings.TrimSpace(line), `\d+`)+"$", d.printed())
	}
	addresses := strings.NewReplacer("http://127.0.0.1:9000", strings.TrimSuffix(d.events, "/2015-03-31/functions/function/invocations"), "http://127.0.0.1:8000/", d.requests)
	environ := append(os.Environ(), "PATH="+installClients(t).Bin()+string(os.PathListSeparator)+os.Getenv("PATH"),
		"AWS_ACCESS_KEY_ID=any", "AWS_SECRET_ACCESS_KEY=any", "AWS_DEFAULT_REGION=us-east-1")
	for _, c := range commands[1:] {
		shell := exec.CommandContext(t.Context(), "sh", "-c", addresses.Replace(c.command))
		shell.Dir, shell.Env = dir, environ
		out, err := shell.Output()
		require.NoError(t, err, c.command)
		require.Equal(t, strings.TrimSpace(c.output), strings.TrimSpace(string(out)), c.command)
		if strings.HasPrefix(c.command, "sed ") {
			d.await(`changed: app/main\.py`)
		}
	}
	require.Len(t, commands, 6, "docs/dev.md lost or gained a command")
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	response, err := os.ReadFile(filepath.Join(dir, "response.json"))
	require.NoError(t, err)
	requireResponse(t, string(response), filepath.Join(dir, "event.response.json"))
	d.interrupt()
}

// numbers in the output differ from run to run.
var numbers = regexp.MustCompile(`\d+`)

// TestDevWithoutBuilder loses the builder for a while.
func TestDevWithoutBuilder(t *testing.T) {
	t.Parallel()
	builder := newProxy(t, env.Address)
	prepare := func(ctx context.Context, program string, args ...string) *exec.Cmd {
		command := env.Command(ctx, program, args...)
		command.Env = append(command.Env, "BUILDKIT_HOST="+builder.address())
		return command
	}
	dir := newFunction(t, map[string]string{"app.py": lambdaFunction})
	d := startDev(t, prepare, dir, "-e", "STAGE=dev")
	builder.cut()
	replaceIn(t, filepath.Join(dir, "app.py"), "return [calls,", "return [-calls,")
	d.await(`\nERROR: BuildKit is out of reach: start it again .* and save a file: `)
	status, answer := d.invoke(`{}`)
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, answer, "BuildKit is out of reach")
	builder.restore()
	replaceIn(t, filepath.Join(dir, "app.py"), "return [-calls,", "return [-calls - 1,")
	d.await(`\nready (\d+\.\d\d s) after the save\n`)
	_, answer = d.invoke(`{}`)
	require.Equal(t, `[-2, 993, "dev"]`, answer)
	d.interrupt()
}
