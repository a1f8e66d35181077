package integration

import (
	"archive/tar"
	"bytes"
	"encoding/json"
	"errors"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/browser"
)

// usage is a size in a report of `uvlambda explain --json`.
type usage struct {
	Group, Name, Version, Licence string
	Size, Bytecode, Zipped        int64
	Groups                        []usage
}

// explanation is what a report says.
type explanation struct {
	Kind, Platform        string
	Size, Zipped, Headers int64
	Limits                []struct {
		Name, Source string
		Size, Limit  int64
	}
	Groups, Parts, Layers []usage
}

// explain is the report of `uvlambda explain --json`, whose sizes add up.
func explain(t testing.TB, args ...string) explanation {
	t.Helper()
	command := env.Command(t.Context(), env.Binary("uvlambda"), append([]string{"explain", "--json"}, args...)...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	require.NoError(t, err, stderr.String())
	return readExplanation(t, out)
}

func readExplanation(t testing.TB, data []byte) explanation {
	t.Helper()
	var e explanation
	require.NoError(t, json.Unmarshal(data, &e))
	for _, list := range [][]usage{e.Groups, e.Parts, e.Layers} {
		require.Equal(t, e.Size, sizeOf(list))
	}
	for _, layer := range e.Layers {
		require.Equal(t, layer.Size, sizeOf(layer.Groups), layer.Name)
	}
	return e
}

func sizeOf(list []usage) int64 {
	var sum int64
	for _, u := range list {
		sum += u.Size
	}
	return sum
}

// group are the parts of a group.
func (e explanation) group(name string) []usage {
	return slices.DeleteFunc(slices.Clone(e.Parts), func(part usage) bool { return part.Group != name })
}

// TestExplainImages explains one image in every form that it can have.
func TestExplainImages(t *testing.T) {
	t.Parallel()
	out, ref := t.TempDir(), newReference(t)
	file := func(name string) string { return filepath.Join(out, name) }
	env.CLI().MustBuild(t, env.Example(t, "workspace"),
		"-o", "type=image,push=true,name="+ref,
		"-o", "type=oci,dest="+file("oci.tar"),
		"-o", "type=docker,dest="+file("docker.tar"),
		"-o", "type=oci,tar=false,dest="+file("layout"))
	want := explain(t, ref)
	for _, name := range []string{"oci.tar", "docker.tar", "layout"} {
		require.Equal(t, want, explain(t, file(name)), name)
	}

	require.Equal(t, "image", want.Kind)
	require.Equal(t, want.Size, contentSize(t, ref))
	require.Len(t, want.Limits, 1)
	require.Equal(t, want.Size, want.Limits[0].Size)
	ours := want.Layers[len(want.Layers)-3:]
	for i, layer := range []usage{{Name: "uvlambda: dependencies", Group: "package"}, {Name: "uvlambda: members", Group: "member"}, {Name: "uvlambda: application", Group: "application"}} {
		require.Equal(t, layer.Name, ours[i].Name)
		require.Len(t, ours[i].Groups, 1)
		require.Equal(t, layer.Group, ours[i].Groups[0].Group)
		require.Equal(t, ours[i].Size, sizeOf(want.group(layer.Group)))
	}
	require.Equal(t, "library", want.group("member")[0].Name)
	require.Equal(t, "app", want.group("application")[0].Name)
	i := slices.IndexFunc(want.Parts, func(part usage) bool { return part.Name == "fastapi" })
	require.Equal(t, "MIT", want.Parts[i].Licence)
	require.NotZero(t, want.Parts[i].Bytecode)
}

// contentSize is the size of the files in an image's layers.
func contentSize(t testing.TB, ref string) int64 {
	t.Helper()
	layers, err := pull(t, ref).Layers()
	require.NoError(t, err)
	var sum int64
	for _, layer := range layers {
		content, err := layer.Uncompressed()
		require.NoError(t, err)
		for entries := tar.NewReader(content); ; {
			header, err := entries.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			require.NoError(t, err)
			if header.Typeflag == tar.TypeReg {
				sum += header.Size
			}
		}
		require.NoError(t, content.Close())
	}
	return sum
}

// TestExplainImageOfAnEngine reads an image that only a Docker engine has.
func TestExplainImageOfAnEngine(t *testing.T) {
	t.Parallel()
	archive := filepath.Join(t.TempDir(), "image.tar")
	env.CLI().MustBuild(t, newFunction(t, nil), "-o", "type=docker,name=explained:engine,dest="+archive)
	engine := env.NewEngine(t)
	succeed(t, engine.Docker(t.Context(), "load", "--input", archive))
	out, err := engine.Command(t.Context(), env.Binary("uvlambda"), "explain", "--json", "explained:engine").Output()
	require.NoError(t, err)
	require.Equal(t, explain(t, archive).Parts, readExplanation(t, out).Parts)
}

// TestExplainArchives compares the report on an archive with the JSON that the
// build writes beside it, and the report on a function with the reports on its
// parts.
func TestExplainArchives(t *testing.T) {
	t.Parallel()
	dir, out := env.Example(t, "workspace"), t.TempDir()
	archives := map[string]string{}
	for _, target := range []string{"zip", "layer", "app"} {
		folder := filepath.Join(out, target)
		env.CLI().MustBuild(t, dir, "--target", target, "-o", folder)
		archives[target] = onlyArchive(t, folder)
		explained := explain(t, archives[target])
		beside := readFacts(t, strings.TrimSuffix(archives[target], ".zip")+".json")
		require.EqualValues(t, beside.Unzipped, explained.Size)
		require.EqualValues(t, beside.Zipped, explained.Zipped+explained.Headers)
		require.Equal(t, factSizes(beside), partSizes(explained), target)
	}
	whole := explain(t, archives["zip"])
	split := explain(t, archives["app"], archives["layer"])
	require.Equal(t, whole.Size, split.Size)
	require.Equal(t, partSizes(whole), partSizes(split))
	require.Len(t, split.Layers, 2)
	require.Len(t, split.Limits, 4)

	folder := filepath.Join(out, "dir")
	env.CLI().MustBuild(t, dir, "--target", "dir", "-o", folder)
	require.Equal(t, partSizes(whole), partSizes(explain(t, folder)))

	project, err := env.Command(t.Context(), env.Binary("uvlambda"), "explain", dir).CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(project), dir+" is a project, not what was built of it: build it first, for example with uvlambda build --target zip -o dist "+dir)
}

// factSizes are the sizes in an archive's JSON by normalized name.
func factSizes(f facts) map[string]int64 {
	sizes := map[string]int64{}
	for _, p := range f.Packages {
		sizes[normalized(p.Name)] += int64(p.Size)
	}
	return sizes
}

// partSizes are the sizes of a report's parts, with one for the application.
func partSizes(e explanation) map[string]int64 {
	sizes := map[string]int64{}
	for _, part := range e.Parts {
		name := normalized(part.Name)
		if part.Group == "application" {
			name = part.Group
		}
		sizes[name] += part.Size
	}
	return sizes
}

// normalized is a package's name by PEP 503.
func normalized(name string) string {
	return strings.ToLower(regexp.MustCompile(`[-_.]+`).ReplaceAllString(name, "-"))
}

// tile is a rectangle of a treemap, with its share of the treemap's area.
type tile struct {
	Title string
	Share float64
}

// tilesOfPage are the tiles of the page's first treemap.
const tilesOfPage = `(() => {
	const map = document.querySelector(".treemap"), whole = map.getBoundingClientRect();
	return [...map.querySelectorAll(".tile")].map(tile => {
		const r = tile.getBoundingClientRect();
		return {Title: tile.title.split(":")[0], Share: r.width * r.height / whole.width / whole.height};
	});
})()`

// TestExplainPage looks at the page in a browser: in light and dark, on a desk
// and in a hand. `go test -artifacts` keeps the pictures.
func TestExplainPage(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	archive, html := filepath.Join(out, "image.tar"), filepath.Join(out, "page.html")
	env.CLI().MustBuild(t, env.Example(t, "workspace"), "-o", "type=oci,dest="+archive)
	explained := explain(t, archive, "--html", html)
	function := slices.Concat(explained.group("package"), explained.group("member"), explained.group("application"))
	want := map[string]float64{}
	for _, part := range function {
		want[strings.TrimSpace(part.Name+" "+part.Version)] = float64(part.Size) / float64(sizeOf(function))
	}
	for name, view := range map[string]browser.View{
		"light": {Width: 1280, Height: 900},
		"dark":  {Width: 1280, Height: 900, Dark: true},
		"hand":  {Width: 390, Height: 840},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page := browser.Open(t, "file://"+html, view)
			picture := page.Screenshot(t)
			require.NoError(t, os.WriteFile(filepath.Join(t.ArtifactDir(), name+".png"), picture, 0o644))
			require.Empty(t, page.Problems())
			require.Equal(t, []string{"file://" + html}, page.Requests())
			require.Equal(t, view.Dark, isDark(t, picture))
			require.LessOrEqual(t, browser.Evaluate[int64](t, page, "document.documentElement.scrollWidth"), view.Width, "the page is too wide")

			tiles := browser.Evaluate[[]tile](t, page, tilesOfPage)
			require.Len(t, tiles, len(want))
			for _, tile := range tiles {
				require.Contains(t, want, tile.Title)
				require.InDelta(t, want[tile.Title], tile.Share, 0.01, tile.Title)
			}
			require.Equal(t, int64(len(explained.Parts)), browser.Evaluate[int64](t, page, `document.querySelectorAll(".parts td.name").length`))
			text := page.Text(t)
			for _, shown := range []string{archive, "of 10.7 GB", "The function", "The whole image", "uvlambda: dependencies", "fastapi", "MIT", "Licences"} {
				require.Contains(t, text, shown)
			}
		})
	}
}

// isDark reports whether a picture's corner is dark.
func isDark(t testing.TB, picture []byte) bool {
	t.Helper()
	decoded, err := png.Decode(bytes.NewReader(picture))
	require.NoError(t, err)
	corner := image.Pt(2, 2)
	r, g, b, _ := decoded.At(corner.X, corner.Y).RGBA()
	return r+g+b < 3*0x8000
}

// TestExplainDocs runs the commands of docs/explain.md in their order.
func TestExplainDocs(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join(env.Root, "docs", "explain.md"))
	require.NoError(t, err)
	dir := env.Example(t, "workspace")
	commands := consoleCommands(string(text))
	require.NotEmpty(t, commands)
	for _, shown := range commands {
		command := env.Command(t.Context(), "bash", "-euo", "pipefail", "-c", shown.command)
		command.Dir = dir
		command.Env = append(command.Env, "PATH="+filepath.Dir(env.Binary("uvlambda"))+string(os.PathListSeparator)+os.Getenv("PATH"))
		var stderr bytes.Buffer
		command.Stderr = &stderr
		out, err := command.Output()
		require.NoError(t, err, "%s\n%s", shown.command, stderr.String())
		for _, heading := range headings(shown.output) {
			require.Contains(t, headings(string(out)), heading, shown.command)
		}
	}
	require.FileExists(t, filepath.Join(dir, "hello.html"))
}

// headings are the lines of a report that hold words and no numbers, their
// spaces aside. Three dots on a page stand for what it does not show.
func headings(report string) []string {
	var found []string
	for line := range strings.Lines(report) {
		if words := strings.Fields(line); len(words) > 0 && words[0] != "..." && !strings.ContainsAny(line, "0123456789") {
			found = append(found, strings.Join(words, " "))
		}
	}
	return found
}
