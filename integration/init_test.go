package integration

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/frontend/planner"
	"github.com/uvlambda/uvlambda/integration/pinned"
)

// newestUV and olderUV install uv's own command, once, and give its folder.
// The older one makes applications without a package.
var (
	newestUV = sync.OnceValues(func() (string, error) { return installUV(planner.DefaultUV) })
	olderUV  = sync.OnceValues(func() (string, error) { return installUV("0.9.26") })
)

func installUV(version string) (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	python, err := pinned.InstallPython(context.Background(), filepath.Join(cache, "uvlambda"), "uv-"+version,
		[]byte("uv=="+version+"\n"), os.Stderr, os.Geteuid() == 0)
	return python.Bin(), err
}

// shell runs commands one after the other in a folder, as a person would type
// them, with uvlambda and that uv on PATH. Its output is theirs.
func shell(t testing.TB, dir string, uv func() (string, error), commands string, variables ...string) string {
	t.Helper()
	programs, err := uv()
	require.NoError(t, err)
	command := env.Command(t.Context(), "sh", "-euc", commands)
	command.Dir = dir
	path := strings.Join([]string{filepath.Join(env.Root, "bin"), programs, os.Getenv("PATH")}, string(os.PathListSeparator))
	// No Python has to be on the machine, and none is fetched.
	command.Env = append(command.Env, append(variables, "PATH="+path, "UV_PYTHON_DOWNLOADS=never", "UV_NO_CONFIG=1")...)
	var stderr strings.Builder
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, "%s\n%s", commands, stderr.String())
	return string(out)
}

// TestFirstSteps types what uvlambda prints to newcomers, from an empty folder
// on.
func TestFirstSteps(t *testing.T) {
	t.Parallel()
	help, err := exec.CommandContext(t.Context(), env.Binary("uvlambda")).Output()
	require.NoError(t, err)
	var commands []string
	for line := range strings.Lines(string(help)) {
		if command, ok := strings.CutPrefix(line, "  "); ok {
			commands = append(commands, command)
		}
	}
	require.Len(t, commands, 9)
	require.Equal(t, "uvlambda invoke hello", strings.TrimSpace(strings.Split(commands[5], "#")[0]))
	dir := t.TempDir()
	engine := env.NewEngine(t)
	answer := func(commands []string) string {
		return shell(t, dir, newestUV, strings.Join(commands, ""), "DOCKER_HOST="+engine.Host)
	}
	out := answer(commands[:6])
	require.JSONEq(t, `{"statusCode": 200, "body": "Hello from hello!"}`, out[strings.LastIndex(out, "\n{")+1:])
	out = answer(append([]string{"cd hello\n"}, commands[6:]...))
	require.Contains(t, out, "hello.lambda_function.lambda_handler")
	require.FileExists(t, filepath.Join(dir, "hello", "dist", "hello.zip"))

	archive := shell(t, filepath.Join(dir, "hello"), newestUV, "uvlambda build -o type=oci,dest=hello.tar . && uvlambda invoke hello.tar")
	require.JSONEq(t, `{"statusCode": 200, "body": "Hello from hello!"}`, archive)
}

// guideApp is the application of uv's guide.
func guideApp(t testing.TB) string {
	t.Helper()
	code, err := os.ReadFile(filepath.Join(env.Root, "examples", "fastapi", "app", "main.py"))
	require.NoError(t, err)
	return string(code)
}

// TestInitOfAnApplication makes a project with uv, adds the guide's application
// and its requirements, and has it answer.
func TestInitOfAnApplication(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	shell(t, dir, newestUV, "uv init --vcs none --python 3.13 hello && cd hello && uv add --frozen fastapi mangum")
	project := filepath.Join(dir, "hello")
	writeFile(t, filepath.Join(project, "src", "hello", "main.py"), guideApp(t))

	out := shell(t, project, newestUV, "uvlambda init --syntax "+env.Frontend)
	require.True(t, strings.HasPrefix(out, "wrote pyproject.toml\n  handler = \"hello.main.handler\"\n  architecture = \"x86_64\"\nwrote .dockerignore\n"), out)
	require.Contains(t, out, "\nNext:\n  uvlambda build --target lock -o . .\n")
	shell(t, project, newestUV, "uvlambda build --target lock -o . . && uvlambda plan")
	ref := newReference(t)
	env.SyntaxLine().MustBuild(t, project, "-t", ref, "--push")
	event := filepath.Join(env.Root, "examples", "fastapi", "event.json")
	requireResponse(t, invoke(t, ref, event), filepath.Join(env.Root, "examples", "fastapi", "event.response.json"))
	require.True(t, strings.HasPrefix(shell(t, project, newestUV, "uvlambda init"), "Nothing to change: all is in place.\n"))
}

// TestInitOfEveryLayout makes projects in all the ways that uv does, of
// yesterday and of today.
func TestInitOfEveryLayout(t *testing.T) {
	t.Parallel()
	layouts := map[string]struct {
		uv   func() (string, error)
		init string
		// project is the folder to init, handler the handler that init writes.
		project, handler string
	}{
		"application":              {newestUV, "uv init --python 3.13 shop", "shop", "shop.lambda_function.lambda_handler"},
		"application of uv 0.9":    {olderUV, "uv init --python 3.13 shop", "shop", "lambda_function.lambda_handler"},
		"bare":                     {newestUV, "uv init --bare --pin-python --python 3.13 shop", "shop", "lambda_function.lambda_handler"},
		"package":                  {newestUV, "uv init --package --python 3.13 shop", "shop", "shop.lambda_function.lambda_handler"},
		"library":                  {newestUV, "uv init --lib --python 3.13 shop", "shop", "shop.lambda_function.lambda_handler"},
		"library by another build": {newestUV, "uv init --lib --build-backend hatch --python 3.13 shop", "shop", "shop.lambda_function.lambda_handler"},
		"member of a workspace": {newestUV, "uv init --python 3.13 shop && cd shop && uv init --lib models && uv init services/my-orders",
			"shop/services/my-orders", "my_orders.lambda_function.lambda_handler"},
	}
	for name, layout := range layouts {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			shell(t, dir, layout.uv, strings.ReplaceAll(layout.init, "uv init ", "uv init --vcs none "))
			out := shell(t, dir, layout.uv, "uvlambda init --new-handler "+layout.project)
			require.Contains(t, out, "handler = \""+layout.handler+"\"\n")
			_, next, ok := strings.Cut(out, "\nNext:\n")
			require.True(t, ok)
			commands := strings.Split(strings.TrimSpace(next), "\n")
			require.Len(t, commands, 3, "lock, build, invoke")
			image := filepath.Join(dir, "image.tar")
			response := shell(t, dir, layout.uv, commands[0]+"\n"+
				strings.ReplaceAll(commands[1], "--load", "-o type=oci,dest="+image)+"\nuvlambda invoke "+image)
			name := filepath.Base(layout.project)
			require.JSONEq(t, `{"statusCode": 200, "body": "Hello from `+name+`!"}`, response)
		})
	}
}

// TestInitFromTheGuide takes over the guide's Dockerfile, and builds the same.
func TestInitFromTheGuide(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "fastapi")
	file := filepath.Join(dir, "pyproject.toml")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	// The guide has the example without our parts.
	_, theirs, _ := strings.Cut(string(text), "\n")
	theirs, _, _ = strings.Cut(theirs, "\n[tool.uvlambda]\n")
	writeFile(t, file, theirs)
	guide := buildGuide(t, dir, "linux/amd64")

	out := shell(t, dir, newestUV, "uvlambda init")
	require.NotContains(t, out, "Not taken over")
	edited, err := os.ReadFile(file)
	require.NoError(t, err)
	require.Equal(t, theirs+"\n[tool.uvlambda]\nhandler = \"app.main.handler\"\npython = \"3.13\"\nuv = \"0.9.26\"\narchitecture = \"x86_64\"\n", string(edited))
	ours := newReference(t)
	env.CLI().MustBuild(t, dir, "--platform", "linux/amd64", "-t", ours, "--push")
	guideTree, ourTree := taskRoot(t, pull(t, guide)), taskRoot(t, pull(t, ours))
	require.NotEmpty(t, distributions(guideTree))
	require.Equal(t, distributions(guideTree), distributions(ourTree))
	require.Equal(t, modules(guideTree), modules(ourTree))
	event := filepath.Join(dir, "event.json")
	require.JSONEq(t, invoke(t, guide, event), invoke(t, ours, event))
}
