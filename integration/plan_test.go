package integration

import (
	"fmt"
	"html"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/apt"
	"github.com/uvlambda/uvlambda/integration/browser"
)

// plannedSteps are the steps of a tested completeFunction: how a plan names
// them, and what the names of their parts contain in a build's progress.
var plannedSteps = map[string][]string{
	"export uv.lock":                   exportSteps,
	"install 1 package":                installSteps,
	"build and install library":        {"build and install library"},
	"copy app.py to /var/task/app.py":  appSteps,
	"check that uv.lock is up to date": {"check that uv.lock is up to date"},
	"send the function 1 event":        {testStep},
}

// TestPlanSaysWhatRunsAgain changes one thing at a time. The steps that run are
// those that the plan says run again for it, and no others but those that read
// what these make anew.
func TestPlanSaysWhatRunsAgain(t *testing.T) {
	t.Parallel()
	const (
		export, install, member, app = "export uv.lock", "install 1 package", "build and install library", "copy app.py to /var/task/app.py"
		check, test                  = "check that uv.lock is up to date", "send the function 1 event"
	)
	changes := map[string]struct {
		// file is changed by add, which is put before its text.
		file, add string
		// named is how the plan says it, of the steps says.
		named string
		says  []string
		// follows run again since a step before them did.
		follows []string
	}{
		"comment":          {"pyproject.toml", "# changed\n", "", nil, nil},
		"project":          {"pyproject.toml", "[tool.uv]\nno-build-package = ['nothing']\n", "pyproject.toml (in part)", []string{export, check}, []string{install, member, test}},
		"lock":             {"uv.lock", "# changed\n", "uv.lock", []string{export, check}, nil},
		"groups":           {"uvlambda.toml", "groups = ['none']\n", "groups", []string{export}, nil},
		"extras":           {"uvlambda.toml", "extras = ['none']\n", "extras", []string{export}, nil},
		"settings":         {"pyproject.toml", "[tool.uv]\nno-build-package = ['something']\n", "an install setting of [tool.uv]", []string{install, member}, []string{export, check, test}},
		"slim":             {"uvlambda.toml", "slim.tests = true\n", "slim", []string{install}, []string{test}},
		"compile-bytecode": {"uvlambda.toml", "compile-bytecode = false\n", "compile-bytecode", []string{install, member}, []string{test}},
		"member":           {"library/src/library/__init__.py", "# changed\n", "library", []string{member}, []string{test}},
		"application":      {"app.py", "# changed\n", "app.py", []string{app}, []string{test}},
		"exclude":          {"uvlambda.toml", "exclude = ['**/*.md']\n", "exclude", nil, nil},
		"event":            {"event.json", " ", "event.json", []string{test}, nil},
		"handler":          {"uvlambda.toml", "handler = 'app.other'\n", "handler", []string{test}, nil},
		"env":              {"uvlambda.toml", "env.A = '1'\n", "env", []string{test}, nil},
		"test.timeout":     {"uvlambda.toml", "test.timeout = 9\n", "test.timeout", []string{test}, nil},
		"test.network":     {"uvlambda.toml", "test.network = true\n", "test.network", []string{test}, nil},
		"uv":               {"uvlambda.toml", "uv = '0.9.26'\n", "uv", []string{export, install, member, check}, []string{test}},
		"base":             {"uvlambda.toml", "base = 'BASE'\n", "the base image", []string{install, member, check, test}, nil},
	}
	base := newBase(t)
	files := testedFunction(t)
	first := newFunction(t, files)
	env.CLI().MustBuild(t, first, "-f", filepath.Join(first, "uvlambda.toml"), "--target", "test")
	for name, change := range changes {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			changed := maps.Clone(files)
			changed[change.file] = strings.Replace(change.add, "BASE", base, 1) + changed[change.file]
			dir := newFunction(t, changed)
			file := filepath.Join(dir, "uvlambda.toml")

			again := plannedAgain(t, dir, "-f", file, "--target", "test")
			require.ElementsMatch(t, slices.Collect(maps.Keys(plannedSteps)), slices.Collect(maps.Keys(again)))
			for _, step := range change.says {
				require.Contains(t, " "+again[step]+",", " "+change.named+",", step)
			}
			trace := env.CLI().MustBuild(t, dir, "-f", file, "--target", "test").Trace
			for step, parts := range plannedSteps {
				want := slices.Contains(change.says, step) || slices.Contains(change.follows, step)
				requireRan(t, trace, want, parts)
			}
		})
	}
}

// testedFunction is a completeFunction with a test. Its table is a file of its own,
// so that a key of the table changes no other input.
func testedFunction(t testing.TB) map[string]string {
	t.Helper()
	wheel := exampleWheel(t)
	files := completeFunction(serveWheel(t, wheel), wheel)
	files["pyproject.toml"] = strings.Replace(files["pyproject.toml"], handlerTable, "[project.optional-dependencies]\nnone = []\n\n[dependency-groups]\nnone = []\n", 1)
	files["uv.lock"] = strings.Replace(files["uv.lock"], "requires-dist = ", "provides-extras = [\"none\"]\nrequires-dev = { none = [] }\nrequires-dist = ", 1)
	files["uvlambda.toml"] = "test.events = ['event.json']\n"
	files["event.json"] = "{}"
	// What other tests have built is cached for all, by its content.
	files["app.py"] += "\n\nother = handler  # " + t.Name() + "\n"
	files["library/src/library/__init__.py"] += "# " + t.Name() + "\n"
	return files
}

// plannedAgain is what a plan says of each step: what makes it run again,
// separated by commas.
func plannedAgain(t testing.TB, dir string, flags ...string) map[string]string {
	t.Helper()
	out, err := env.Command(t.Context(), env.Binary("uvlambda"), append(append([]string{"plan"}, flags...), dir)...).Output()
	require.NoError(t, err)
	_, table, found := strings.Cut(string(out), "Runs again when\n")
	require.True(t, found)
	again := map[string]string{}
	for line := range strings.Lines(table) {
		step, reasons, found := strings.Cut(line, "  ")
		require.True(t, found, line)
		reasons = strings.TrimSuffix(strings.TrimSpace(reasons), " changes")
		again[step] = strings.Replace(reasons, " or ", ", ", 1)
	}
	return again
}

// newBase is a base image like the usual one with one more file.
func newBase(t *testing.T) string {
	t.Helper()
	layer, err := random.Layer(64, types.OCILayer)
	require.NoError(t, err)
	return baseWith(t, layer)
}

// baseWith is a base image like the usual one with one more layer.
func baseWith(t *testing.T, layer v1.Layer) string {
	t.Helper()
	ref := newReference(t)
	pushWith(t, "public.ecr.aws/lambda/python:3.13", ref, layer)
	return ref
}

// pushWith pushes an image with one more layer by another name.
func pushWith(t *testing.T, from, ref string, layer v1.Layer) {
	t.Helper()
	copied, _ := copyImage(t, from)
	image, err := mutate.AppendLayers(pull(t, copied), layer)
	require.NoError(t, err)
	parsed, err := name.ParseReference(ref, name.Insecure)
	require.NoError(t, err)
	require.NoError(t, remote.Write(parsed, image, remote.WithContext(t.Context())))
}

// TestPlanPage runs the commands of docs/plan.md on the example that it is
// about, and holds what they print against the page.
func TestPlanPage(t *testing.T) {
	t.Parallel()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Graphviz, apt.JQ))
	dir := env.Example(t, "monorepo")
	page, err := os.ReadFile(filepath.Join(env.Root, "docs", "plan.md"))
	require.NoError(t, err)
	ran := 0
	text := regexp.MustCompile("(?s)```console\n.*?```").ReplaceAllStringFunc(string(page), func(block string) string {
		var b strings.Builder
		for _, c := range consoleCommands(block) {
			b.WriteString("$ " + c.command + shell(t, dir, ownPrograms, c.command))
			ran++
		}
		return "```console\n" + b.String() + "```"
	})
	require.Equal(t, 6, ran)
	text = regexp.MustCompile("(?s)```mermaid\n.*?```").ReplaceAllStringFunc(text, func(string) string {
		return "```mermaid\n" + shell(t, dir, ownPrograms, "uvlambda plan -f services/orders/pyproject.toml --graph .") + "```"
	})
	golden(t, "docs/plan.md", text)

	drawn, err := os.ReadFile(filepath.Join(dir, "orders.png"))
	require.NoError(t, err)
	require.Equal(t, "image/png", http.DetectContentType(drawn))
	svg, err := os.ReadFile(filepath.Join(dir, "orders.svg"))
	require.NoError(t, err)
	require.Equal(t, 2, strings.Count(string(svg), ">assemble the image<"), "an image for each platform")
	require.Equal(t, 1, strings.Count(string(svg), ">export uv.lock<"), "an export for both")
}

// ownPrograms is the folder of this checkout's programs.
func ownPrograms() (string, error) {
	return filepath.Join(env.Root, "bin"), nil
}

// TestPlanPictures has Mermaid itself draw pictures, as it does in pages, of
// plans with names that mean something in its language, and Graphviz too.
func TestPlanPictures(t *testing.T) {
	t.Parallel()
	require.NoError(t, apt.Ensure(t.Context(), os.Stderr, os.Geteuid() == 0, apt.Graphviz))
	awkward := newFunction(t, map[string]string{
		"uvlambda.toml":             "handler = 'app.handler'\ninclude = ['a;b #1 <b>&amp; %%end.txt']\n",
		"pyproject.toml":            projectTable,
		"a;b #1 <b>&amp; %%end.txt": "",
	})
	pictures := []struct {
		dir, flags string
		boxes      int
		says       []string
	}{
		{env.Example(t, "functions"), ".", 13, []string{"export uv.lock", "--group calendar", "install 4 packages", "invite linux/amd64"}},
		{awkward, "-f uvlambda.toml .", 6, []string{"a;b #1 <b>&amp; %%end.txt", "copy the application to /var/task"}},
	}
	var page strings.Builder
	for _, picture := range pictures {
		diagram := shell(t, picture.dir, ownPrograms, "uvlambda plan --graph "+picture.flags)
		page.WriteString("<pre class=mermaid>" + html.EscapeString(diagram) + "</pre>\n")

		svg := html.UnescapeString(shell(t, picture.dir, ownPrograms, "uvlambda plan --graph=svg "+picture.flags))
		require.Equal(t, picture.boxes, strings.Count(svg, `class="node"`))
		for _, text := range picture.says {
			require.Contains(t, svg, text)
		}
	}
	script := installEditors(t).Node.File("mermaid/dist/mermaid.min.js")
	file := filepath.Join(t.TempDir(), "page.html")
	writeFile(t, file, "<!doctype html><meta charset=utf-8>"+page.String()+"<script src=\"file://"+script+"\"></script>\n"+
		"<script>mermaid.initialize({startOnLoad: false}); mermaid.run().then(() => { document.title = 'drawn' }, (e) => { document.title = 'failed: ' + e.message })</script>")
	shown := browser.Open(t, "file://"+file, browser.View{Width: 1600, Height: 900})
	require.Eventually(t, func() bool { return browser.Evaluate[string](t, shown, "document.title") != "" }, time.Minute, 100*time.Millisecond)
	require.Equal(t, "drawn", browser.Evaluate[string](t, shown, "document.title"))
	require.Empty(t, shown.Problems())
	for i, picture := range pictures {
		svg := fmt.Sprintf("document.querySelectorAll('.mermaid')[%d]", i)
		require.Equal(t, picture.boxes, browser.Evaluate[int](t, shown, svg+".querySelectorAll('.node').length"))
		for _, text := range picture.says {
			require.Contains(t, browser.Evaluate[string](t, shown, svg+".innerText"), text)
		}
	}
}
