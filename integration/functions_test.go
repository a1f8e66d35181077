package integration

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// exampleFunctions are the functions of examples/functions.
var exampleFunctions = []string{"page", "invite"}

// TestFunctions builds each function of the example through both doors and
// through bake, which must all give the very same image, and sends it its
// event.
func TestFunctions(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "functions")
	env.SetSyntaxLine(t, filepath.Join(dir, "pyproject.toml"))
	registry := newRepository(t)
	env.MustBake(t, dir, env.BakeFile(t, dir), []string{"REGISTRY=" + registry, "TAG=7"}, "--push")
	for _, function := range exampleFunctions {
		t.Run(function, func(t *testing.T) {
			t.Parallel()
			baked := registry + "/" + function + ":7"
			events := filepath.Join(dir, "events", function)
			requireResponse(t, invoke(t, baked, events+".json"), events+".response.json")
			for _, door := range []testenv.Door{env.CLI(), env.SyntaxLine()} {
				ref := newReference(t)
				door.MustBuild(t, dir, "--target", function, "-t", ref, "--push")
				require.Equal(t, imageDigest(t, baked), imageDigest(t, ref), door.Name)
			}
			out := t.TempDir()
			env.CLI().MustBuild(t, dir, "--target", function+"/zip", "-o", out)
			require.Equal(t, []string{function + ".json", function + ".zip"}, listFiles(t, out))
		})
	}
}

// TestFunctionPlans compares the plan of each function with its golden file.
func TestFunctionPlans(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "functions")
	for _, function := range exampleFunctions {
		out, err := env.Command(t.Context(), env.Binary("uvlambda"), "plan", "--json", "--target", function, dir).Output()
		require.NoError(t, err)
		golden(t, "examples/functions/plan-"+function+".json", indent(t, out))
	}
}

// TestBakeOfAMonorepo bakes build files of several projects, whose frontend is
// named by a variable.
func TestBakeOfAMonorepo(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "monorepo")
	var files []string
	for _, service := range []string{"orders", "receipts"} {
		file := filepath.Join(dir, "services", service, "pyproject.toml")
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		_, content, _ = bytes.Cut(content, []byte("\n"))
		require.NoError(t, os.WriteFile(file, content, 0o644))
		files = append(files, "-f", file)
	}
	bakeFile := env.BakeFile(t, dir, files...)

	result := env.Bake(t, dir, bakeFile, nil)
	require.Error(t, result.Err)
	require.Contains(t, result.Stderr, "Set BUILDKIT_SYNTAX to the image of the uvlambda frontend, or name it in the build file's first line: # syntax=IMAGE")

	registry := newRepository(t)
	env.MustBake(t, dir, bakeFile, []string{"REGISTRY=" + registry, "BUILDKIT_SYNTAX=" + env.Frontend}, "--push")
	for _, service := range []string{"orders", "receipts"} {
		function := filepath.Join(dir, "services", service)
		requireResponse(t, invoke(t, registry+"/"+service, filepath.Join(function, "event.json")), filepath.Join(function, "event.response.json"))
	}
}

// TestBakeOfOddNames has bake read a file with names that mean something else in
// HCL.
func TestBakeOfOddNames(t *testing.T) {
	t.Parallel()
	const folder, file = "a \"b\" ${REGISTRY} %{if}\\\t", "$${x}.uvlambda.toml"
	dir := t.TempDir()
	writeFile(t, filepath.Join(dir, folder, file), "[functions.default]\n")
	bakeFile := env.BakeFile(t, dir, "--syntax", "example.com/\"x\"", "-f", filepath.Join(folder, file), folder)
	result := env.MustBake(t, dir, bakeFile, []string{"PLATFORMS=linux/arm64,linux/amd64"}, "--print")
	var read struct {
		Target map[string]struct {
			Context, Dockerfile, Target string
			Args                        map[string]string
			Tags, Platforms             []string
		}
	}
	require.NoError(t, json.Unmarshal([]byte(result.Stdout), &read))
	require.Contains(t, read.Target, "default")
	target := read.Target["default"]
	require.Equal(t, folder, target.Context)
	require.Equal(t, file, target.Dockerfile)
	require.Equal(t, "default", target.Target)
	require.Equal(t, map[string]string{"BUILDKIT_SYNTAX": "example.com/\"x\""}, target.Args)
	require.Equal(t, []string{"default:latest"}, target.Tags)
	require.Equal(t, []string{"linux/arm64", "linux/amd64"}, target.Platforms)
}

// manyFunctions are how many functions one project has.
const manyFunctions = 50

// TestManyFunctions builds the functions of one project, which install the same
// packages, on an empty builder: shared steps run once. Then one function changes,
// and no step runs for the others.
func TestManyFunctions(t *testing.T) {
	t.Parallel()
	wheel := exampleWheel(t)
	dir := newFunction(t, withSyntaxLines(withFunctions(completeFunction(serveWheel(t, wheel), wheel))))
	bakeFile, builder, registry := env.BakeFile(t, dir), env.NewBuilder(t), newRepository(t)
	bake := func(tag string) testenv.Trace {
		return env.MustBake(t, dir, bakeFile, []string{"REGISTRY=" + registry, "TAG=" + tag}, "--push", "--builder", builder).Trace
	}
	trace := bake("1")
	for _, step := range []string{exportSteps[0], installSteps[0], memberSteps[1], "check that uv.lock"} {
		finished := trace.Named(step).Finished()
		require.Len(t, finished, 1, "%q ran: %q", step, finished.Names())
	}
	require.Len(t, trace.Named(appSteps[0]).Finished(), manyFunctions)
	digests := map[string]string{}
	shared := sharedLayers(t, registry+"/"+functionName(0)+":1")
	for i := range manyFunctions {
		ref := registry + "/" + functionName(i) + ":1"
		digests[functionName(i)] = imageDigest(t, ref)
		require.Equal(t, shared, sharedLayers(t, ref), "the layers before the application's")
	}
	event := filepath.Join(t.TempDir(), "event.json")
	writeFile(t, event, "{}")
	for _, i := range []int{0, 24, manyFunctions - 1} {
		response := invoke(t, registry+"/"+functionName(i)+":1", event)
		require.JSONEq(t, fmt.Sprintf(`{"function": %q, "value": 1, "name": "library"}`, functionName(i)), response)
	}

	edit(t, filepath.Join(dir, functionName(24)+".py"), `"function"`, `"changed"`)
	trace = bake("2")
	requireRan(t, trace, false, exportSteps, installSteps, memberSteps)
	// Bake puts the target's name before the step's own.
	require.Equal(t, []string{"[f24 f24 4/5] copy the application"}, trace.Named(appSteps[0]).Ran().Names())
	for i := range manyFunctions {
		name := functionName(i)
		same := digests[name] == imageDigest(t, registry+"/"+name+":2")
		require.Equal(t, i != 24, same, name)
	}
}

// sharedLayers are the digests of an image's layers but the last, which is the
// application's.
func sharedLayers(t testing.TB, ref string) []string {
	t.Helper()
	layers, err := pull(t, ref).Layers()
	require.NoError(t, err)
	require.NotEmpty(t, layers)
	var digests []string
	for _, layer := range layers[:len(layers)-1] {
		digest, err := layer.Digest()
		require.NoError(t, err)
		digests = append(digests, digest.String())
	}
	return digests
}

// functionName is the name of a function, and of its module.
func functionName(i int) string { return fmt.Sprintf("f%02d", i) }

// withFunctions gives a project's build file many functions in place of one.
func withFunctions(files map[string]string) map[string]string {
	files = maps.Clone(files)
	var tables strings.Builder
	for i := range manyFunctions {
		name := functionName(i)
		fmt.Fprintf(&tables, "[tool.uvlambda.functions.%s]\nhandler = %q\n", name, name+".handler")
		files[name+".py"] = strings.Replace(files["app.py"], "return {", fmt.Sprintf("return {%q: %q, ", "function", name), 1)
	}
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], handlerTable, tables.String(), 1)
	return files
}

// newRepository is a place for images in the test registry that nobody else
// uses.
func newRepository(t testing.TB) string {
	repository, _, _ := strings.Cut(strings.TrimPrefix(newReference(t), env.Registry+"/"), ":")
	return env.Registry + "/" + repository
}
