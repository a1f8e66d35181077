package integration

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/uvlambda/uvlambda/integration/testenv"
)

// mistake is the small project below with one thing wrong, and what a person
// is told of it.
type mistake struct {
	name string
	// files are put over the project's own.
	files map[string]string
	// links are symbolic links, by their name.
	links map[string]string
	// without are files of the project to leave out.
	without []string
	// flags are added to the build; FOLDER in one stands for the project's.
	flags []string
	// noSyntaxLine leads to the frontend by a build argument: the build file
	// has no first line to do it.
	noSyntaxLine bool
	// want is the whole message, or the part before uv's own words. It starts
	// with FILE:LINE, which the lines shown have to be those of. REGISTRY in it
	// stands for the test's own, and COMMAND for the door's way to build.
	want string
}

// The project that mistakes are made in. Its build file starts with the syntax
// line, so the table's header is line 8.
const (
	projectTable = `[project]
name = "function"
version = "0.1.0"
requires-python = ">=3.13"
dependencies = []

`
	// projectWith is the same with a place for dependencies.
	projectWith = `[project]
name = "function"
version = "0.1.0"
requires-python = ">=3.13"
dependencies = [%s]

`
	handlerTable = `[tool.uvlambda]
handler = "app.handler"
`
	lockHeader = `version = 1
revision = 3
requires-python = ">=3.13"

`
	lockOwn = `[[package]]
name = "function"
version = "0.1.0"
source = { virtual = "." }
`
)

// uvlambda is a build file with these keys in its table, from line 9 on.
func uvlambda(keys string) map[string]string {
	return map[string]string{"pyproject.toml": projectTable + "[tool.uvlambda]\n" + keys + "\n"}
}

func checkMistakes(t *testing.T, mistakes []mistake) {
	t.Helper()
	for _, m := range mistakes {
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			dir := m.write(t)
			second := env.SyntaxLine()
			if m.noSyntaxLine {
				second = env.Syntax()
			}
			for _, door := range []testenv.Door{env.CLI(), second} {
				t.Run(door.Name, func(t *testing.T) {
					t.Parallel()
					m.check(t, door, dir)
				})
			}
		})
	}
}

// write makes the project.
func (m mistake) write(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "function")
	all := map[string]string{
		"pyproject.toml": projectTable + handlerTable,
		"uv.lock":        lockHeader + lockOwn,
		"app.py":         "def handler(event, context):\n    return event\n",
	}
	maps.Copy(all, m.files)
	for _, name := range m.without {
		delete(all, name)
	}
	for _, file := range slices.Sorted(maps.Keys(all)) {
		content := strings.ReplaceAll(all[file], "REGISTRY", env.Registry)
		if strings.HasSuffix(file, ".toml") && !m.noSyntaxLine {
			content = "# syntax=" + env.Frontend + "\n" + content
		}
		writeFile(t, filepath.Join(dir, file), content)
	}
	for _, link := range slices.Sorted(maps.Keys(m.links)) {
		require.NoError(t, os.Symlink(m.links[link], filepath.Join(dir, link)))
	}
	return dir
}

func writeFile(t *testing.T, file, content string) {
	t.Helper()
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
	require.NoError(t, os.WriteFile(file, []byte(content), 0o644))
}

// check builds through one door. A build that fails leaves nothing behind, and
// says why once.
func (m mistake) check(t *testing.T, door testenv.Door, dir string) {
	out := filepath.Join(t.TempDir(), "out")
	image := env.Registry + "/mistakes/" + strings.NewReplacer("/", "-", "_", "-").Replace(strings.ToLower(t.Name()))
	flags := []string{"-o", "type=local,dest=" + out, "-o", "type=image,push=true,name=" + image}
	for _, flag := range m.flags {
		flags = append(flags, strings.NewReplacer("FOLDER", dir, "REGISTRY", env.Registry).Replace(flag))
	}
	result := door.Build(t, dir, flags...)

	var exit *exec.ExitError
	require.ErrorAs(t, result.Err, &exit, "the build succeeded")
	assert.Equal(t, 1, exit.ExitCode())
	entries, err := os.ReadDir(out)
	if !errors.Is(err, os.ErrNotExist) {
		assert.NoError(t, err)
	}
	assert.Empty(t, entries, "the output folder")
	ref, err := name.ParseReference(image, name.Insecure)
	require.NoError(t, err)
	_, err = remote.Head(ref)
	assert.ErrorContains(t, err, "404", "the image was pushed")

	command := "docker buildx build -f pyproject.toml"
	if door.Name == "cli" {
		command = "uvlambda build"
	} else if m.noSyntaxLine {
		command += " --build-arg BUILDKIT_SYNTAX=" + env.Frontend
	}
	want := strings.NewReplacer("REGISTRY", env.Registry, "COMMAND", command).Replace(m.want)
	checkReport(t, door, result.Stderr, want)
}

// location is what messages start with.
var location = regexp.MustCompile(`^([^ :]+):(\d+): `)

// checkReport looks at what a failed build printed: at most one excerpt, of the
// lines that the message is about, and then the message.
func checkReport(t *testing.T, door testenv.Door, stderr, want string) {
	t.Helper()
	before, text, found := strings.Cut(stderr, "ERROR: ")
	require.True(t, found, stderr)
	assert.NotContains(t, text, "ERROR: ", "a second error")
	if door.Name != "cli" {
		text = strings.TrimPrefix(strings.TrimPrefix(text, "failed to build: "), "failed to solve: ")
	}
	assert.True(t, strings.HasPrefix(text, want), "want: %s\ngot:  %s", want, text)
	if rest := strings.TrimPrefix(text, want); !strings.HasPrefix(rest, "\n  | ") {
		assert.Equal(t, "\n", rest, "more than the message was printed")
	}
	excerpts := strings.Count(before, "--------------------\n") / 2
	at := location.FindStringSubmatch(want)
	if at == nil {
		assert.Zero(t, excerpts, "lines are shown: %s", before)
		return
	}
	assert.Equal(t, 1, excerpts, "excerpts: %s", before)
	assert.Contains(t, before, at[1]+":"+at[2]+"\n--------------------\n")
	assert.Contains(t, before, fmt.Sprintf(" %3s | >>> ", at[2]))
}
