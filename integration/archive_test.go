package integration

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// archiveExamples are those that are built as archives: the targets, and where
// on a Lambda base each is unpacked.
var archiveExamples = []struct {
	name, dir string
	targets   map[string]string
}{
	{"fastapi", ".", map[string]string{"zip": "/var/task"}},
	{"workspace", ".", map[string]string{"layer": "/opt", "app": "/var/task"}},
	{"zip", ".", map[string]string{"zip": "/var/task"}},
	{"layer", ".", map[string]string{"layer": "/opt", "app": "/var/task"}},
	{"monorepo", "services/receipts", map[string]string{"zip": "/var/task"}},
}

// TestArchives builds archives through both doors, which must give the very
// same bytes though each runs every step itself, unpacks them as Lambda would
// and sends the function its event.
func TestArchives(t *testing.T) {
	t.Parallel()
	for _, example := range archiveExamples {
		t.Run(path.Join(example.name, example.dir), func(t *testing.T) {
			t.Parallel()
			dir := env.Example(t, example.name)
			function := filepath.Join(dir, filepath.FromSlash(example.dir))
			base := map[string]string{}
			for _, target := range slices.Sorted(maps.Keys(example.targets)) {
				var contents [][]byte
				for _, door := range env.Doors() {
					out, metadata := t.TempDir(), filepath.Join(t.TempDir(), "metadata.json")
					door.MustBuild(t, dir, "-f", filepath.Join(function, "pyproject.toml"),
						"--platform", "linux/amd64", "--target", target, "-o", out, "--no-cache", "--metadata-file", metadata)
					archive := onlyArchive(t, out)
					require.Equal(t, readFacts(t, strings.TrimSuffix(archive, ".zip")+".json"), metadataFacts(t, metadata))
					contents = append(contents, requireArchive(t, archive))
					base[archive] = example.targets[target]
				}
				require.Equal(t, sum(contents[0]), sum(contents[1]), "the doors wrote different archives")
			}
			handler := plannedHandler(t, dir, filepath.Join(function, "pyproject.toml"))
			response := invoke(t, unpackOnBase(t, base, handler), filepath.Join(function, "event.json"))
			requireResponse(t, response, filepath.Join(function, "event.response.json"))
		})
	}
}

// TestArchivePlans compares the plans of archives with their golden files.
func TestArchivePlans(t *testing.T) {
	t.Parallel()
	for _, example := range archiveExamples {
		for _, target := range slices.Sorted(maps.Keys(example.targets)) {
			t.Run(path.Join(example.name, example.dir, target), func(t *testing.T) {
				t.Parallel()
				dir := env.Example(t, example.name)
				file := filepath.Join(dir, filepath.FromSlash(example.dir), "pyproject.toml")
				out, err := env.Command(t.Context(), env.Binary("uvlambda"), "plan", "--json", "--target", target, "-f", file, dir).Output()
				require.NoError(t, err)
				golden(t, path.Join("examples", example.name, example.dir, "plan-"+target+".json"), ofAnyIndex(indent(t, out)))
			})
		}
	}
}

// TestArchiveAfterACodeChange compresses the code and nothing else. The command
// starts no container for it; the frontend image has one that writes the
// archive. No other test runs this example's steps again on purpose: they would
// be merged.
func TestArchiveAfterACodeChange(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "native")
	build := func(door testenv.Door) (archive []byte, ran []string) {
		out := t.TempDir()
		result := door.MustBuild(t, dir, "--target", "zip", "-o", out)
		return requireArchive(t, onlyArchive(t, out)), result.Trace.Ran().Stages().Names()
	}
	before, _ := build(env.CLI())
	const copied, written = "[matrix 2/3] copy the application", "[matrix 3/3] write matrix.zip for linux/amd64"
	for i, want := range [][]string{{copied}, {copied, written}} {
		appendTo(t, filepath.Join(dir, "lambda_function.py"), fmt.Sprintf("\n# change %d\n", i))
		archive, ran := build(env.Doors()[i])
		require.Equal(t, want, ran)
		require.NotEqual(t, sum(before), sum(archive))
		before = archive
	}
}

// TestLargeApplication: what the frontend does not compress itself is compressed
// by a step, to the same bytes whoever writes the archive then. The same files
// go through a tar stream, which only BuildKit writes.
func TestLargeApplication(t *testing.T) {
	t.Parallel()
	files := uvlambda("handler = \"app.handler\"\ninclude = [\"data\"]")
	for i := range 200 {
		files[fmt.Sprintf("data/%d.txt", i)] = strings.Repeat(strconv.Itoa(i), 10000)
	}
	// A file that is compressed in pieces.
	var numbers strings.Builder
	for i := range 500_000 {
		fmt.Fprintf(&numbers, "%d ", i*i)
	}
	files["data/numbers.txt"] = numbers.String()
	dir := newFunction(t, files)
	var sums []string
	for _, door := range env.Doors() {
		out := t.TempDir()
		result := door.MustBuild(t, dir, "--target", "zip", "-o", out)
		require.Len(t, result.Trace.Named("compress the application"), 1)
		sums = append(sums, sum(requireArchive(t, onlyArchive(t, out))))
	}
	stream := filepath.Join(t.TempDir(), "out.tar")
	env.CLI().MustBuild(t, dir, "--target", "zip", "-o", "type=tar,dest="+stream)
	out := t.TempDir()
	require.NoError(t, exec.CommandContext(t.Context(), "tar", "-xf", stream, "-C", out).Run())
	sums = append(sums, sum(requireArchive(t, onlyArchive(t, out))))
	require.Equal(t, []string{sums[0], sums[0], sums[0]}, sums)
	tree := unzip(t, onlyArchive(t, out))
	require.Len(t, tree, 202)
	for name, content := range tree {
		require.True(t, files[name] == string(content) || name == "app.py", name)
	}
}

// TestArchivesOfPlatforms gives one folder per platform, as buildx does.
func TestArchivesOfPlatforms(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "native")
	for _, door := range env.Doors() {
		t.Run(door.Name, func(t *testing.T) {
			t.Parallel()
			out := t.TempDir()
			door.MustBuild(t, dir, "--platform", "linux/amd64,linux/arm64", "--target", "zip", "-o", out)
			require.Equal(t, []string{
				"linux_amd64/matrix.json", "linux_amd64/matrix.zip",
				"linux_arm64/matrix.json", "linux_arm64/matrix.zip",
			}, listFiles(t, out))
			arm := unzip(t, filepath.Join(out, "linux_arm64", "matrix.zip"))
			for name, content := range arm {
				if strings.Contains(name, ".so") {
					require.Equal(t, byte(0xb7), content[18], "%s is not of EM_AARCH64", name)
				}
			}
		})
	}
}

// TestDir writes the unpacked task root: the files of the zip.
func TestDir(t *testing.T) {
	t.Parallel()
	dir := env.Example(t, "layer")
	out, folder := t.TempDir(), t.TempDir()
	env.CLI().MustBuild(t, dir, "--target", "zip", "-o", out)
	env.CLI().MustBuild(t, dir, "--target", "dir", "-o", folder)
	require.Equal(t, slices.Sorted(maps.Keys(unzip(t, onlyArchive(t, out)))), listFiles(t, folder))
}

// onlyArchive is the path of the one archive in a folder.
func onlyArchive(t testing.TB, dir string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "*.zip"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	return found[0]
}

// requireArchive checks what holds for every archive, and gives its bytes.
func requireArchive(t testing.TB, file string) []byte {
	t.Helper()
	content, err := os.ReadFile(file)
	require.NoError(t, err)
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	require.NoError(t, err)
	var names []string
	var unzipped uint64
	for _, f := range archive.File {
		names = append(names, f.Name)
		unzipped += f.UncompressedSize64
		require.Contains(t, []os.FileMode{0o644, 0o755}, f.Mode(), f.Name)
		require.Equal(t, "1980-01-01T00:00:00Z", f.Modified.UTC().Format(time.RFC3339), f.Name)
		require.Empty(t, f.Extra, f.Name)
	}
	require.True(t, slices.IsSorted(names))

	facts := readFacts(t, strings.TrimSuffix(file, ".zip")+".json")
	require.Equal(t, sum(content), facts.CodeSha256)
	require.EqualValues(t, len(content), facts.Zipped)
	require.Equal(t, unzipped, facts.Unzipped)
	require.Equal(t, "python3.13", facts.Runtime)
	var listed uint64
	for _, p := range facts.Packages {
		listed += p.Size
	}
	require.Equal(t, unzipped, listed, "the sizes of the packages do not add up")
	return content
}

// facts is the JSON beside an archive.
type facts struct {
	CodeSha256, Runtime, Architecture, Handler string
	Zipped, Unzipped                           uint64
	Slimmed                                    map[string]uint64
	Packages                                   []struct {
		Name, Version string
		Size          uint64
	}
}

func readFacts(t testing.TB, file string) facts {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var f facts
	require.NoError(t, json.Unmarshal(data, &f))
	return f
}

// metadataFacts are the facts of an archive in a metadata file.
func metadataFacts(t testing.TB, file string) facts {
	t.Helper()
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var metadata struct {
		Archive string `json:"frontend.uvlambda.archive"`
	}
	require.NoError(t, json.Unmarshal(data, &metadata))
	var f facts
	require.NoError(t, json.Unmarshal([]byte(metadata.Archive), &f))
	return f
}

// sum is the CodeSha256 of an archive, as Lambda prints it.
func sum(content []byte) string {
	digest := sha256.Sum256(content)
	return base64.StdEncoding.EncodeToString(digest[:])
}

// unzip gives an archive's contents by path.
func unzip(t testing.TB, file string) map[string][]byte {
	t.Helper()
	archive, err := zip.OpenReader(file)
	require.NoError(t, err)
	defer archive.Close()
	tree := map[string][]byte{}
	for _, f := range archive.File {
		r, err := f.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(r)
		require.NoError(t, err)
		require.NoError(t, r.Close())
		tree[f.Name] = content
	}
	return tree
}

// plannedHandler is the handler that the build chose.
func plannedHandler(t testing.TB, dir, file string) string {
	t.Helper()
	out, err := env.Command(t.Context(), env.Binary("uvlambda"), "plan", "--json", "-f", file, dir).Output()
	require.NoError(t, err)
	var plans []struct{ Config struct{ Cmd []string } }
	require.NoError(t, json.Unmarshal(out, &plans))
	return plans[0].Config.Cmd[0]
}

// unpackOnBase makes an image of the Lambda base with archives unpacked where
// Lambda would have them, by archive.
func unpackOnBase(t testing.TB, archives map[string]string, handler string) string {
	t.Helper()
	dir := t.TempDir()
	recipe := "FROM public.ecr.aws/lambda/python:3.13\n"
	for file, at := range archives {
		for name, content := range unzip(t, file) {
			target := filepath.Join(dir, at, filepath.FromSlash(name))
			require.NoError(t, os.MkdirAll(filepath.Dir(target), 0o755))
			require.NoError(t, os.WriteFile(target, content, 0o755))
		}
	}
	for _, at := range []string{"/opt", "/var/task"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, at), 0o755))
		recipe += "COPY ." + at + " " + at + "\n"
	}
	recipe += "CMD [\"" + handler + "\"]\n"
	return derive(t, dir, recipe)
}
